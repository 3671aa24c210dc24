"""The cast of the accounts room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.reauthentication import LASTS, PROVEN
from accounts.roles import Role

PASSWORD = "a quiet heron 7"


def person(email: str, *roles: Role, **extra: object) -> User:
    """Someone with a verified address and a password."""
    user = User.objects.create_user(email=email, password=PASSWORD, **extra)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.groups.add(*Group.objects.filter(name__in=roles))
    return user


def prove(client: Client) -> None:
    """As after a fresh code."""
    session = client.session
    session[PROVEN] = (timezone.now() + LASTS).timestamp()
    session.save()


@pytest.fixture
def mei(db: None) -> User:
    return person("mei@example.com", name="李梅")


@pytest.fixture
def agent(db: None) -> User:
    return person("lin@example.com", Role.AGENT, name="林安")


@pytest.fixture
def admin_user(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user, backend="accounts.backends.PasswordBackend")
        return client

    return sign_in
