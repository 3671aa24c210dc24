"""Paging through the queue by key: the place of the last row, never an offset and never a count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from tickets.models import Ticket

DUE = "due_at"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class QueueRow(NamedTuple):
    """What the queue reads of a ticket: the names are the model's own. A new column is one more name here, and in the index
    ticket_of_queue, where all of it stands: PostgreSQL never reads the tickets themselves."""

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
    unanswered_since: datetime | None
    assignee: int | None


@dataclass(frozen=True)
class Place:
    """Where a row stands in the order (of a moment, nulls last, and id). As text: microseconds since 1970, or n, and the id."""

    at: datetime | None
    pk: int

    def __str__(self) -> str:
        at = "n" if self.at is None else str((self.at - EPOCH) // MICROSECOND)
        return f"{at}-{self.pk}"


def place(text: str) -> Place | None:
    """The place a link names, or None when it names none."""
    at, _dash, pk = text.partition("-")
    try:
        return Place(None if at == "n" else EPOCH + int(at) * MICROSECOND, int(pk))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class QueuePage:
    """The rows shown, and the places before and behind them ("" where nothing is)."""

    rows: list[QueueRow]
    before: str
    after: str


def page(queryset: QuerySet[Ticket], size: int, after: Place | None, before: Place | None, by: str = DUE) -> QueuePage:
    """One page, in the order of the next breach, or of another column of moments."""
    if before is not None:
        found = _backward(queryset, before, size + 1, by)
        rows = found[:size][::-1]
        return QueuePage(rows, _place(rows[:1], by) if len(found) > size else "", _place(rows[-1:], by))
    return cut(_forward(queryset, after, size + 1, by), size, after, by)


def cut(found: list[QueueRow], size: int, after: Place | None = None, by: str = DUE) -> QueuePage:
    """The page that these rows are, of which one more was read than it shows."""
    rows = found[:size]
    return QueuePage(rows, _place(rows[:1], by) if after else "", _place(rows[-1:], by) if len(found) > size else "")


def in_order(queryset: QuerySet[Ticket], by: str = DUE) -> QuerySet[Ticket, tuple[object, ...]]:
    return queryset.order_by(F(by).asc(nulls_last=True), "id").values_list(*QueueRow._fields)


def name_columns(rows: Iterable[Iterable[object]]) -> list[QueueRow]:
    """Tuples as the database gives them, named once: Django's own named rows cost more than the query."""
    return list(map(QueueRow._make, rows))


def _place(rows: list[QueueRow], by: str) -> str:
    return str(Place(getattr(rows[0], by), rows[0].id)) if rows else ""


def _forward(queryset: QuerySet[Ticket], after: Place | None, limit: int, by: str) -> list[QueueRow]:
    """The range on the moment is what lets the index begin at the place; the rest of the condition only trims it."""
    ordered = in_order(queryset, by)
    if after is None:
        return name_columns(ordered[:limit])
    undated = ordered.filter(**{by: None})
    if after.at is None:
        return name_columns(undated.filter(pk__gt=after.pk)[:limit])
    later = Q(**{f"{by}__gt": after.at}) | Q(pk__gt=after.pk)
    found = name_columns(ordered.filter(later, **{f"{by}__gte": after.at})[:limit])
    return found if len(found) == limit else found + name_columns(undated[: limit - len(found)])


def _backward(queryset: QuerySet[Ticket], before: Place, limit: int, by: str) -> list[QueueRow]:
    ordered = queryset.order_by(F(by).desc(nulls_first=True), "-id").values_list(*QueueRow._fields)
    if before.at is not None:
        earlier = Q(**{f"{by}__lt": before.at}) | Q(pk__lt=before.pk)
        return name_columns(ordered.filter(earlier, **{f"{by}__lte": before.at})[:limit])
    found = name_columns(ordered.filter(pk__lt=before.pk, **{by: None})[:limit])
    dated = ordered.filter(**{f"{by}__isnull": False})
    return found if len(found) == limit else found + name_columns(dated[: limit - len(found)])
