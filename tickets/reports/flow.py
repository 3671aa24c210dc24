"""What came and went: received, closed, taken up again, day by day."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from tickets.models import Event
from tickets.reports.grouping import group_by, within_unjoined
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts
from tickets.workflow import Status

RECEIVED = Q(from_status=Status.DRAFT) & ~Q(to_status=Status.DRAFT)
CLOSED = Q(to_status=Status.CLOSED) & ~Q(from_status=Status.CLOSED)
REOPENED = Q(from_status=Status.CLOSED) & ~Q(to_status__in=["", Status.CLOSED])
# Read through the index event_flow, whose condition this is.
MOVES = Q(from_status__in=[Status.DRAFT, Status.CLOSED]) | Q(to_status=Status.CLOSED)
TOTALS = {"received": Count("pk", RECEIVED), "closed": Count("pk", CLOSED), "reopened": Count("pk", REOPENED)}


def moves(scope: Scope) -> QuerySet[Event]:
    """The events that count, at the instant they count from. A duplicate that was joined to another neither came nor went."""
    return within_unjoined(Event.objects.filter(MOVES), "at", scope)


def flow(scope: Scope, now: datetime) -> Table:
    """One row a day, days without anything too."""
    found = group_by(moves(scope), TruncDate("at", tzinfo=scope.tz), **TOTALS)
    rows = [[day.isoformat(), *(found.get(day, {}).get(name, 0) for name in TOTALS)] for day in scope.days()]
    return Table("flow", (Column("day", "day"), *counts("count", TOTALS)), rows, now)
