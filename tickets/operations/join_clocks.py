"""The clocks of two complaints that become one, and of one that is taken out again.

The one that goes on keeps the clocks of its own status. What binds us or others ends at the earlier of both dates; a window of the
customer's at the later one: nobody loses time because we made one of two. A freeze, a filing elsewhere bring their clocks along.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias

from lib.types import Record
from sla.durations import Duration, compute_due, due_after_pause, remaining
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.models import Escalation, Timer
from tickets.workflow import TIMERS, Status
from tickets.workflow.timers import Family, timers_of

Pictures: TypeAlias = dict[str, Record]
# Its key and round in the one that goes on, and the row it was taken from.
Adopted: TypeAlias = tuple[str, int, int]
# What one timer can take of another, and gives back.
TAKEN = (
    "started_at", "due_at", "amount", "provisional", "basis", "warn_at", "warned", "paused_at", "remaining", "overrun_at", "held_since",
    "held_until", "stopped_at", "cancelled",
)  # fmt: skip
INSTANTS = frozenset({"started_at", "due_at", "paused_at", "overrun_at", "held_since", "held_until", "stopped_at"})
# Of these a complaint may have one for each freeze, for each filing at one of several places.
SEVERAL = (*timers_of(Family.FREEZE), *(key for key, row in TIMERS.items() if len(row.targets) > 1))
# From here one may take it further whatever the clocks say.
MAY_RISE = (Status.REJECTED, Status.ESCALATED)


def join_clocks(gone: Case, survivor: Case, moved: Collection[Escalation]) -> None:
    """`moved`: what lies at other places and goes over, still open."""
    for mine in [timer for timer in gone.timers if TIMERS[timer.key].merges]:
        theirs = timers.live(survivor, mine.key) if mine.is_live else None
        if mine.is_live and _goes_with_rows(mine, moved) and (theirs is None or mine.key in SEVERAL):
            timers.adopt(survivor, mine)
        elif theirs is not None:
            _take_better(survivor, theirs, mine)
        elif _gives_right(gone, mine) and not _has_right(survivor):
            _end(survivor, timers.adopt(survivor, mine))


def _end(survivor: Case, timer: Timer) -> None:
    """It stands there as missed, for the right it gives; nobody waits for it any more."""
    if timer.stopped_at is None:
        timer.stopped_at, timer.paused_at, timer.next_at = survivor.at, None, None


def _goes_with_rows(timer: Timer, moved: Collection[Escalation]) -> bool:
    row = TIMERS[timer.key]
    if row.family == Family.FREEZE:
        return True
    there = [each for each in moved if each.target in row.targets]
    return any(timer.key not in SEVERAL or (each.filed_at or each.at) == timer.started_at for each in there)


def _gives_right(case: Case, timer: Timer) -> bool:
    """Missed, and so the way to the next level is open."""
    return TIMERS[timer.key].opens_escalation and timer.is_over(case.now) and not timer.is_met


def _has_right(case: Case) -> bool:
    return case.status in MAY_RISE or any(_gives_right(case, timer) for timer in case.timers)


def _take_better(survivor: Case, theirs: Timer, mine: Timer) -> None:
    if theirs.overrun_at is not None:
        if theirs.binds == "operator" and mine.overrun_at is not None and mine.paused_at is None and mine.due_at < theirs.due_at:
            timers.bring_forward(survivor, theirs, mine)  # both were missed: how late counts from the earlier
        return
    if theirs.binds == "customer" and not TIMERS[theirs.key].opens_right:
        _take_later(survivor, theirs, mine)
    elif theirs.paused_at is not None and theirs.remaining is not None:
        _take_smaller_rest(survivor, theirs, mine)
    elif mine.paused_at is not None and mine.remaining is not None:
        due = due_after_pause(mine.remaining, mine.paused_at, survivor.at, mine.due_at, survivor.calendar)
        if due.due_at < theirs.due_at:
            timers.replan(survivor, theirs, due)
    elif mine.due_at < theirs.due_at:
        timers.bring_forward(survivor, theirs, mine)


def _take_smaller_rest(survivor: Case, theirs: Timer, mine: Timer) -> None:
    """It stays paused, for that is its own status; then with no more left than either had."""
    rest = mine.remaining if mine.paused_at is not None else remaining(survivor.at, mine.due_at, survivor.calendar)
    if theirs.paused_at is None or theirs.remaining is None or rest is None or rest >= theirs.remaining:
        return
    theirs.remaining = rest
    ends = compute_due(Duration("wd", rest), theirs.paused_at, survivor.calendar, max_wd=survivor.policy.max_wd)
    theirs.due_at = min(theirs.due_at, ends.due_at)
    survivor.mark(theirs)
    survivor.replanned = True


def _take_later(survivor: Case, theirs: Timer, mine: Timer) -> None:
    """A window of the customer's: the longer of both, and held where either was."""
    if mine.due_at > theirs.due_at:
        held = theirs.held_since, theirs.held_until
        timers.bring_forward(survivor, theirs, mine)
        theirs.held_since, theirs.held_until = held
    if mine.held_since is not None and _held_longer(mine, theirs):
        theirs.held_since, theirs.held_until = mine.held_since, mine.held_until
    timers.set_next(theirs)
    survivor.mark(theirs)
    survivor.replanned = True


def _held_longer(mine: Timer, theirs: Timer) -> bool:
    if theirs.held_since is None or mine.held_until is None:
        return True
    return theirs.held_until is not None and mine.held_until > theirs.held_until


# ---- As they stood, in values that can be kept
def pictures(case: Case) -> Pictures:
    """By key of the row."""
    return {str(timer.pk): _picture(timer) for timer in case.timers if timer.pk is not None}


def _picture(timer: Timer) -> Record:
    values = {name: getattr(timer, name) for name in TAKEN}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def changes_since(case: Case, before: Pictures) -> Pictures:
    """How those stood that have changed."""
    return {key: before[key] for key, picture in pictures(case).items() if key in before and before[key] != picture}


def taken_over(gone: Case, survivor: Case) -> list[Adopted]:
    """What the survivor has since, before it is saved."""
    fresh = [timer for timer in survivor.timers if timer.pk is None]
    return [(each.key, each.cycle, origin.pk) for each in fresh for origin in gone.timers if _same(each, origin)][: len(fresh)]


def _same(one: Timer, other: Timer) -> bool:
    return (one.key, one.started_at, one.due_at) == (other.key, other.started_at, other.due_at)


def draw_again(timer: Timer, picture: Record, joined_at: datetime) -> None:
    """As it stood. That it was missed since is never unsaid; what the other one had missed before stays with the other one."""
    missed = timer.overrun_at if timer.overrun_at is not None and timer.overrun_at > joined_at else None
    for name, value in picture.items():
        setattr(timer, name, datetime.fromisoformat(value) if value and name in INSTANTS else value)
    timer.overrun_at = missed or timer.overrun_at
    timers.set_next(timer)
