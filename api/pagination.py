"""Pages by keyset on (field, id): stable while rows are inserted, equally quick at any depth, never a total count."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.reads import count_read

MOST = 100


@dataclass(frozen=True)
class Order:
    """One way to sort: a field, then the id. Nulls come last either way."""

    field: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> Order:
        return cls(text.removeprefix("-"), text.startswith("-"))

    def by(self, *, backward: bool, nullable: bool) -> list[OrderBy]:
        """Nulls are only named where there are any: naming them keeps the database from its index."""
        nulls = {"nulls_first" if backward else "nulls_last": True} if nullable else {}
        down = self.descending != backward
        column = F(self.field)
        first = column.desc(**nulls) if down else column.asc(**nulls)
        return [first, F("id").desc() if down else F("id").asc()]

    def beyond(self, value: object, pk: int, *, backward: bool, nullable: bool) -> Q:
        """The rows that come after (backward: before) the one with this value and id."""
        sign = "lt" if self.descending != backward else "gt"
        if value is None:
            rest = Q(**{f"{self.field}__isnull": True, f"id__{sign}": pk})
            return rest | Q(**{f"{self.field}__isnull": False}) if backward else rest
        # The bound of the field stands by itself, so that an index on (field, id) is entered at the right place.
        here = Q(**{f"{self.field}__{sign}e": value}) & (Q(**{f"{self.field}__{sign}": value}) | Q(**{f"id__{sign}": pk}))
        return here | Q(**{f"{self.field}__isnull": True}) if nullable and not backward else here


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind (backward: before) the row with this value and id."""

    value: str | None
    pk: int
    backward: bool

    def encode(self) -> str:
        text = json.dumps([self.value, self.pk, int(self.backward)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises ValidationError for one that we did not make."""
        try:
            padded = text.encode() + b"=" * (-len(text) % 4)
            value, pk, backward = json.loads(base64.urlsafe_b64decode(padded))
            if not isinstance(value, (str, type(None))) or type(pk) is not int or backward not in (0, 1) or abs(pk) >= 2**63:
                raise ValueError
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise _wrong("cursor", _("Follow next or previous of an earlier answer.")) from error
        return cls(value, pk, bool(backward))


def _wrong(name: str, text: str) -> ValidationError:
    return ValidationError({name: [text]})


class Keyset(BasePagination):
    """`?cursor=` and `?page_size=` (at most 100)."""

    def __init__(self, page_size: int = 25) -> None:
        self.page_size = page_size

    def paginate(self, queryset: QuerySet, request: Request, order: Order) -> list[Any]:
        self._order, self._url = order, request.build_absolute_uri()
        self._field: Field = queryset.model._meta.get_field(order.field)
        self._cursor = Cursor.decode(request.query_params["cursor"]) if request.query_params.get("cursor") else None
        size = self.size(request)
        backward = self._cursor is not None and self._cursor.backward
        if self._cursor is not None:
            queryset = queryset.filter(self._beyond(self._cursor))
        rows = list(queryset.order_by(*order.by(backward=backward, nullable=self._field.null))[: size + 1])
        self._more = len(rows) > size
        self._rows = rows[:size][::-1] if backward else rows[:size]
        count_read(len(self._rows))
        return self._rows

    def size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
            raise _wrong("page_size", _("Enter a whole number from 1 to 100."))
        return min(int(text), MOST)

    def _beyond(self, cursor: Cursor) -> Q:
        try:
            value = None if cursor.value is None else self._field.to_python(cursor.value)
            if isinstance(value, datetime):
                value = value.astimezone(UTC)  # overflows at the ends of time
        except (DjangoValidationError, OverflowError) as error:
            raise _wrong("cursor", _("Follow next or previous of an earlier answer.")) from error
        return self._order.beyond(value, cursor.pk, backward=cursor.backward, nullable=self._field.null)

    def _link(self, row: Model, *, backward: bool) -> str:
        value = getattr(row, self._field.attname)
        text = None if value is None else self._field.value_to_string(row)
        return replace_query_param(self._url, "cursor", Cursor(text, row.pk, backward).encode())

    def answer(self, results: object) -> Response:
        went_back = self._cursor is not None and self._cursor.backward
        has_next = bool(self._rows) and (self._more or went_back)
        has_previous = bool(self._rows) and (self._more if went_back else self._cursor is not None)
        return Response(
            {
                "next": self._link(self._rows[-1], backward=False) if has_next else None,
                "previous": self._link(self._rows[0], backward=True) if has_previous else None,
                "results": results,
            }
        )
