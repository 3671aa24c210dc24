"""The admin and whoever deploys hear in time that a year is missing."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse

from sla.checks import calendar_is_published, missing_years
from sla.models import CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(get_user_model().objects.create_superuser(email="admin@example.org"))
    return client


def test_this_year_and_the_next_must_be_whole():
    assert missing_years(date(2025, 6, 1)) == []
    assert missing_years(date(2026, 1, 1)) == [2027]
    assert missing_years(date(2027, 1, 1)) == [2027, 2028]
    assert missing_years(date(2025, 6, 1), "Europe/Berlin") == [2025, 2026]


def test_a_year_with_a_gap_or_a_provisional_row_is_missing():
    CalendarDay.objects.filter(date=date(2026, 12, 31)).update(source="provisional")
    assert missing_years(date(2025, 6, 1)) == [2026]
    CalendarDay.objects.filter(date=date(2026, 12, 31)).delete()
    assert missing_years(date(2025, 6, 1)) == [2026]


@time_machine.travel("2026-11-22T00:00:00Z")
def test_the_check_says_so():
    found = calendar_is_published(databases=["default"])
    assert [message.id for message in found] == ["sla.W001"]
    assert "2027" in found[0].msg
    err = StringIO()
    call_command("check", databases=["default"], stderr=err)
    assert "sla.W001" in err.getvalue()


@time_machine.travel("2025-06-01T00:00:00Z")
def test_the_check_is_silent_when_nothing_is_missing():
    assert calendar_is_published(databases=["default"]) == []


def test_the_check_asks_no_database_unless_told_to(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert calendar_is_published() == []


@time_machine.travel("2026-12-31T17:00:00Z")
def test_the_year_is_that_of_the_calendars_zone():
    assert "2028" in calendar_is_published(databases=["default"])[-1].msg  # it is 2027 in Shanghai


@pytest.mark.parametrize("name", ["admin:index", "admin:sla_policy_changelist", "admin:sla_calendarday_changelist"])
def test_the_admin_pages_say_so(admin, name):
    # the session must live in the frozen time, too
    with time_machine.travel("2026-11-22T00:00:00Z"):
        admin.force_login(get_user_model().objects.get(email="admin@example.org"))
        assert "import_calendar 2027" in admin.get(reverse(name)).content.decode()
    with time_machine.travel("2025-06-01T00:00:00Z"):
        admin.force_login(get_user_model().objects.get(email="admin@example.org"))
        assert "import_calendar" not in admin.get(reverse(name)).content.decode()
