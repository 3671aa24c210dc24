"""Prepared queries whose rows depend on who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role, roles_of
from lib.prepared_queries import PreparedQuery

# The roles somebody holds, of a program what its token is good for, and whether there may be complaints of others: what is seen depends
# on these and on who it is.
Reach = tuple[frozenset[Role], frozenset[str] | None, bool]


class PreparedQueryPerViewer:
    """As PreparedQuery, where what is found depends on who asks: built once for each reach, with the viewer's key as one more value.

    `build` gets somebody like the viewer first, and may only compare with their key. Call it with the viewer and the values.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._by_reach: dict[Reach, PreparedQuery] = {}

    @classmethod
    def of(cls, *kinds: type) -> Callable[[Callable[..., QuerySet]], PreparedQueryPerViewer]:
        return lambda build: cls(build, *kinds)

    def __call__(self, viewer: User, *values: object) -> list[Any]:
        reach = (roles_of(viewer), viewer.token_scopes, viewer.follows_others)
        query = self._by_reach.get(reach)
        if query is None:
            query = self._by_reach[reach] = PreparedQuery(partial(self._seen_by, reach), int, *self._kinds)
        try:
            return query(viewer.pk, *values)
        except EmptyResultSet:  # a token that is good for nothing: there is no statement to keep
            return list(self._build(viewer, *values))

    def _seen_by(self, reach: Reach, pk: int, *values: object) -> QuerySet:
        return self._build(stand_in_viewer(pk, *reach), *values)


def stand_in_viewer(pk: int, roles: frozenset[Role], token_scopes: frozenset[str] | None = None, follows_others: bool = False) -> User:
    """Somebody who sees what this person sees, of whom nothing is read."""
    person = User(pk=pk, follows_others=follows_others)
    person._roles, person.token_scopes = roles, token_scopes
    return person
