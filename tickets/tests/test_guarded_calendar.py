"""The calendar, and how complaints are given out: from the first case on they change with a second admin."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.guarded import agree
from accounts.models import GuardedChange, User
from sla.models import CalendarDay
from tickets.models import AssignmentRule
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
IMPORT = "/admin/sla/calendarday/import/"
DAY = date(2026, 7, 8)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", None, name="Root", language="en")


@pytest.fixture
def second(root: User) -> User:
    return User.objects.create_superuser("second@example.com", None, name="Second", language="en")


@pytest.fixture
def case(mei: User, clock: Any) -> object:
    clock("2026-07-06T10:00:00+08:00")
    return file_ticket(mei, filing())


@pytest.fixture
def browser(root: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(root)
    return client


def waiting(kind: str) -> GuardedChange:
    return GuardedChange.objects.get(state="waiting", kind=kind)


def is_workday() -> bool:
    return CalendarDay.objects.get(date=DAY).is_workday


def test_a_day_is_changed_by_two(case: object, browser: Client, second: User) -> None:
    day = CalendarDay.objects.get(date=DAY)
    sent = {"zone": day.zone, "date": "2026-07-08", "kind": "holiday", "name_zh": "", "name_en": ""}
    browser.post(f"/admin/sla/calendarday/{day.pk}/change/", sent)
    assert is_workday()
    agree(second, waiting("calendar_day").pk)
    day.refresh_from_db()
    assert (day.is_workday, day.kind, day.source) == (False, "holiday", "manual")


def test_no_day_is_added_or_deleted_alone(case: object, browser: Client) -> None:
    day = CalendarDay.objects.get(date=DAY)
    assert browser.get("/admin/sla/calendarday/add/")["Location"] == IMPORT
    assert browser.post(f"/admin/sla/calendarday/{day.pk}/delete/", {"post": "yes"}).status_code == 403
    assert is_workday()


def test_an_import_is_written_by_two(case: object, browser: Client, second: User) -> None:
    file = SimpleUploadedFile("days.csv", b"date,is_workday\n2026-07-08,0\n")
    page = browser.post(IMPORT, {"year": 2026, "zone": "Asia/Shanghai", "origin": "correction", "file": file}).content.decode()
    found = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert found is not None
    browser.post(IMPORT, {"confirmed": found[1]})
    assert is_workday(), "one admin alone writes nothing"
    change = waiting("calendar_import")
    assert any("2026-07-08" in line for line in change.touches), "the second one sees what differs"
    agree(second, change.pk)
    assert not is_workday()


def test_a_rule_of_giving_out_is_made_and_changed_by_two(case: object, browser: Client, second: User) -> None:
    AssignmentRule.objects.create(category="", mode="by_load")
    browser.post("/admin/tickets/assignmentrule/add/", {"category": "billing_duplicate", "mode": "round_robin"})
    rule = AssignmentRule.objects.get(category="billing_duplicate")
    assert rule.mode == "by_load", "until then what held already"
    agree(second, waiting("assignment").pk)
    rule.refresh_from_db()
    assert rule.mode == "round_robin"
    browser.post(f"/admin/tickets/assignmentrule/{rule.pk}/change/", {"category": "billing_duplicate", "mode": "off"})
    rule.refresh_from_db()
    assert rule.mode == "round_robin"
    agree(second, waiting("assignment").pk)
    rule.refresh_from_db()
    assert rule.mode == "off"
    assert browser.post(f"/admin/tickets/assignmentrule/{rule.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_command_proposes_for_an_admin_who_is_named_and_told(
    case: object, root: User, second: User, tmp_path: Path, mailoutbox: Any
) -> None:
    file = tmp_path / "days.csv"
    file.write_text("date,is_workday\n2026-07-08,0\n")
    asked = ["2026", "--from", "csv", str(file), "--correct", "--yes"]
    with pytest.raises(CommandError, match="two admins"):
        call_command("import_calendar", *asked)
    with pytest.raises(CommandError, match="two admins"):
        call_command("import_calendar", *asked, "--by", "nobody@example.com")
    out = StringIO()
    call_command("import_calendar", *asked, "--by", root.email, stdout=out)
    assert is_workday(), "whoever has a shell writes nothing alone"
    change = waiting("calendar_import")
    assert f"/admin/accounts/guardedchange/{change.pk}/" in out.getvalue()
    assert {letter.to[0] for letter in mailoutbox} == {root.email, second.email}, "whom the command names has not shown that they know"
    with pytest.raises(ValidationError):
        agree(root, change.pk)
    agree(second, change.pk)
    assert not is_workday()


def test_the_command_overwrites_a_day_written_by_hand_by_two_as_well(case: object, root: User, second: User) -> None:
    CalendarDay.objects.filter(date=DAY).update(is_workday=False, source="manual")
    call_command("import_calendar", "2026", "--force", "--yes", "--by", root.email, stdout=StringIO())
    assert not is_workday()
    agree(second, waiting("calendar_import").pk)
    assert is_workday()


def test_the_command_proposes_nothing_where_nothing_differs(case: object, root: User, second: User) -> None:
    call_command("import_calendar", "2026", "--by", root.email, stdout=StringIO())
    assert not GuardedChange.objects.exists()


def test_a_zone_without_days_is_imported_by_two_too(case: object, browser: Client, root: User, second: User, tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    days = ("01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "12-25", "12-26")
    file.write_text("date,is_workday\n" + "".join(f"2026-{day},0\n" for day in days))
    call_command(
        "import_calendar", "2026", "--zone", "Europe/Berlin", "--from", "csv", str(file), "--yes", "--by", root.email, stdout=StringIO()
    )
    assert not CalendarDay.objects.filter(zone="Europe/Berlin").exists()
    agree(second, waiting("calendar_import").pk)
    assert CalendarDay.objects.filter(zone="Europe/Berlin").count() == 365


def test_before_the_first_case_one_is_enough(browser: Client) -> None:
    browser.post("/admin/tickets/assignmentrule/add/", {"category": "", "mode": "round_robin"})
    assert AssignmentRule.objects.get().mode == "round_robin"
    assert not GuardedChange.objects.exists()


def test_a_page_of_the_admin_asks_once_whether_it_is_guarded(case: object, browser: Client, django_assert_max_num_queries: Any) -> None:
    browser.get("/admin/sla/calendarday/year/2026/")
    with django_assert_max_num_queries(13):
        browser.get("/admin/sla/calendarday/year/2026/")
