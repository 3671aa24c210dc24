"""Queries whose SQL is built once: building it takes the ORM several times as long as the database takes to answer.

For the few reads of the pages that are opened all day. Everything else asks the ORM as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stand for the values while the SQL is built, each for one of its kind. No query of ours says these by itself.
# The number tells the first set from the second, the place which value it stands for.
STAND_INS: Mapping[type, Callable[[int, int], object]] = {
    int: lambda number, place: 1_918_273_645 + 1_000 * number + place,
    str: lambda number, place: f"\ue000stands for text {number}.{place}",
    date: lambda number, place: date(1801 + 3 * number, 1, 1) + timedelta(days=place),
    datetime: lambda number, place: datetime(1801 + 3 * number, 1, 1, 1 + number, 2, 3, 4, UTC) + timedelta(days=place),
}
ASKED_OFTEN = 3


class NotPreparable(Exception):
    """A query that does more with a value than compare with it: built once, it would go on answering for the first value."""


@contextmanager
def planned_once() -> Iterator[None]:
    """What a connection asks inside for the third time, PostgreSQL plans no more (docs/adr/0025).

    For statements whose plan is the same whatever their values are: not for those that take what is newer than some value.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    held: Any = connection.connection
    held.prepare_threshold = ASKED_OFTEN
    try:
        yield
    finally:
        held.prepare_threshold = None


@dataclass(frozen=True)
class _CompiledQuery:
    queryset: Any
    compiler: Any
    sql: str
    params: Sequence[object]
    places: Sequence[tuple[int, int]]  # in params, in the values
    converters: Any


class PreparedQuery:
    """`build` makes the queryset of stand-ins, one for each of `kinds` (int, str, date, datetime), and may only compare with them.

    Called with as many values, it is read anew and gives the list of what it finds. `@PreparedQuery.of(int)` makes one of a function.
    Raises NotPreparable at the first call where `build` does anything else with a value.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._by_vendor: dict[str, _CompiledQuery] = {}

    @classmethod
    def of(cls, *kinds: type) -> Callable[[Callable[..., QuerySet]], PreparedQuery]:
        return lambda build: cls(build, *kinds)

    def __call__(self, *values: object) -> list[Any]:
        built = self._by_vendor.get(connection.vendor) or self._make()
        params = list(built.params)
        for place, which in built.places:
            params[place] = _as_database_value(values[which])
        compiler: Any = copy(built.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (built.sql, params)
        compiler.get_converters = lambda _columns: built.converters
        query: Any = copy(built.queryset.query)
        query.get_compiler = lambda *_args, **_kwargs: compiler
        rows: Any = built.queryset.__class__(model=built.queryset.model, query=query, using=connection.alias)
        rows._iterable_class, rows._fields = built.queryset._iterable_class, built.queryset._fields
        with planned_once():
            return list(rows)

    def _make(self) -> _CompiledQuery:
        queryset, compiler, sql, params = self._compile(0)
        _queryset, _compiler, other_sql, other_params = self._compile(1)
        places = places_of(self._kinds, (sql, params), (other_sql, other_params))
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select[: compiler.col_count]])
        built = _CompiledQuery(queryset, compiler, sql, params, places, converters)
        self._by_vendor[connection.vendor] = built
        return built

    def _compile(self, number: int) -> tuple[Any, Any, str, Sequence[object]]:
        queryset = self._build(*stand_ins(number, *self._kinds))
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, params


def stand_ins(number: int, *kinds: type) -> list[Any]:
    """The first (0) or the second (1) set of stand-ins for values of these kinds."""
    return [STAND_INS[kind](number, place) for place, kind in enumerate(kinds)]


def places_of(kinds: Sequence[type], first: tuple[str, Sequence[object]], second: tuple[str, Sequence[object]]) -> list[tuple[int, int]]:
    """Where in the parameters which of the values goes, from two compilations (SQL, parameters) with the two sets of stand-ins.

    What differs between the two and is no stand-in was made from a value (`value + 1`, `%value%`): raises NotPreparable.
    """
    (sql, params), (other_sql, other_params) = first, second
    ones, others = ([_as_database_value(value) for value in stand_ins(number, *kinds)] for number in (0, 1))
    if sql != other_sql or len(params) != len(other_params):
        raise NotPreparable(f"The statement itself depends on a value: {sql}")
    found = []
    for place, (one, other) in enumerate(zip(params, other_params, strict=True)):
        if one in ones and other == others[ones.index(one)]:
            found.append((place, ones.index(one)))
        elif one != other:
            raise NotPreparable(f"Parameter {place} is made from a value instead of being one: {one!r} in {sql}")
    return found


def _as_database_value(value: object) -> object:
    """As the ORM hands it to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
