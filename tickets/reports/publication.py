"""What is published once a year: how many complaints, of which kinds, how they ended, how quickly, and what came back.

A complaint that was joined with another is the other's: it counts once. Money is what was really returned, by whatever way it was
recorded; yuan only, for other money cannot be added to it; compensation stands apart.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth

from tickets.models import Decision, Refund, Ticket
from tickets.reports.deadlines_kept import by_month
from tickets.reports.flow import TOTALS, moves
from tickets.reports.grouping import Measures, group_by, within, within_unjoined
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts, percentile, share
from tickets.workflow import Status

VERDICTS = ("approved", "partly_approved", "rejected")
RULED = {verdict: Count("pk", Q(verdict=verdict)) for verdict in VERDICTS}
COMPENSATION = Q(kind="compensation")
MONEY = {"refunded": Sum("amount", filter=~COMPENSATION), "compensated": Sum("amount", filter=COMPENSATION)}


def year_of(scope: Scope) -> Scope:
    """The calendar year of the scope's last day."""
    return Scope(date(scope.last.year, 1, 1), date(scope.last.year, 12, 31), scope.zone, scope.category)


def yearly(scope: Scope, now: datetime) -> Table:
    """One row a month."""
    year = year_of(scope)
    moved = _by_month(moves(year), "at", year, **TOTALS)
    decided = _by_month(_decisions(year), "effective_at", year, **RULED)
    paid = _by_month(_came_back(year), "at", year, **MONEY)
    kept = by_month(year, now)
    rows = []
    for month in range(1, 13):
        ruled, (met, missed) = _verdicts(decided.get(month, {})), kept.get(month) or (0, 0)
        numbers = [moved.get(month, {}).get(name, 0) for name in TOTALS]
        rows.append([month, *numbers, *ruled, share(met, met + missed), *_sums(paid.get(month, {}))])
    columns = (
        Column("month", "month"), *counts("count", (*TOTALS, *VERDICTS)), Column("approved_share", "share"),
        Column("in_time_share", "share"), *counts("money", MONEY),
    )  # fmt: skip
    return Table("yearly", columns, rows, now)


def yearly_types(scope: Scope, now: datetime) -> Table:
    """One row for each kind of complaint: of those received in the year, how many are closed by now, and how long that took."""
    year = year_of(scope)
    came = within_unjoined(Ticket.objects.exclude(status=Status.DRAFT), "reported_at", year, "category")
    counted = group_by(came, "category", n=Count("pk"), done=Count("pk", Q(status=Status.CLOSED)))
    decided = group_by(_decisions(year), "ticket__category", **RULED)
    paid = group_by(_came_back(year), "ticket__category", **MONEY)
    took = _hours_to_closing(came)
    rows = []
    for key in sorted({*counted, *decided, *paid}):
        received, closed = counted.get(key, {}).get("n", 0), counted.get(key, {}).get("done", 0)
        speed = [percentile(took.get(key, []), rank) for rank in (50, 90)]
        rows.append([key, received, closed, share(closed, received), *speed, *_verdicts(decided.get(key, {})), *_sums(paid.get(key, {}))])
    columns = (
        Column("category", "code", "category"), *counts("count", ("received", "closed")), Column("closed_share", "share"),
        *counts("hours", ("p50", "p90")), *counts("count", VERDICTS), Column("approved_share", "share"), *counts("money", MONEY),
    )  # fmt: skip
    return Table("yearly_types", columns, rows, now)


def _verdicts(ruled: Measures) -> list[object]:
    """The three counts, and the share that was approved in full."""
    numbers = [ruled.get(verdict, 0) for verdict in VERDICTS]
    return [*numbers, share(numbers[0], sum(numbers))]


def _sums(paid: Measures) -> list[object]:
    return [f"{paid.get(name) or 0:.2f}" for name in MONEY]


def _hours_to_closing(came: QuerySet[Ticket]) -> dict[str, list[float]]:
    """From filing to closing, ascending, by category."""
    found: dict[str, list[float]] = {}
    closed = came.filter(status=Status.CLOSED).values_list("category", "reported_at", "closed_at")
    for category, start, end in closed.iterator(chunk_size=5000):
        if start and end:
            found.setdefault(category, []).append((end - start).total_seconds() / 3600)
    return {category: sorted(hours) for category, hours in found.items()}


def _by_month(rows: QuerySet, at: str, year: Scope, **measures: Combinable) -> dict[int, Measures]:
    found = group_by(rows, TruncMonth(at, tzinfo=year.tz), **measures)
    return {first.month: row for first, row in found.items()}


def _decisions(scope: Scope) -> QuerySet[Decision]:
    return within_unjoined(Decision.objects.all(), "effective_at", scope)


def _came_back(scope: Scope) -> QuerySet[Refund]:
    return within(Refund.objects.filter(currency="CNY"), "at", scope)
