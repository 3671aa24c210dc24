"""What a letter tells its owner beside its words, read from the rows when it is written: what was decided, the sums, until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext, pgettext

from lib.money import money
from tickets.models import Decision, Notification, Ticket
from tickets.words import DEMAND, NOTICE_DATES, REASON_CODE, REMEDY, TIMER
from tickets.workflow import TIMERS, Status


def running_dates(row: Notification) -> list[tuple[str, datetime]]:
    """Of the timers that its words name, name and end of each that runs when the letter is written, the nearest first.

    Where the notice tells of one place, a clock of another place is no date of it.
    """
    keys = NOTICE_DATES.get(row.kind, ())
    if not keys:
        return []
    place = str(row.data.get("target", ""))
    ends = [
        (str(TIMER[timer.key]), timer.ends_at)
        for timer in row.ticket.timers.all()
        if timer.key in keys and timer.is_live and timer.paused_at is None and _is_of(place, timer.key)
    ]
    return sorted(((name, end) for name, end in ends if end is not None), key=lambda pair: pair[1])


def _is_of(place: str, key: str) -> bool:
    return not place or not TIMERS[key].targets or place in TIMERS[key].targets


def decision_lines(row: Notification) -> list[str]:
    """A line for each demand, granted or not; then what is done, with its sum. Empty where the notice is of no decision."""
    pk = row.data.get("decision")
    decision = Decision.objects.filter(pk=pk, ticket=row.ticket_id).prefetch_related("remedies").first() if pk else None
    return list(answers_and_remedies(decision, row.ticket)) if decision else []


def answers_and_remedies(decision: Decision, ticket: Ticket) -> Iterator[str]:
    colon = pgettext("between a field's name and its error", ": ")
    if decision.reason_code:
        yield str(REASON_CODE[decision.reason_code])
    for demand in dict.fromkeys([*decision.answers, *decision.granted]):
        answer = pgettext("demand", "Granted") if demand in decision.granted else pgettext("demand", "Not granted")
        yield f"{DEMAND[demand]}{colon}{answer}"
    for remedy in decision.remedies.all():
        sum_ = f"{colon}{money(remedy.amount, ticket.currency)}" if remedy.amount else ""
        yield f"{REMEDY[remedy.kind]}{sum_}"


def asks_for_an_act(row: Notification) -> bool:
    """Whether its owner may do now what an answer by e-mail does not do."""
    return row.ticket.status in (Status.NEEDS_EVIDENCE, Status.RESOLVED, Status.REJECTED)


def still_to_do(row: Notification) -> str:
    """That it is registered says nothing of an appeal: until that is in, each letter about it says so."""
    if row.kind not in ("filed", "contact_proven") or row.ticket.submitted_at or not row.ticket.is_open:
        return ""
    return gettext("Your appeal is not submitted yet: add your evidence and submit it; the page leads the way.")
