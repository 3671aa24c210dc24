"""Instants are read from PostgreSQL as Django would read them; and plans once what may be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from lib.prepared_queries import planned_once
from supportdesk.postgresql.base import InstantLoader


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"2026-11-22 01:30:35+00", datetime(2026, 11, 22, 1, 30, 35, tzinfo=UTC)),
        (b"2026-11-22 01:30:35.5+00", datetime(2026, 11, 22, 1, 30, 35, 500000, tzinfo=UTC)),
        (b"0001-01-01 00:00:00+00", datetime.min.replace(tzinfo=UTC)),
        (b"9999-12-31 23:59:59.999999+00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_to_the_microsecond(written, read):
    found = InstantLoader(0).load(memoryview(written))
    assert found == read
    assert found.tzinfo is UTC


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_connection_reads_with_it():
    at = datetime(2026, 3, 10, 20, 52, 0, 120000, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, now() - now(), NULL::timestamptz", [at])
        found = cursor.fetchone()
    assert found == (at, timedelta(0), None)
    assert found[0].tzinfo is UTC
    assert connection.connection.adapters.get_loader(1184, 0) is InstantLoader


@pytest.mark.postgres
@pytest.mark.django_db
def test_only_what_says_so_is_planned_once():
    """And it answers with the value of each time."""

    def asked(emails: str) -> list[bool]:
        return [User.objects.filter(email=f"{name}@example.com").exists() for name in emails]

    def prepared() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%WHERE%accounts_user%email%"])
            return cursor.fetchone()[0]

    User.objects.create_user(email="a@example.com", password=None)
    before = prepared()
    assert asked("aaaab") == [True, True, True, True, False]
    assert prepared() == before
    with planned_once():
        assert asked("aaaab") == [True, True, True, True, False]
    assert prepared() == before + 1
    assert asked("ab") == [True, False]
