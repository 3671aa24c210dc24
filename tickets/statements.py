"""Queries whose SQL is built once: building it takes the ORM several times as long as the database takes to answer.

For the few reads of the pages that are opened all day. Everything else asks the ORM as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role, roles_of

# Stand for the values while the SQL is built, each for one of its kind. No query of ours says these by itself.
STANDS: Mapping[type, Callable[[int], Any]] = {
    int: lambda place: 1_918_273_645 + place,
    str: lambda place: f"\ue000stands for text {place}",
    date: lambda place: date(1801, 1, 1) + timedelta(days=place),
    datetime: lambda place: datetime(1801, 1, 1, 1, 2, 3, 4, UTC) + timedelta(days=place),
}
MOST_VIEWERS = 1000
ASKED_OFTEN = 3


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
class _Built:
    queryset: Any
    compiler: Any
    sql: str
    params: Sequence[Any]
    places: Sequence[tuple[int, int]]  # in params, in the values
    converters: Any


class Kept:
    """`build` makes the queryset of stand-ins, one for each of `kinds` (int, str, date, datetime), and may only compare with them.

    Called with as many values, it is read anew and gives the list of what it finds. `@Kept.of(int)` makes one of a function.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._built: dict[str, _Built] = {}

    @classmethod
    def of(cls, *kinds: type) -> Callable[[Callable[..., QuerySet]], Kept]:
        return lambda build: cls(build, *kinds)

    def __call__(self, *values: Any) -> list[Any]:
        built = self._built.get(connection.vendor) or self._make()
        params = list(built.params)
        for place, which in built.places:
            params[place] = _adapted(values[which])
        compiler: Any = copy(built.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_said, **_named: (built.sql, params)
        compiler.get_converters = lambda _columns: built.converters
        query: Any = copy(built.queryset.query)
        query.get_compiler = lambda *_said, **_named: compiler
        rows: Any = built.queryset.__class__(model=built.queryset.model, query=query, using=connection.alias)
        rows._iterable_class, rows._fields = built.queryset._iterable_class, built.queryset._fields
        with planned_once():
            return list(rows)

    def _make(self) -> _Built:
        stands = stand_ins(*self._kinds)
        queryset = self._build(*stands)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select[: compiler.col_count]])
        built = _Built(queryset, compiler, sql, params, places_of(stands, params), converters)
        self._built[connection.vendor] = built
        return built


def stand_ins(*kinds: type) -> list[Any]:
    return [STANDS[kind](place) for place, kind in enumerate(kinds)]


def places_of(stands: Sequence[Any], params: Sequence[Any]) -> list[tuple[int, int]]:
    """Where in `params` which of the stand-ins is: there go the values.

    A value that found no place would be left out for good: the pages' tests compare with what the ORM finds.
    """
    adapted = [_adapted(stand) for stand in stands]
    return [(place, adapted.index(said)) for place, said in enumerate(params) if said in adapted]


def _adapted(value: Any) -> Any:
    """As the ORM hands it to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


class KeptFor:
    """As Kept, where what is found depends on who asks: built once for each viewer and the roles they hold.

    `build` gets somebody like the viewer first. Call it with the viewer and the values.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._kept: dict[tuple[int, frozenset[Role]], Kept] = {}

    @classmethod
    def of(cls, *kinds: type) -> Callable[[Callable[..., QuerySet]], KeptFor]:
        return lambda build: cls(build, *kinds)

    def __call__(self, viewer: User, *values: Any) -> list[Any]:
        key = (viewer.pk, roles_of(viewer))
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= MOST_VIEWERS:
                self._kept.clear()
            kept = self._kept[key] = Kept(partial(self._build, alike(*key)), *self._kinds)
        return kept(*values)


def alike(pk: int, roles: frozenset[Role]) -> User:
    """Somebody who sees what this person sees, of whom nothing is read."""
    person = User(pk=pk)
    person._roles = roles
    return person
