"""What the freeze adapter reports against our own record: kept and told to people, where it cannot be recorded as what is so."""

from __future__ import annotations

from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.models import Event

DIFFERS = "freeze_report_differs"


def keep_differing_report(case: Case, freeze: int, reported: str) -> None:
    """On an open case: one line in the history, and an alarm, for each state that is reported of a freeze. What fits, or was said
    already, leaves nothing.
    """
    stands = next(each.state for each in case.freezes if each.pk == freeze)
    told = {"freeze": freeze, "reported": reported, "recorded": stands}
    known = Event.objects.filter(ticket=case.ticket, kind=DIFFERS).values_list("data", flat=True)
    if stands == reported or any(told.items() <= data.items() for data in known):
        case.discarded = True
        return
    case.record(DIFFERS, told)
    notify(case, DIFFERS)
