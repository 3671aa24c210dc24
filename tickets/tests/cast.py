"""The cast: named people of every role, files they hold, and a clock. Fixtures for the tests of every room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from lib.prepared_queries import PreparedQuery

NOW = "2026-03-10T20:52:00+08:00"


def person(email: str, *roles: Role, **extra: Any) -> User:
    """Somebody new: no group need be taken from them first, which half of the time went into."""
    user = User.objects.create_user(email=email, password=None, name=email.split("@")[0].title(), **extra)
    belonging = User.groups.through
    if roles:
        belonging.objects.bulk_create([belonging(user=user, group_id=key) for role in roles for key in _group_of(str(role))])
    return user


_group_of = PreparedQuery(lambda name: Group.objects.filter(name=name).values_list("pk", flat=True), str)


def company() -> SimpleNamespace:
    """A customer and one of each role, under the names that tickets.tests.stages knows."""
    return SimpleNamespace(
        owner=person("mei@example.com"),
        agent=person("lin@example.com", Role.AGENT),
        operator=person("zhou@example.com", Role.FREEZE_OPERATOR),
        reviewer=person("chen@example.com", Role.REVIEWER),
        supervisor=person("zhao@example.com", Role.SUPERVISOR),
        privacy=person("sun@example.com", Role.PRIVACY_OFFICER),
        service=person("adapter@example.com", is_service=True),
    )


def as_they_are(people: SimpleNamespace) -> SimpleNamespace:
    """Read anew: nobody remembers what another test gave them."""
    return SimpleNamespace(**{name: User.objects.get(pk=user.pk) for name, user in vars(people).items()})


@pytest.fixture
def lasting(transactional_db) -> None:
    """For tests that commit. Ask for it first."""


@pytest.fixture
def mei(db) -> User:
    """A customer."""
    return person("mei@example.com")


@pytest.fixture
def wang(db) -> User:
    """Another customer, a stranger to Mei's tickets."""
    return person("wang@example.com")


@pytest.fixture
def lin(db) -> User:
    """An agent."""
    return person("lin@example.com", Role.AGENT)


@pytest.fixture
def zhou(db) -> User:
    """A freeze operator."""
    return person("zhou@example.com", Role.FREEZE_OPERATOR)


@pytest.fixture
def chen(db) -> User:
    """A reviewer."""
    return person("chen@example.com", Role.REVIEWER)


@pytest.fixture
def zhao(db) -> User:
    """A supervisor."""
    return person("zhao@example.com", Role.SUPERVISOR)


@pytest.fixture
def sun(db) -> User:
    """A privacy officer."""
    return person("sun@example.com", Role.PRIVACY_OFFICER)


@pytest.fixture
def adapter(db) -> User:
    """The service user of the adapters."""
    return person("adapter@example.com", is_service=True)


@pytest.fixture
def admin_person(db) -> User:
    """An admin in no group: decides nothing, sees no evidence."""
    return User.objects.create_superuser(email="admin@example.com", password=None)


@pytest.fixture
def clock():
    """A clock to set: `clock("2026-03-10T20:52:00+08:00")` freezes time there."""
    with time_machine.travel(datetime.fromisoformat(NOW), tick=False) as traveller:

        def to(moment: str | datetime) -> datetime:
            at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
            traveller.move_to(at)
            return at

        yield to


@pytest.fixture(scope="module")
def rows_of_the_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a fixture of a module makes, once it has asked for this, is there for each of its tests: those run in savepoints.

    Not for a module in which a test commits.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def at_the_hour() -> Iterator[None]:
    """At which `clock` begins, and in the language of the tests: for fixtures that are made before those of a test."""
    with time_machine.travel(datetime.fromisoformat(NOW), tick=False), translation.override("zh-hans"):
        yield
