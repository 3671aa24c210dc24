"""What the clock does to a case: warnings, breaches and the transitions that nobody has to ask for.

Every operation settles its ticket first, as if a sweep had just run; the sweep settles many at once. Both run this file.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tickets.cases import timers
from tickets.cases.case import Case, FiringCase
from tickets.cases.notices import notify, notify_breach, notify_warning
from tickets.models import Timer
from tickets.operations.closing import close
from tickets.operations.escalating import rise, rise_when_late
from tickets.operations.intake_clocks import expire_refund_window
from tickets.workflow import NEVER_SUBMITTED, TIMERS, Status, TimerKey
from tickets.workflow.timers import REVIEW_TIMERS

Expiry = Callable[[Case, Timer], None]
# What the end of a timer does to the ticket, beside telling people. A row of the table that `acts` has its function here.
ON_EXPIRY: dict[str, Expiry] = {}


def on_expiry(key: str) -> Callable[[Expiry], Expiry]:
    """Mark the function as what happens when that timer ends."""

    def register(run: Expiry) -> Expiry:
        ON_EXPIRY[key] = run
        return run

    return register


def settle(case: FiringCase) -> None:
    """Apply everything that is due at `case.now`, in the order in which it became due."""
    while (timer := _next(case)) is not None:
        case.by_clock, case.at = True, _instant(timer)
        _fire(case, timer)
    case.by_clock, case.at = False, case.now


def moves(timer: Timer, now: datetime) -> bool:
    """True where the timer's end does more than tell people: it changes the ticket."""
    return timer.key in ON_EXPIRY and now >= timer.due_at and timer.overrun_at is None


def _next(case: FiringCase) -> Timer | None:
    waiting = [t for t in case.timers if t.next_at is not None and t.next_at <= case.now and not _is_tie_for_owner(case, t)]
    return min(waiting, key=lambda t: t.next_at or case.now, default=None)


def _is_tie_for_owner(case: FiringCase, timer: Timer) -> bool:
    """Somebody acts at the very instant at which it ends."""
    return case.actor is not None and timer.next_at == timer.ends_at == case.now and TIMERS[timer.key].owner_wins_ties


def _instant(timer: Timer) -> datetime:
    """The instant it counts from: a breach is recorded after the deadline and counts from it; what was held, from the hold's end."""
    at = timer.next_at or timer.due_at
    return at if timer.held_since is not None else min(at, timer.due_at)


def _fire(case: FiringCase, timer: Timer) -> None:
    case.mark(timer)
    if timer.next_at is not None and timer.next_at < timer.due_at:
        _warn(case, timer)
    elif timer.ends_at is None or timer.ends_at > case.at:
        _wait(case, timer)
    else:
        _pass(case, timer)
    timers.set_next(timer)


def _wait(case: FiringCase, timer: Timer) -> None:
    """Its date is here, and a word of the customer's holds what would follow by itself."""
    timer.warned = [*timer.warned, timers.HELD]
    case.record("act_held", _data(timer))
    if TIMERS[timer.key].frees_review:
        timers.resume(_whole(case, timer), *REVIEW_TIMERS)


def _warn(case: FiringCase, timer: Timer) -> None:
    """One event for every level that came due; one notice, for the latest of them. Not sent is what lies more than its own lead
    behind, which is to say that the deadline itself is over: nobody is told that it comes near."""
    late = {"late": True} if case.now > timer.due_at else {}
    levels = [(level, at) for level, at in timers.warnings_of(timer) if level not in timer.warned and at <= case.now]
    for level, at in levels:
        case.at = at
        timer.warned = [*timer.warned, level]
        case.record("timer.warned", _data(timer, level=level, **late), internal=timer.binds != "customer")
    if late or timer.ends_at != timer.due_at:  # where it is held, nothing will happen on that date
        return
    last = levels[-1][0]
    step = [level for level, _at in timer.warn_at].index(last)
    notify_warning(case, timer.key, last, timer.due_at, timer.binds, step=step)


def _pass(case: FiringCase, timer: Timer) -> None:
    timer.overrun_at = case.at
    if timer.binds != "internal":
        kind = "timer.expired" if timer.binds == "customer" else "timer.breached"
        case.record(kind, _data(timer), internal=not TIMERS[timer.key].shown)
        notify_breach(case, timer.key, timer.due_at)
    effect = ON_EXPIRY.get(timer.key)
    if effect is not None:
        effect(_whole(case, timer), timer)


def _whole(case: FiringCase, timer: Timer) -> Case:
    """Raises TypeError where a sweep did not read the case that this timer moves (see `moves`)."""
    if isinstance(case, Case):
        return case
    raise TypeError(f"{timer.key} moves its ticket")


def _data(timer: Timer, **more: object) -> dict[str, object]:
    return {"timer": timer.key, "cycle": timer.cycle, "due_at": timer.due_at.isoformat(), **more}


@on_expiry(TimerKey.FULL_REFUND_WINDOW)
def _window_over(case: Case, timer: Timer) -> None:
    """48 hours are over: full refund becomes a matter of discretion; the appeal stays open (A0-07)."""
    expire_refund_window(case, timer)


@on_expiry(TimerKey.CLAIM_LIMIT)
def _claim_late(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    case.ticket.late_claim = True


@on_expiry(TimerKey.AUTO_REVERSAL_WAIT)
def _wait_over(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    if case.status == Status.AUTO_REVERSAL_WAIT:
        _move(case, Status.EVIDENCE_COLLECTION, TimerKey.AUTO_REVERSAL_WAIT, "auto_reversal_over")
        notify(case, "auto_reversal_over")


@on_expiry(TimerKey.SUPPLEMENT)
def _supplement_over(case: Case, timer: Timer) -> None:
    """Back to review on the record: never an automatic rejection."""
    timer.stopped_at = case.at
    request = case.open_request
    if case.status != Status.NEEDS_EVIDENCE or request is None:
        return
    request.expired = True
    case.new_rows.append(request)
    timers.resume(case, *REVIEW_TIMERS)
    _move(case, Status.UNDER_REVIEW, TimerKey.SUPPLEMENT, "supplement_expired")
    notify(case, "supplement_expired")
    rise_when_late(case)


@on_expiry(TimerKey.REVIEW_LIMIT)
def _review_over(case: Case, timer: Timer) -> None:
    """The review limit passed: to the internal second level by itself, unless it is there already. Only a decision ends what
    is overdue: the clocks of the review stand as missed until then."""
    rise(case)


@on_expiry(TimerKey.CONFIRM)
def _close_confirmed(case: Case, timer: Timer) -> None:
    timer.stopped_at = case.at
    _close(case, timer, "auto_confirmed", {Status.RESOLVED})


@on_expiry(TimerKey.REJECTION_FINAL)
def _rejection_final(case: Case, timer: Timer) -> None:
    timer.stopped_at = case.at
    _close(case, timer, "rejection_final", {Status.REJECTED})


@on_expiry(TimerKey.ABANDONED)
def _close_abandoned(case: Case, timer: Timer) -> None:
    """Never submitted and silent for sixty days. A live freeze is not lifted but put before an operator."""
    timer.stopped_at = case.at
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
