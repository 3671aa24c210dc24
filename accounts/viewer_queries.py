"""Prepared queries whose rows depend on who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role, roles_of
from lib.prepared_queries import PreparedQuery

MOST_VIEWERS = 1000


class PreparedQueryPerViewer:
    """As PreparedQuery, where what is found depends on who asks: built once for each viewer and the roles they hold.

    `build` gets somebody like the viewer first. Call it with the viewer and the values.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._by_viewer: dict[tuple[int, frozenset[Role]], PreparedQuery] = {}

    @classmethod
    def of(cls, *kinds: type) -> Callable[[Callable[..., QuerySet]], PreparedQueryPerViewer]:
        return lambda build: cls(build, *kinds)

    def __call__(self, viewer: User, *values: object) -> list[Any]:
        key = (viewer.pk, roles_of(viewer))
        query = self._by_viewer.get(key)
        if query is None:
            if len(self._by_viewer) >= MOST_VIEWERS:
                self._by_viewer.clear()
            query = self._by_viewer[key] = PreparedQuery(partial(self._build, stand_in_viewer(*key)), *self._kinds)
        return query(*values)


def stand_in_viewer(pk: int, roles: frozenset[Role]) -> User:
    """Somebody who sees what this person sees, of whom nothing is read."""
    person = User(pk=pk)
    person._roles = roles
    return person
