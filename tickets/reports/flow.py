"""What came and went: received, closed, taken up again, day by day and month by month."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate, TruncMonth

from tickets.models import Decision, Event, Remedy
from tickets.reports.deadlines_kept import by_month
from tickets.reports.grouping import Measures, group_by, within
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts, share
from tickets.workflow import Status

RECEIVED = Q(from_status=Status.DRAFT) & ~Q(to_status=Status.DRAFT)
CLOSED = Q(to_status=Status.CLOSED) & ~Q(from_status=Status.CLOSED)
REOPENED = Q(from_status=Status.CLOSED) & ~Q(to_status__in=["", Status.CLOSED])
# Read through the index event_flow, whose condition this is.
MOVES = Q(from_status__in=[Status.DRAFT, Status.CLOSED]) | Q(to_status=Status.CLOSED)
TOTALS = {"received": Count("pk", RECEIVED), "closed": Count("pk", CLOSED), "reopened": Count("pk", REOPENED)}


def moves(scope: Scope) -> QuerySet[Event]:
    """The events that count, at the instant they count from."""
    return within(Event.objects.filter(MOVES), "at", scope)


def flow(scope: Scope, now: datetime) -> Table:
    """One row a day, days without anything too."""
    found = group_by(moves(scope), TruncDate("at", tzinfo=scope.tz), **TOTALS)
    rows = [[day.isoformat(), *(found.get(day, {}).get(name, 0) for name in TOTALS)] for day in scope.days()]
    return Table("flow", (Column("day", "day"), *counts("count", TOTALS)), rows, now)


def yearly(scope: Scope, now: datetime) -> Table:
    """What is published once a year, for the year of the last day: one row a month."""
    year = Scope(date(scope.last.year, 1, 1), date(scope.last.year, 12, 31), scope.zone, scope.category)
    moved = _by_month(moves(year), "at", year, **TOTALS)
    decided = _by_month(_decisions(year), "effective_at", year, approved=_verdict("approved"), rejected=_verdict("rejected"))
    paid = _by_month(_paid_remedies(year), "done_at", year, refunded=Sum("amount"))
    kept = by_month(year, now)
    rows = [_month(month, moved.get(month, {}), decided.get(month, {}), paid.get(month, {}), kept.get(month)) for month in range(1, 13)]
    columns = (
        Column("month", "month"), *counts("count", (*TOTALS, "approved", "rejected")), Column("approved_share", "share"),
        Column("in_time_share", "share"), Column("refunded", "money"),
    )  # fmt: skip
    return Table("yearly", columns, rows, now)


def _month(month: int, moved: Measures, decided: Measures, paid: Measures, kept: tuple[int, int] | None) -> list[object]:
    approved, rejected = decided.get("approved", 0), decided.get("rejected", 0)
    met, missed = kept or (0, 0)
    refunded = paid.get("refunded") or 0
    numbers = [moved.get(name, 0) for name in TOTALS]
    return [month, *numbers, approved, rejected, share(approved, approved + rejected), share(met, met + missed), f"{refunded:.2f}"]


def _by_month(rows: QuerySet, at: str, year: Scope, **measures: Combinable) -> dict[int, Measures]:
    found = group_by(rows, TruncMonth(at, tzinfo=year.tz), **measures)
    return {first.month: row for first, row in found.items()}


def _verdict(verdict: str) -> Count:
    return Count("pk", Q(verdict=verdict))


def _decisions(scope: Scope) -> QuerySet[Decision]:
    return within(Decision.objects.all(), "effective_at", scope)


def _paid_remedies(scope: Scope) -> QuerySet[Remedy]:
    done = Remedy.objects.filter(state=Remedy.State.DONE, amount__isnull=False)
    return within(done, "done_at", scope, "decision__ticket__category")
