"""The five groups, made by a migration and again by seed_policy after a flush."""

from __future__ import annotations

from django.contrib.auth.models import Group

from accounts.roles import STAFF_ROLES


def ensure_groups(group_model: type[Group] = Group) -> None:
    """Create what is missing. `group_model` is the historical model inside a migration."""
    for role in STAFF_ROLES:
        group_model.objects.get_or_create(name=role.value)
