"""What waits between the desk and the places outside: to be handed on, to be answered, to be asked; the earliest date first."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from accounts.reads import count_read
from desk.shell.access import desk_page
from desk.shell.cached_labels import category_titles
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.shell.target_names import target_titles
from lib.page_parts import chip
from lib.types import Context
from tickets.models import Escalation, Ticket, Timer, Transfer
from tickets.words import AUTHORITY
from tickets.workflow import TimerKey
from tickets.workflow.vocabulary import REGULATORS

MOST = 200


@require_safe
@desk_page
def outside(request: HttpRequest) -> HttpResponse:
    """Three lists. As many queries for two hundred rows as for none."""
    seen = Ticket.objects.visible_to(request.user).order_by()  # type: ignore[arg-type]
    escalations = Escalation.objects.filter(ticket__in=seen).select_related("ticket", "ticket__owner")
    to_hand_on = list(escalations.filter(state=Escalation.State.HANDING_OVER)[:MOST])
    letters = list(Transfer.objects.filter(ticket__in=seen, replied_at=None).select_related("ticket", "ticket__owner")[:MOST])
    silent = _silent(escalations)
    count_read(len(to_hand_on) + len(letters) + len(silent))
    titles = target_titles()
    context = {
        "to_hand_on": _rows((each, titles.get(each.target, each.target), "", each.at) for each in to_hand_on),
        "letters": _rows((each, str(AUTHORITY[each.authority]), each.number, each.received_at) for each in letters),
        "to_ask": _rows((each, titles.get(each.target, each.target), each.filed_reference, each.filed_at or each.at) for each in silent),
    }
    return render_page(request, "desk/outside.html", context, title=gettext("Outside"), current="outside")


def _silent(escalations: QuerySet[Escalation]) -> list[Escalation]:
    """Filed with a regulator whose time to say whether it takes the case is over: only the customer has heard from there."""
    over = Timer.objects.filter(key=TimerKey.REGULATOR_ACCEPT, stopped_at=None, cancelled=False, due_at__lt=timezone.now())
    filed = escalations.filter(state=Escalation.State.FILED, target__in=REGULATORS, ticket__in=over.values("ticket"))
    return list(filed[:MOST])


def _rows(waiting: Iterable[tuple[Escalation | Transfer, str, str, object]]) -> list[Context]:
    """With their clocks: what has none, for it is older than the clock, stands first."""
    listed = list(waiting)
    keys = (TimerKey.HAND_OVER, TimerKey.AUTHORITY_REPLY, TimerKey.REGULATOR_ACCEPT)
    found = Timer.objects.filter(ticket__in={each.ticket_id for each, *_rest in listed}, key__in=keys, stopped_at=None)
    timers = list(found.order_by("cycle"))
    rows = [_row(each, place, number, since, _clock_of(each, timers)) for each, place, number, since in listed]
    return sorted(rows, key=lambda row: str(row["due_at"]))


def _clock_of(each: Escalation | Transfer, timers: list[Timer]) -> Timer | None:
    mine = [timer for timer in timers if timer.ticket_id == each.ticket_id]
    if isinstance(each, Transfer):
        return next((t for t in mine if (t.key, t.cycle) == (TimerKey.AUTHORITY_REPLY, each.timer_cycle)), None)
    if each.state == Escalation.State.HANDING_OVER:
        return next((t for t in reversed(mine) if t.key == TimerKey.HAND_OVER), None)
    return next((t for t in mine if t.key == TimerKey.REGULATOR_ACCEPT and t.started_at == (each.filed_at or each.at)), None)


def _row(each: Escalation | Transfer, place: str, number: str, since: object, timer: Timer | None) -> Context:
    now = timezone.now()
    titles = category_titles(get_language() or "", now)
    return {
        "ref": each.ticket.ref,
        "category": titles.get(each.ticket.category, each.ticket.category),
        "customer": str(each.ticket.owner),
        "place": place,
        "number": number,
        "since": moment_text(since),  # type: ignore[arg-type]
        "due_at": timer.due_at.isoformat() if timer else "",
        "chip": chip(timer.due_at, str(timer.state(now)), None) if timer else None,
    }
