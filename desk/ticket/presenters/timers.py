"""The clocks of a case: what runs, how long still, why this date; and what is over."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# To an agent "your deadline" would be the wrong person's.
from desk.shell.labels import BINDS_OF_DESK
from lib.dates import deadline_text
from lib.page_parts import Chip, chip
from lib.pages import render_macro
from sla.explanations import explain
from tickets.cases.case import Case
from tickets.models import Timer, TimerState
from tickets.words import BINDS, TIMER, held_words

RUNS = (TimerState.RUNNING, TimerState.PAUSED)


class Clock(NamedTuple):
    name: str
    binds: str
    cycle: int
    due_at: datetime
    due_text: str
    chip: Chip
    explanation: str
    provisional: bool
    held: str


def clocks(case: Case) -> tuple[list[SafeString], list[SafeString]]:
    """As HTML, what still counts (missed ones that nobody has answered first, then by date), and what is over, the latest first."""
    live = [timer for timer in case.timers if timer.is_live and timer.state(case.now) in (*RUNS, TimerState.BREACHED)]
    over = [timer for timer in case.timers if timer not in live]
    language = get_language() or ""
    ordered = sorted(live, key=lambda timer: timer.due_at), sorted(over, key=_end, reverse=True)
    running, ended = ([_render_clock(_clock(case, timer), language) for timer in timers] for timers in ordered)
    return running, ended


@lru_cache(maxsize=4096)
def _render_clock(clock: Clock, _language: str) -> SafeString:
    """Who acts on a complaint opens its page again and again: until the minute is another, a clock is drawn once."""
    return render_macro("desk/ticket_clock.html", "row", clock)


def _end(timer: Timer) -> datetime:
    return timer.stopped_at or timer.due_at


def _clock(case: Case, timer: Timer) -> Clock:
    end = timer.ends_at or timer.due_at
    state = "paused" if timer.is_live and timer.ends_at is None else str(timer.state(case.now))
    return Clock(
        name=str(TIMER[timer.key]),
        binds=str(BINDS_OF_DESK.get(timer.binds, BINDS[timer.binds])),
        cycle=timer.cycle,
        due_at=end,
        due_text=deadline_text(timer.due_at),
        chip=chip(end, state, timer.stopped_at),
        explanation=explain(timer.basis, timer.due_at, get_language() or "", timezone.get_current_timezone()),
        provisional=timer.provisional,
        held=held_words(timer.ends_at, "desk") if timer.is_live and timer.is_held else "",
    )
