"""The clocks of a case: what runs, how long still, why this date; and what is over."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from accounts.moments import deadline_text
from accounts.templatetags import look

# To an agent "your deadline" would be the wrong person's.
from desk.showing.words import BINDS_OF_DESK
from sla.explanations import explain
from tickets.case import Case
from tickets.models import Timer, TimerState
from tickets.words import BINDS, TIMER, TIMER_STATE

RUNS = (TimerState.RUNNING, TimerState.PAUSED)


class Clock(NamedTuple):
    """`chip` as accounts.templatetags.look.clock makes it."""

    name: Any
    state: str
    state_name: Any
    binds: Any
    cycle: int
    due_at: str
    due_text: str
    chip: dict[str, Any]
    explanation: str
    provisional: bool


def clocks(case: Case) -> tuple[list[Clock], list[Clock]]:
    """What still counts (missed ones that nobody has answered first, then by date), and what is over, the latest first."""
    live = [timer for timer in case.timers if timer.is_live and timer.state(case.now) in (*RUNS, TimerState.BREACHED)]
    over = [timer for timer in case.timers if timer not in live]
    now = sorted(live, key=lambda timer: timer.due_at)
    return [_clock(case, each) for each in now], [_clock(case, each) for each in sorted(over, key=_end, reverse=True)]


def _end(timer: Timer) -> Any:
    return timer.stopped_at or timer.due_at


def _clock(case: Case, timer: Timer) -> Clock:
    state = timer.state(case.now)
    return Clock(
        name=TIMER[timer.key],
        state=str(state),
        state_name=TIMER_STATE[state],
        binds=BINDS_OF_DESK.get(timer.binds, BINDS[timer.binds]),
        cycle=timer.cycle,
        due_at=timer.due_at.isoformat(),
        due_text=deadline_text(timer.due_at),
        chip=look.clock(timer.due_at, str(state), timer.stopped_at),
        explanation=explain(timer.basis, timer.due_at, get_language() or "", timezone.get_current_timezone()),
        provisional=timer.provisional,
    )
