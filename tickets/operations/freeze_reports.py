"""What the freeze adapter reports against our own record: kept and told to people, where it cannot be recorded as what is so."""

from __future__ import annotations

from accounts.models import User
from tickets.cases.notices import notify
from tickets.models import Event, Freeze
from tickets.operations.engine import open_case

DIFFERS = "freeze_report_differs"


def keep_differing_report(actor: User, freeze: Freeze, reported: str) -> bool:
    """One line in the history, and an alarm, for each state that is reported of a freeze; said again, it is said. False where it fits."""
    with open_case(actor, freeze.ticket.ref) as case:
        stands = next(each.state for each in case.freezes if each.pk == freeze.pk)
        told = {"freeze": freeze.pk, "reported": reported, "recorded": stands}
        known = Event.objects.filter(ticket=case.ticket, kind=DIFFERS).values_list("data", flat=True)
        if stands == reported or any(told.items() <= data.items() for data in known):
            case.discarded = True
            return stands != reported
        case.record(DIFFERS, told)
        notify(case, DIFFERS)
    return True
