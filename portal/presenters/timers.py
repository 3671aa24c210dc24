"""Deadlines as the customer reads them: name, date, what it promises, why this date."""

from __future__ import annotations

from django.utils import timezone

from lib.languages import active_language
from lib.types import Context
from portal.presenters.calendar_month import calendar_of
from sla.explanations import explain
from tickets.cases.case import Case
from tickets.models import Timer, TimerState
from tickets.words import BINDS, TIMER, TIMER_WHY, held_words
from tickets.workflow import TIMERS

TONES = {
    "draft": "neutral",
    "auto_reversal_wait": "info",
    "evidence_collection": "warn",
    "freeze_pending": "warn",
    "frozen": "warn",
    "appeal_submitted": "info",
    "under_review": "info",
    "needs_evidence": "warn",
    "remedy_pending": "good",
    "rejected": "bad",
    "escalated": "info",
    "resolved": "good",
    "closed": "neutral",
}
RUNS = (TimerState.RUNNING, TimerState.PAUSED)


def clocks(case: Case) -> list[Context]:
    """Every running and paused deadline, the nearest first; then those missed that have not been made good."""
    shown = [timer for timer in case.timers if TIMERS[timer.key].shown]
    running = sorted((t for t in shown if t.state(case.now) in RUNS), key=lambda timer: timer.due_at)
    late = [t for t in shown if t.is_live and t.binds == "operator" and t.state(case.now) == TimerState.BREACHED]
    return [_clock(case, timer) for timer in [*late, *running]]


def past_clocks(case: Case) -> list[Context]:
    """Deadlines that are over, the latest first."""
    now = {id(clock["timer"]) for clock in clocks(case)}
    over = [timer for timer in case.timers if id(timer) not in now and TIMERS[timer.key].shown]
    over = [timer for timer in over if timer.state(case.now) != TimerState.CANCELLED]
    return [_clock(case, timer) for timer in sorted(over, key=lambda timer: timer.due_at, reverse=True)]


def _clock(case: Case, timer: Timer) -> Context:
    return {
        "timer": timer,
        "end": timer.ends_at or timer.due_at,
        "state": "paused" if timer.is_live and timer.ends_at is None else str(timer.state(case.now)),
        "held": held_words(timer.ends_at, "customer") if timer.is_live and timer.is_held else "",
        "name": TIMER[timer.key],
        "why": TIMER_WHY[timer.key],
        "binds": BINDS[timer.binds],
        "explanation": explanation(timer),
        "sheets": calendar_of(timer),
    }


def explanation(timer: Timer) -> str:
    return explain(timer.basis, timer.due_at, active_language(), timezone.get_current_timezone())
