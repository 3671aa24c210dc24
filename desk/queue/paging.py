"""Paging through the queue by key: the place of the last row, never an offset and never a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Row = Sequence[Any]


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
class Page:
    """The rows shown, and the places before and behind them ("" where nothing is)."""

    rows: list[Row]
    before: str
    after: str


def page(queryset: QuerySet, columns: Sequence[str], size: int, after: Place | None, before: Place | None) -> Page:
    """One page of `columns` in the order of the next breach. The first two columns are due_at and id."""
    if before is not None:
        found = _backward(queryset, before, columns, size + 1)
        rows = found[:size][::-1]
        return Page(rows, _place(rows[:1]) if len(found) > size else "", _place(rows[-1:]))
    return cut(_forward(queryset, after, columns, size + 1), size, after)


def cut(found: list[Row], size: int, after: Place | None = None) -> Page:
    """The page that these rows are, of which one more was read than it shows."""
    rows = found[:size]
    return Page(rows, _place(rows[:1]) if after else "", _place(rows[-1:]) if len(found) > size else "")


def in_order(queryset: QuerySet, columns: Sequence[str]) -> QuerySet:
    return queryset.order_by(F("due_at").asc(nulls_last=True), "id").values_list(*columns)


def _place(rows: list[Row]) -> str:
    return str(Place(rows[0][0], rows[0][1])) if rows else ""


def _forward(queryset: QuerySet, after: Place | None, columns: Sequence[str], limit: int) -> list[Row]:
    """The range on due_at is what lets the index begin at the place; the rest of the condition only trims it."""
    ordered = in_order(queryset, columns)
    if after is None:
        return list(ordered[:limit])
    undated = ordered.filter(due_at=None)
    if after.due_at is None:
        return list(undated.filter(pk__gt=after.pk)[:limit])
    later = Q(due_at__gt=after.due_at) | Q(pk__gt=after.pk)
    found = list(ordered.filter(later, due_at__gte=after.due_at)[:limit])
    return found if len(found) == limit else found + list(undated[: limit - len(found)])


def _backward(queryset: QuerySet, before: Place, columns: Sequence[str], limit: int) -> list[Row]:
    ordered = queryset.order_by(F("due_at").desc(nulls_first=True), "-id").values_list(*columns)
    if before.due_at is not None:
        earlier = Q(due_at__lt=before.due_at) | Q(pk__lt=before.pk)
        return list(ordered.filter(earlier, due_at__lte=before.due_at)[:limit])
    found = list(ordered.filter(due_at=None, pk__lt=before.pk)[:limit])
    dated = ordered.filter(due_at__isnull=False)
    return found if len(found) == limit else found + list(dated[: limit - len(found)])
