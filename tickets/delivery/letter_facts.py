"""What a letter tells its owner beside its words, read from the rows when it is written: what was decided, the sums, until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.translation import gettext, pgettext

from lib.money import money
from tickets.models import Decision, Notification, Ticket
from tickets.words import DEMAND, REASON_CODE, REMEDY, TIMER
from tickets.workflow import Status
from tickets.workflow import TimerKey as T

# By the kind of a notice: the dates that run from what it tells. Only what still runs is told.
RUNS_FROM: Mapping[str, tuple[str, ...]] = {
    "filed": (T.FIRST_RESPONSE,),
    "request_freeze": (T.FREEZE_EXEC,),
    "confirm_freeze": (T.FULL_REFUND_WINDOW,),
    "request_lift": (T.LIFT_EXEC,),
    "submit_appeal": (T.FIRST_RESPONSE, T.REVIEW_LIMIT),
    "request_evidence": (T.SUPPLEMENT,),
    "approved": (T.REFUND_PAYOUT, T.STATEMENT, T.REMEDY_EXEC),
    "partly_approved": (T.REFUND_PAYOUT, T.STATEMENT, T.REMEDY_EXEC),
    "rejected": (T.REJECTION_FINAL,),
    "confirm_remedy": (T.CONFIRM,),
    "record_refund": (T.CONFIRM,),
    "record_outside_filing": (T.REGULATOR_ACCEPT,),
    "record_hand_over": (T.CHANNEL_DISPUTE,),
    "auto_escalated": (T.L1_REVIEW,),
    "dispute_resolution": (T.REVIEW_LIMIT,),
    "return_to_review": (T.REVIEW_LIMIT,),
    "reopen": (T.REVIEW_LIMIT,),
}
ESCALATE = "escalate"
RUNS_AT_PLACE: Mapping[str, str] = {"l1_internal": T.L1_REVIEW, "payment_channel": T.HAND_OVER}


def running_dates(row: Notification) -> list[tuple[str, datetime]]:
    """Name and instant of each, the nearest first."""
    keys = RUNS_FROM.get(row.kind, ())
    if row.kind == ESCALATE:
        keys = tuple(filter(None, [RUNS_AT_PLACE.get(str(row.data.get("target", "")))]))
    if not keys:
        return []
    live = [timer for timer in row.ticket.timers.all() if timer.key in keys and timer.is_live and timer.ends_at is not None]
    return sorted(((str(TIMER[timer.key]), timer.ends_at or timer.due_at) for timer in live), key=lambda pair: pair[1])


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
