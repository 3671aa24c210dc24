"""What is for the customer to do and until when, what of ours is late, and whether no news is good news. All read from the rows."""

from __future__ import annotations

from dataclasses import dataclass

from lib.types import Text
from tickets.cases.case import Case
from tickets.models import Escalation, Freeze, Timer, TimerState
from tickets.words import TIMER, TIMER_PASSED
from tickets.workflow import TIMERS, Status
from tickets.workflow.vocabulary import SECURITY_TASKS


@dataclass(frozen=True)
class LateTimer:
    """`opens`: what it means for the customer."""

    name: Text
    timer: Timer
    opens: Text


@dataclass(frozen=True)
class OnTrack:
    """`own`: the nearest date of the customer's own; `next`: of ours. `freeze_failed`: it was asked for, and nothing holds the account."""

    asked: bool
    freeze_failed: bool
    late: list[LateTimer]
    own: Timer | None
    own_name: Text
    next: Timer | None
    next_name: Text

    @property
    def is_calm(self) -> bool:
        """Nothing is late, nothing is theirs to do, no date of theirs runs, and one of ours does."""
        return not (self.late or self.asked or self.freeze_failed or self.own) and self.next is not None


def on_track_status(case: Case) -> OnTrack | None:
    """None once it is closed: nothing runs then."""
    if case.status == Status.CLOSED:
        return None
    shown = [timer for timer in case.timers if timer.is_live and TIMERS[timer.key].shown]
    late = [_late_timer(timer) for timer in shown if timer.binds == "operator" and timer.state(case.now) == TimerState.BREACHED]
    running = [timer for timer in shown if timer.state(case.now) == TimerState.RUNNING]
    theirs = [timer for timer in running if timer.binds == "customer"]
    own = min((timer for timer in theirs if not TIMERS[timer.key].quiet), key=lambda timer: timer.due_at, default=None)
    ours = min((timer for timer in running if timer.binds == "operator"), key=lambda timer: timer.due_at, default=None)
    return OnTrack(bool(theirs) or is_asked(case), freeze_failed(case), late, own, _name(own), ours, _name(ours))


def is_asked(case: Case) -> bool:
    """Something is theirs to do: the complaint waits for them, a place for their filing, or the lifting they asked for for safety steps."""
    to_file = any(each.state == Escalation.State.TO_BE_FILED for each in case.escalations)
    return to_file or case.ticket.waiting_on == "customer" or lifting_waits(case)


def lifting_waits(case: Case) -> bool:
    """They want a freeze lifted, and safety steps are still to be ticked."""
    asked = any(freeze.is_live and freeze.lift_requested_at and freeze.origin == Freeze.Origin.USER_PROTECTIVE for freeze in case.freezes)
    return asked and not set(SECURITY_TASKS) <= set(case.security_tasks)


def freeze_failed(case: Case) -> bool:
    """The last freeze they asked for did not work, and none is on its way."""
    theirs = [freeze for freeze in case.freezes if freeze.origin == Freeze.Origin.USER_PROTECTIVE]
    return bool(theirs) and theirs[-1].state == Freeze.State.FAILED and not any(freeze.is_live for freeze in theirs)


def _name(timer: Timer | None) -> Text:
    return TIMER[timer.key] if timer else ""


def _late_timer(timer: Timer) -> LateTimer:
    return LateTimer(TIMER[timer.key], timer, TIMER_PASSED[timer.key][1] if timer.key in TIMER_PASSED else "")
