"""Paging through the queue by key: the place of the last row, never an offset and never a count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from tickets.models import Ticket

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class QueueRow(NamedTuple):
    """What the queue reads of a ticket: the names are the model's own. A new column is one more name here, and in the index
    ticket_in_queue, where all of it stands: PostgreSQL never reads the tickets themselves."""

    due_at: datetime | None
    id: int
    ref: str
    category: str
    status: str
    waiting_on: str
    lane: str
    amount: Decimal | None
    currency: str
    due_key: str
    late_claim: bool
    refund_tier: str
    created_at: datetime
    evidence_have: int
    evidence_need: int
    assignee: int | None


@dataclass(frozen=True)
class Place:
    """Where a row stands in the order (due_at with nulls last, id). As text: microseconds since 1970, or n, and the id."""

    due_at: datetime | None
    pk: int

    def __str__(self) -> str:
        due = "n" if self.due_at is None else str((self.due_at - EPOCH) // MICROSECOND)
        return f"{due}-{self.pk}"


def place(text: str) -> Place | None:
    """The place a link names, or None when it names none."""
    due, _dash, pk = text.partition("-")
    try:
        return Place(None if due == "n" else EPOCH + int(due) * MICROSECOND, int(pk))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class QueuePage:
    """The rows shown, and the places before and behind them ("" where nothing is)."""

    rows: list[QueueRow]
    before: str
    after: str


def page(queryset: QuerySet[Ticket], size: int, after: Place | None, before: Place | None) -> QueuePage:
    """One page in the order of the next breach."""
    if before is not None:
        found = _backward(queryset, before, size + 1)
        rows = found[:size][::-1]
        return QueuePage(rows, _place(rows[:1]) if len(found) > size else "", _place(rows[-1:]))
    return cut(_forward(queryset, after, size + 1), size, after)


def cut(found: list[QueueRow], size: int, after: Place | None = None) -> QueuePage:
    """The page that these rows are, of which one more was read than it shows."""
    rows = found[:size]
    return QueuePage(rows, _place(rows[:1]) if after else "", _place(rows[-1:]) if len(found) > size else "")


def in_order(queryset: QuerySet[Ticket]) -> QuerySet[Ticket, tuple[object, ...]]:
    return queryset.order_by(F("due_at").asc(nulls_last=True), "id").values_list(*QueueRow._fields)


def name_columns(rows: Iterable[Iterable[object]]) -> list[QueueRow]:
    """Tuples as the database gives them, named once: Django's own named rows cost more than the query."""
    return list(map(QueueRow._make, rows))


def _place(rows: list[QueueRow]) -> str:
    return str(Place(rows[0].due_at, rows[0].id)) if rows else ""


def _forward(queryset: QuerySet[Ticket], after: Place | None, limit: int) -> list[QueueRow]:
    """The range on due_at is what lets the index begin at the place; the rest of the condition only trims it."""
    ordered = in_order(queryset)
    if after is None:
        return name_columns(ordered[:limit])
    undated = ordered.filter(due_at=None)
    if after.due_at is None:
        return name_columns(undated.filter(pk__gt=after.pk)[:limit])
    later = Q(due_at__gt=after.due_at) | Q(pk__gt=after.pk)
    found = name_columns(ordered.filter(later, due_at__gte=after.due_at)[:limit])
    return found if len(found) == limit else found + name_columns(undated[: limit - len(found)])


def _backward(queryset: QuerySet[Ticket], before: Place, limit: int) -> list[QueueRow]:
    ordered = queryset.order_by(F("due_at").desc(nulls_first=True), "-id").values_list(*QueueRow._fields)
    if before.due_at is not None:
        earlier = Q(due_at__lt=before.due_at) | Q(pk__lt=before.pk)
        return name_columns(ordered.filter(earlier, due_at__lte=before.due_at)[:limit])
    found = name_columns(ordered.filter(due_at=None, pk__lt=before.pk)[:limit])
    dated = ordered.filter(due_at__isnull=False)
    return found if len(found) == limit else found + name_columns(dated[: limit - len(found)])
