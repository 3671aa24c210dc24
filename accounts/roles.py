"""Roles: who may do what is asked of these names and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connection

from accounts.scopes import READS_ALL

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Role(StrEnum):
    """Codes of the roles. The five in STAFF_ROLES are the names of Django groups."""

    OWNER = "owner"
    AGENT = "agents"
    FREEZE_OPERATOR = "freeze_operators"
    REVIEWER = "reviewers"
    SUPERVISOR = "supervisors"
    PRIVACY_OFFICER = "privacy_officers"
    ADMIN = "admin"
    SERVICE = "service"


STAFF_ROLES: tuple[Role, ...] = (
    Role.AGENT,
    Role.FREEZE_OPERATOR,
    Role.REVIEWER,
    Role.SUPERVISOR,
    Role.PRIVACY_OFFICER,
)
# They see to it that others keep the rules: only a supervisor may take one of them off a complaint.
WATCHING_ROLES = frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER, Role.FREEZE_OPERATOR})


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """The roles a person holds. A superuser is an admin, not a member of every group.

    Read once per user instance (one query, unless a session's backend has read them with it) and kept on it; a fresh instance
    sees a change.
    """
    if not user.is_authenticated:
        return frozenset()
    if user._roles is None:
        with connection.cursor() as cursor:
            cursor.execute(_query(user.__class__), [user.pk])  # request.user is a proxy: type() would not see through it
            return keep_roles(user, (name for (name,) in cursor.fetchall()))
    return user._roles


def keep_roles(user: User, groups: Iterable[str | None]) -> frozenset[Role]:
    """Which roles that makes: an admin holds no staff role, whatever groups they are in. `groups` are the names of all groups."""
    roles = {Role.ADMIN} if user.is_superuser else {Role(name) for name in groups if name in STAFF_ROLES}
    if user.is_service:
        roles.add(Role.SERVICE)
    user._roles = frozenset(roles)
    return user._roles


@lru_cache(maxsize=1)
def _query(model: type[User]) -> str:
    """Programs with a token ask this. Built by the ORM once: building it takes four times as long as running it."""
    return model(pk=0).groups.values_list("name").query.sql_with_params()[0]


def is_narrow_machine(user: User) -> bool:
    """An adapter whose token is good for some complaints only; without a token it acts for ourselves."""
    return roles_of(user) == {Role.SERVICE} and user.token_scopes is not None and user.token_scopes.isdisjoint(READS_ALL)


def is_staff_member(user: User | AnonymousUser) -> bool:
    """Works at the desk: any of the five groups, or an adapter's service user."""
    return not roles_of(user).isdisjoint({*STAFF_ROLES, Role.SERVICE})
