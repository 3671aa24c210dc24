"""Programs of our own that act in a name: one user each, made by the migration and by seed_policy, found by its key."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password

from accounts.models import User

FREEZE_ADAPTER = "freeze_adapter"
NAMES = {FREEZE_ADAPTER: "Freeze adapter"}
ADDRESSES = {FREEZE_ADAPTER: "freeze-adapter@localhost"}


def service_user(key: str) -> User:
    """Raises User.DoesNotExist where neither migration nor seed_policy has run."""
    return User.objects.get(service_key=key, is_service=True)


def ensure_service_users(user_model: type[User] = User) -> None:
    """Make what is missing. `user_model` is the historical model inside a migration.

    A service user of before is taken over. Whoever else has its address, from when one could, stays who they are.
    """
    for key, name in NAMES.items():
        address, users = ADDRESSES[key], user_model._base_manager
        if users.filter(service_key=key).exists() or users.filter(email=address, is_service=True).update(service_key=key):
            continue
        if users.filter(email=address).exists():
            address = f"{secrets.token_hex(8)}-{address}"
        users.create(email=address, name=name, is_service=True, service_key=key, password=make_password(None))
