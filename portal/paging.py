"""Pages by key: newest first, without a count, steady while rows arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import QueryDict

if TYPE_CHECKING:
    from tickets.models import Ticket
    from tickets.models.querysets import TicketQuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class TicketListPage:
    rows: list[Ticket]
    previous_url: str
    next_url: str


def page(tickets: TicketQuerySet, asked: QueryDict, size: int) -> TicketListPage:
    """`before` and `after` are keys of a row; what is no key counts as absent."""
    before, after = _key(asked.get("before", "")), _key(asked.get("after", ""))
    if after is not None:
        found = list(tickets.filter(_newer(*after)).order_by("created_at", "id")[: size + 1])
        rows = found[:size][::-1]
        return TicketListPage(rows, _url("after", rows[:1]) if len(found) > size else "", _url("before", rows[-1:]))
    wanted = tickets.filter(_older(*before)) if before is not None else tickets
    found = list(wanted.order_by("-created_at", "-id")[: size + 1])
    rows = found[:size]
    return TicketListPage(
        rows, _url("after", rows[:1]) if before is not None else "", _url("before", rows[-1:]) if len(found) > size else ""
    )


def _older(at: datetime, pk: int) -> Q:
    return Q(created_at__lt=at) | Q(created_at=at, id__lt=pk)


def _newer(at: datetime, pk: int) -> Q:
    return Q(created_at__gt=at) | Q(created_at=at, id__gt=pk)


def _url(name: str, rows: list[Ticket]) -> str:
    return f"?{name}={(rows[0].created_at - EPOCH) // MICROSECOND}-{rows[0].pk}" if rows else ""


def _key(text: str) -> tuple[datetime, int] | None:
    moment, _dash, pk = text.partition("-")
    try:
        return EPOCH + int(moment) * MICROSECOND, min(int(pk), 2**62)
    except (ValueError, OverflowError):
        return None
