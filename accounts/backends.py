"""Who a session names: the person with their roles, in one query. Every page of staff asks for both."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import F

from accounts.models import User
from accounts.roles import keep_roles


class _WithRoles(ModelBackend):
    def get_user(self, user_id: object) -> User | None:
        rows: list[Any] = list(User.objects.raw(_statement(), [user_id]))  # one for each of their groups
        if not rows or not self.user_can_authenticate(rows[0]):
            return None
        keep_roles(rows[0], {row.group_name for row in rows})
        return rows[0]


class PasswordBackend(_WithRoles):
    """Address and password, for the admin."""


class AccountBackend(_WithRoles, AuthenticationBackend):
    """allauth's ways in, for everybody else."""


@lru_cache(maxsize=1)
def _statement() -> str:
    """Built by the ORM once: building it takes several times as long as running it."""
    return User.objects.filter(pk=0).annotate(group_name=F("groups__name")).query.sql_with_params()[0]
