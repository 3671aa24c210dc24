"""What the clock does to a case: warnings, breaches and the transitions that nobody has to ask for.

Every operation settles its ticket first, as if a sweep had just run; the sweep settles many at once. Both run this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tickets.cases import timers
from tickets.cases.case import Case, FiringCase
from tickets.cases.notices import notify, notify_breach, notify_warning
from tickets.models import Escalation, Timer
from tickets.operations.closing import close
from tickets.operations.intake_clocks import expire_refund_window
from tickets.operations.reviewing import void_waiting_decision
from tickets.workflow import NEVER_SUBMITTED, Status
from tickets.workflow.vocabulary import REVIEW_TIMERS

# A customer's own act at the very instant of the deadline still counts (met ⇔ event_at ≤ due_at).
OWNER_WINS_TIES = frozenset({"supplement", "confirm", "rejection_final", "abandoned"})


def settle(case: FiringCase) -> None:
    """Apply everything that is due at `case.now`, in the order in which it became due."""
    tied = OWNER_WINS_TIES if case.actor is not None else frozenset()
    while (timer := _next(case, tied)) is not None:
        case.by_clock, case.at = True, _instant(timer)
        _fire(case, timer)
    case.by_clock, case.at = False, case.now


def moves(timer: Timer, now: datetime) -> bool:
    """True where the timer's end does more than tell people: it changes the ticket."""
    return timer.key in ON_EXPIRY and now >= timer.due_at and timer.overrun_at is None


def _next(case: FiringCase, tied: frozenset[str]) -> Timer | None:
    waiting = [t for t in case.timers if t.next_at is not None and t.next_at <= case.now]
    waiting = [t for t in waiting if not (t.key in tied and t.next_at == t.due_at == case.now)]
    return min(waiting, key=lambda t: t.next_at or case.now, default=None)


def _instant(timer: Timer) -> datetime:
    """The instant it counts from: a breach is recorded after the deadline and counts from it."""
    return min(timer.next_at or timer.due_at, timer.due_at)


def _fire(case: FiringCase, timer: Timer) -> None:
    case.mark(timer)
    if timer.next_at is not None and timer.next_at < timer.due_at:
        _warn(case, timer)
    else:
        _pass(case, timer)
    timers.set_next(timer)


def _warn(case: FiringCase, timer: Timer) -> None:
    """One event for every level that came due; one notice, for the latest of them."""
    levels = [(level, at) for level, at in timers.warnings_of(timer) if level not in timer.warned and at <= case.now]
    for level, at in levels:
        case.at = at
        timer.warned = [*timer.warned, level]
        case.record("timer.warned", _data(timer, level=level), internal=timer.binds != "customer")
    last = levels[-1][0]
    step = [level for level, _at in timer.warn_at].index(last)
    notify_warning(case, timer.key, last, timer.due_at, timer.binds, step=step)


def _pass(case: FiringCase, timer: Timer) -> None:
    timer.overrun_at = timer.due_at
    if timer.binds != "internal":
        kind = "timer.expired" if timer.binds == "customer" else "timer.breached"
        case.record(kind, _data(timer), internal=timer.key == "review_target")
        notify_breach(case, timer.key, timer.due_at)
    effect = ON_EXPIRY.get(timer.key)
    if effect is not None:
        effect(_whole(case, timer), timer)


def _whole(case: FiringCase, timer: Timer) -> Case:
    """Raises TypeError where a sweep did not read the case that this timer moves (see `moves`)."""
    if isinstance(case, Case):
        return case
    raise TypeError(f"{timer.key} moves its ticket")


def _data(timer: Timer, **more: str) -> dict[str, object]:
    return {"timer": timer.key, "cycle": timer.cycle, "due_at": timer.due_at.isoformat(), **more}


def _window_over(case: Case, timer: Timer) -> None:
    """48 hours are over: full refund becomes a matter of discretion; the appeal stays open (A0-07)."""
    expire_refund_window(case, timer)


def _claim_late(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    case.ticket.late_claim = True


def _wait_over(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    if case.status == Status.AUTO_REVERSAL_WAIT:
        _move(case, Status.EVIDENCE_COLLECTION, "auto_reversal_wait", "auto_reversal_over")
        notify(case, "auto_reversal_over")


def _supplement_over(case: Case, timer: Timer) -> None:
    """Back to review on the record: never an automatic rejection."""
    timer.stopped_at = timer.due_at
    request = case.open_request
    if case.status != Status.NEEDS_EVIDENCE or request is None:
        return
    request.expired = True
    case.new_rows.append(request)
    timers.resume(case, *REVIEW_TIMERS)
    _move(case, Status.UNDER_REVIEW, "supplement", "supplement_expired")
    notify(case, "supplement_expired")


def _review_over(case: Case, timer: Timer) -> None:
    """The review limit passed: to the internal second level by itself, unless it is there already."""
    if case.status not in (Status.APPEAL_SUBMITTED, Status.UNDER_REVIEW, Status.ESCALATED):
        return
    timers.cancel(case, *REVIEW_TIMERS)
    if case.open_escalation("l1_internal"):
        return
    void_waiting_decision(case)
    number = 1 + sum(1 for escalation in case.escalations if escalation.target == "l1_internal")
    escalation = Escalation(ticket=case.ticket, target="l1_internal", number=number, at=case.at, by=None)
    case.escalations.append(escalation)
    case.new_rows.append(escalation)
    timers.start(case, "l1_review")
    _move(case, Status.ESCALATED, "review_limit", "auto_escalated", target="l1_internal")
    notify(case, "auto_escalated", target="l1_internal")


def _close_confirmed(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    _close(case, timer, "auto_confirmed", {Status.RESOLVED})


def _rejection_final(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    _close(case, timer, "rejection_final", {Status.REJECTED})


def _close_abandoned(case: Case, timer: Timer) -> None:
    """Never submitted and silent for sixty days. A live freeze is not lifted but put before an operator."""
    timer.stopped_at = timer.due_at
    live = case.freeze is not None and case.freeze.is_live
    if _close(case, timer, "abandoned", set(NEVER_SUBMITTED)) and live:
        notify(case, "freeze_on_closed_ticket")


def _close(case: Case, timer: Timer, reason: str, statuses: set[Status]) -> bool:
    if case.status not in statuses:
        return False
    close(case, reason, cause=timer.key, event="closed_by_clock")
    notify(case, "closed_by_clock", reason=reason)
    return True


def _move(case: Case, to: Status, cause: str, event: str, **data: str) -> None:
    before = case.ticket.status
    case.move(to, cause)
    case.record(event, dict(data), from_status=before)


ON_EXPIRY: Mapping[str, Callable[[Case, Timer], None]] = {
    "full_refund_window": _window_over,
    "claim_limit": _claim_late,
    "auto_reversal_wait": _wait_over,
    "supplement": _supplement_over,
    "review_limit": _review_over,
    "confirm": _close_confirmed,
    "rejection_final": _rejection_final,
    "abandoned": _close_abandoned,
}
