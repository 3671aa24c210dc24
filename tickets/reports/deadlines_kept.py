"""Which deadlines were kept: by clock, by month, and what the coming working days will likely bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncDate, TruncMonth

from lib.types import Record
from sla.models import CalendarDay
from tickets.models import Timer
from tickets.reports.grouping import group_by
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts, share
from tickets.workflow import TIMERS

AHEAD = 5
TICK = timedelta(microseconds=1)


def met_condition(scope: Scope) -> Q:
    """Stopped in time, within these days."""
    return Q(overrun_at=None, cancelled=False, stopped_at__gte=scope.start, stopped_at__lt=scope.end, stopped_at__lte=F("due_at"))


def missed_condition(scope: Scope, now: datetime) -> Q:
    """Due within these days and not stopped by then, whether or not a sweep has seen it."""
    late = Q(stopped_at__gt=F("due_at"), cancelled=False) | Q(stopped_at=None, paused_at=None, cancelled=False, due_at__lt=now)
    return Q(due_at__gte=scope.start, due_at__lt=scope.end) & (Q(overrun_at__isnull=False) | late)


def _timers(scope: Scope) -> QuerySet[Timer]:
    """Those that bind the desk. Of a duplicate that was joined to another those count that went over to it."""
    found = Timer.objects.filter(binds="operator").exclude(ticket__close_reason="merged").order_by()
    return found.filter(ticket__category=scope.category) if scope.category else found


def promises(scope: Scope, now: datetime) -> Table:
    """One row for each clock that ended in these days."""
    ended = _count_by_key(scope, now)
    keys = [key for key in TIMERS if key in ended]
    rows = [[key, sum(ended[key]), *ended[key], share(ended[key][0], sum(ended[key]))] for key in keys]
    columns = (Column("timer", "code", "timer"), *counts("count", ("ended", "in_time", "missed")), Column("in_time_share", "share"))
    return Table("promises", columns, rows, now)


def _count_by_key(scope: Scope, now: datetime) -> dict[str, tuple[int, int]]:
    """Kept and missed by key."""
    met, late = met_condition(scope), missed_condition(scope, now)
    found = group_by(_timers(scope).filter(met | late), "key", met=Count("pk", met), late=Count("pk", late))
    return {key: (row["met"], row["late"]) for key, row in found.items()}


def by_month(year: Scope, now: datetime) -> dict[int, tuple[int, int]]:
    """Kept and missed, by the month in which a clock was stopped or ran out."""
    sums: dict[int, list[int]] = {}
    for place, (at, which) in enumerate((("stopped_at", met_condition(year)), ("due_at", missed_condition(year, now)))):
        found = group_by(_timers(year).filter(which), TruncMonth(at, tzinfo=year.tz), n=Count("pk"))
        for first, row in found.items():
            sums.setdefault(first.month, [0, 0])[place] += row["n"]
    return {month: (met, late) for month, (met, late) in sums.items()}


def forecast(scope: Scope, now: datetime) -> Table:
    """What comes due on each of the next working days, and how much of it will be missed if it goes as in the days of the scope."""
    days = _coming(now, scope.zone)
    past = {key: share(late, met + late) or 0.0 for key, (met, late) in _count_by_key(scope, now).items()}
    end = days[-1][1]
    last_moment = ExpressionWrapper(F("due_at") - TICK, output_field=DateTimeField())  # 24:00 belongs to the day that ends
    running = _timers(scope).filter(stopped_at=None, cancelled=False, paused_at=None, overrun_at=None, due_at__gte=now, due_at__lte=end)
    by_day = running.annotate(day=TruncDate(last_moment, tzinfo=scope.tz)).values("day", "key")
    found = list(by_day.annotate(n=Count("pk"), free=Count("pk", Q(ticket__assignee=None))))
    dates = [day for day, _end in days]
    rows = [_coming_row(day, before, found, past) for before, day in zip([None, *dates], dates, strict=False)]
    columns = (Column("day", "day"), *counts("count", ("due", "unassigned")), Column("likely_missed", "estimate"))
    return Table("forecast", columns, rows, now)


def _coming(now: datetime, zone: str) -> list[tuple[date, datetime]]:
    """The next working days, today included when it is one, each with its 24:00."""
    calendar = CalendarDay.objects.calendar(zone)
    day, found = calendar.date_of(now), list[tuple[date, datetime]]()
    while len(found) < AHEAD:
        if calendar.is_workday(day):
            found.append((day, calendar.end_of(day)))
        day += timedelta(days=1)
    return found


def _coming_row(day: date, before: date | None, found: Sequence[Record], past: dict[str, float]) -> list[object]:
    """A clock that ends on a rest day counts to the working day that follows: nobody is there to see to it earlier."""
    mine = [row for row in found if row["day"] <= day and (before is None or row["day"] > before)]
    likely = sum(row["n"] * past.get(row["key"], 0.0) for row in mine)
    return [day.isoformat(), sum(row["n"] for row in mine), sum(row["free"] for row in mine), round(likely, 1)]
