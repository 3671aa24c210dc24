"""What a changed calendar would do to deadlines that were promised on published days: shown to a person, and done where they say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.cases.shared_reads import SharedReads
from tickets.models import Ticket, Timer
from tickets.operations.rebasing import Move, count_again
from tickets.workflow import TIMERS

MOST = 2000
WORKING_DAYS = ("wd", "t1")


class OpenMove(NamedTuple):
    timer: int
    move: Move


def steady_deadlines(now: datetime) -> dict[int, datetime]:
    """Open deadlines that count working days, as they stand: those that the calendar as it is now gives again. Ask before it changes."""
    rows = Timer.objects.filter(provisional=False, stopped_at=None, cancelled=False, paused_at=None, overrun_at=None, due_at__gt=now)
    found, shared = dict[int, datetime](), SharedReads()
    for timer in rows.filter(clock__in=WORKING_DAYS).select_related("ticket").order_by("due_at", "pk")[:MOST]:
        if _counts(timer) and count_again(Case(timer.ticket, now, timers=[timer], shared=shared), timer).due_at == timer.due_at:
            found[timer.pk] = timer.due_at
    return found


def open_moves(before: Mapping[int, datetime], now: datetime) -> list[OpenMove]:
    """Which of them the calendar would move, now that it has changed. Writes nothing."""
    found, shared = list[OpenMove](), SharedReads()
    for timer in Timer.objects.filter(pk__in=before).select_related("ticket").order_by("due_at", "pk"):
        fresh = count_again(Case(timer.ticket, now, timers=[timer], shared=shared), timer)
        if fresh.due_at != before[timer.pk]:
            found.append(OpenMove(timer.pk, Move(timer.ticket.ref, timer.key, timer.binds, timer.due_at, fresh.due_at)))
    return found


def move_deadlines(actor: User | None, chosen: Iterable[int], now: datetime) -> int:
    """Those that a person chose, where it is better for the customer: a promise is never worsened. How many moved, each with a notice."""
    by_ticket: dict[int, list[int]] = defaultdict(list)
    for ticket, timer in Timer.objects.filter(pk__in=list(chosen)).values_list("ticket", "pk"):
        by_ticket[ticket].append(timer)
    return sum(_move_on(actor, ticket, frozenset(keys), now) for ticket, keys in sorted(by_ticket.items()))


def _move_on(actor: User | None, ticket: int, chosen: frozenset[int], now: datetime) -> int:
    with transaction.atomic():
        case = Case(Ticket.objects.select_for_update().get(pk=ticket), now, actor)
        waiting = [
            each for each in case.timers if each.pk in chosen and each.is_live and each.paused_at is None and each.overrun_at is None
        ]
        moved = sum(_move(case, timer) for timer in waiting if _counts(timer))
        if case.dirty_timers:
            case.save()
    return moved


def _move(case: Case, timer: Timer) -> bool:
    fresh = count_again(case, timer)
    due = Move(case.ticket.ref, timer.key, timer.binds, timer.due_at, fresh.due_at).effective_due_at
    before = timer.due_at
    if due == before:
        return False
    timers.replan(case, timer, replace(fresh, due_at=due))
    data = {"timer": timer.key, "from": before.isoformat(), "to": due.isoformat()}
    case.record("date_moved", data, internal=not TIMERS[timer.key].shown)
    notify(case, "date_moved", **data)
    return True


def _counts(timer: Timer) -> bool:
    """Its end follows from its start and a number of days alone."""
    return "start" in timer.basis and "amount" in timer.basis and not timer.basis.get("pause")
