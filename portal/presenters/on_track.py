"""No news, still on time: whether anything is asked of the customer, and whether every promise of ours is being kept."""

from __future__ import annotations

from dataclasses import dataclass

from lib.types import Text
from tickets.cases.case import Case
from tickets.models import Escalation, Timer, TimerState
from tickets.words import TIMER, TIMER_PASSED
from tickets.workflow import TIMERS, Status


@dataclass(frozen=True)
class LateTimer:
    """`opens`: what it means for the customer."""

    name: Text
    timer: Timer
    opens: Text


@dataclass(frozen=True)
class OnTrack:
    """`next`: the date of ours that comes first. `asked`: something is for the customer to do."""

    asked: bool
    late: list[LateTimer]
    next: Timer | None
    next_name: Text

    @property
    def is_calm(self) -> bool:
        return not self.late and not self.asked and self.next is not None


def on_track_status(case: Case) -> OnTrack | None:
    """None once it is closed: nothing runs then."""
    if case.status == Status.CLOSED:
        return None
    ours = [timer for timer in case.timers if timer.binds == "operator" and TIMERS[timer.key].shown and timer.is_live]
    late = [_late_timer(timer) for timer in ours if timer.state(case.now) == TimerState.BREACHED]
    running = [timer for timer in ours if timer.state(case.now) == TimerState.RUNNING]
    first = min(running, key=lambda timer: timer.due_at, default=None)
    to_file = any(each.state == Escalation.State.TO_BE_FILED for each in case.escalations)
    return OnTrack(to_file or case.ticket.waiting_on == "customer", late, first, TIMER[first.key] if first else "")


def _late_timer(timer: Timer) -> LateTimer:
    return LateTimer(TIMER[timer.key], timer, TIMER_PASSED[timer.key][1] if timer.key in TIMER_PASSED else "")
