"""The calendar in the admin: a year drawn whole, and an import that is looked at before it is written."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lib.dates import deadline_text
from sla.models import CalendarDay
from tickets.periodic import recompute_provisional_dates
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db
YEAR, IMPORT = reverse("admin:sla_calendarday_year"), reverse("admin:sla_calendarday_import")
ENGLISH = {"accept-language": "en"}
NEXT = "date,is_workday,name_zh,name_en\n2027-01-01,0,元旦,New Year's Day\n2027-01-04,0,元旦,New Year's Day\n2027-01-09,1,,\n"
NEXT += "".join(f"2027-02-{day:02},0,春节,Spring Festival\n" for day in range(5, 12))


@pytest.fixture
def admin(client, admin_person):
    client.force_login(admin_person)
    return client


@pytest.fixture
def at_new_year(client, admin_person, clock):
    """Signed in two days before a year whose calendar nobody has published."""
    clock("2026-12-30T10:00:00+08:00")
    client.force_login(admin_person)
    return client


def upload(client, content: str | bytes, year: int = 2027, origin: str = "csv"):
    body = content if isinstance(content, bytes) else content.encode()
    data = {"year": year, "zone": "Asia/Shanghai", "origin": origin, "file": SimpleUploadedFile("days.csv", body)}
    return client.post(IMPORT, data, headers=ENGLISH)


def token(response) -> str:
    found = re.search(r'name="confirmed" value="([^"]+)"', response.content.decode())
    assert found is not None, response.content.decode()
    return found[1]


@pytest.fixture(autouse=True)
def _one_is_enough(monkeypatch) -> None:
    """What two have to do is in test_guarded_calendar.py."""
    monkeypatch.setattr("tickets.admin.guarded_calendar.is_guarded", lambda: False)


# ---- A year
def test_a_year_is_drawn_with_its_holidays_and_make_up_days(admin) -> None:
    text = admin.get(reverse("admin:sla_calendarday_year", args=[2026]), headers=ENGLISH).content.decode()
    assert text.count('<table class="month">') == 12
    assert text.count('<td class="kind-makeup">') == CalendarDay.objects.filter(date__year=2026, kind="makeup").count() == 6
    assert "Spring Festival" in text
    assert '<td class="kind-workday is-provisional">' not in text
    assert f"{CalendarDay.objects.filter(date__year=2026, is_workday=True).count()} working days" in text


def test_days_nobody_published_are_drawn_as_expected(admin) -> None:
    text = admin.get(reverse("admin:sla_calendarday_year", args=[2028]), headers=ENGLISH).content.decode()
    assert "366 days not published" in text
    assert "kind-provisional_holiday is-provisional" in text
    assert admin.get(reverse("admin:sla_calendarday_year", args=[9999])).status_code == 404


def test_a_year_takes_few_queries_on_a_desk_in_use(admin, mei, django_assert_max_num_queries) -> None:
    submitted(mei)
    with django_assert_max_num_queries(11):
        admin.get(reverse("admin:sla_calendarday_year", args=[2026]))


# ---- An import
def test_a_preview_says_what_would_change_and_which_deadlines_move_and_writes_nothing(at_new_year, mei) -> None:
    ticket = submitted(mei, "billing_unauthorized")
    before = ticket.timers.get(key="review_limit").due_at
    text = upload(at_new_year, NEXT).content.decode()
    assert "365 days new, 0 changed, 0 kept" in text
    assert ticket.ref in text
    assert not CalendarDay.objects.filter(date__year=2027).exists()
    assert ticket.timers.get(key="review_limit").due_at == before
    assert not LogEntry.objects.exists()


def test_a_file_beside_the_announced_days_is_not_passed_over(at_new_year) -> None:
    """The choice of the source stands before the file: whoever forgets it is told, and nothing is read from elsewhere."""
    text = upload(at_new_year, NEXT, year=2026, origin="chinese_calendar").content.decode()
    assert "You chose a file too." in text
    assert 'name="confirmed"' not in text


@pytest.mark.parametrize(
    ("body", "said"), [("date\n2027-01-01\n", "第 1 行：需要"), ('{"days": [{"date": 1}]}', "不是 JSON 格式的放假安排")]
)
def test_what_is_wrong_with_a_file_is_said_in_the_readers_language(at_new_year, body, said) -> None:
    data = {"year": 2027, "zone": "Asia/Shanghai", "origin": "csv", "file": SimpleUploadedFile("days.csv", body.encode())}
    assert said in at_new_year.post(IMPORT, data, headers={"accept-language": "zh-hans"}).content.decode()


def test_what_is_confirmed_is_written_told_and_moves_what_was_shown(at_new_year, mei) -> None:
    ticket = submitted(mei, "billing_unauthorized")
    response = upload(at_new_year, NEXT)
    shown = {(move["ref"], str(move["timer"]), move["would_be"]) for move in response.context["seen"]["moves"]}
    done = at_new_year.post(IMPORT, {"confirmed": token(response)}, follow=True, headers=ENGLISH)
    assert "2027: 365 days new" in done.content.decode()
    assert not CalendarDay.objects.calendar().is_workday(date(2027, 1, 4))
    assert CalendarDay.objects.calendar().is_workday(date(2027, 1, 9))
    assert LogEntry.objects.get().change_message.startswith("2027 from csv: 365 new")
    old = {timer.pk: timer.due_at for timer in ticket.timers.all()}
    recompute_provisional_dates(timezone.now())
    with timezone.override("Asia/Shanghai"):
        moved = {deadline_text(timer.due_at) for timer in ticket.timers.all() if timer.due_at != old[timer.pk]}
    assert moved
    assert moved == {would_be for _ref, _timer, would_be in shown}


def test_days_written_by_hand_are_kept_and_said(admin) -> None:
    CalendarDay.objects.filter(date=date(2026, 10, 10)).update(is_workday=False, kind="weekend", source="manual")
    data = {"year": 2026, "zone": "Asia/Shanghai", "origin": "chinese_calendar"}
    response = admin.post(IMPORT, data, headers=ENGLISH)
    text = response.content.decode()
    assert "1 kept." in text
    assert "2026-10-10" in text
    admin.post(IMPORT, {"confirmed": token(response)})
    assert not CalendarDay.objects.get(date=date(2026, 10, 10)).is_workday


def test_a_file_in_gb18030_is_read(admin) -> None:
    assert "365 days new" in upload(admin, NEXT.encode("gb18030")).content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (NEXT + "2027-02-30,0,,\n", "line 12"),
        (NEXT + "2029-02-03,0,,\n", "line 12"),
        ("day,free\n", "line 1"),
        ("date,is_workday\n2027-01-09,1\n", "not a holiday calendar"),
        ("date,is_workday\n2027-01-01,0\n", "too few"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (NEXT + "\x00", "not a text file"),
        ("date,is_workday\n2027-01-09," + "9" * 140_000, "field larger"),
        ("x" * 200_001, "too large"),
        ("", "empty"),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_nothing_is_written(admin, content, said) -> None:
    response = upload(admin, content)
    assert said in response.content.decode()
    assert "confirmed" not in response.content.decode()
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_a_year_the_program_does_not_know_is_said(admin) -> None:
    data = {"year": 2090, "zone": "Asia/Shanghai", "origin": "chinese_calendar"}
    assert "does not know 2090" in admin.post(IMPORT, data, headers=ENGLISH).content.decode()
    assert "Choose a file." in admin.post(IMPORT, {**data, "origin": "csv"}, headers=ENGLISH).content.decode()


def test_a_confirmation_somebody_made_up_or_an_old_one_writes_nothing(at_new_year, clock) -> None:
    good = token(upload(at_new_year, NEXT))
    clock("2026-12-30T11:30:00+08:00")
    for each in (good, "made:up", ""):
        response = at_new_year.post(IMPORT, {"confirmed": each}, follow=True, headers=ENGLISH)
        assert "too old" in response.content.decode()
    assert not CalendarDay.objects.filter(date__year=2027).exists()


# ---- A correction in the middle of a year
CORRECTION = "date,is_workday\n" + "".join(f"2026-03-{day:02},0\n" for day in range(11, 15))


def test_a_correction_lists_the_promised_deadlines_and_a_person_decides(client, admin_person, clock, mei) -> None:
    clock("2026-03-10T10:00:00+08:00")
    client.force_login(admin_person)
    ticket = submitted(mei, "billing_unauthorized")
    due = dict(ticket.timers.values_list("pk", "due_at"))
    page = upload(client, CORRECTION, 2026, "correction")
    listed = {move["id"]: move for move in page.context["seen"]["promised"]}
    assert listed
    assert set(listed) <= set(due)
    assert "2026-03-11" in page.content.decode()
    assert dict(ticket.timers.values_list("pk", "due_at")) == due, "only looked at"
    client.post(IMPORT, {"confirmed": token(page)})
    assert not CalendarDay.objects.get(date=date(2026, 3, 11)).is_workday
    assert dict(ticket.timers.values_list("pk", "due_at")) == due, "nobody ticked one"


def test_a_deadline_that_is_ticked_moves_and_is_told_and_none_is_worsened(client, admin_person, clock, mei) -> None:
    clock("2026-03-10T10:00:00+08:00")
    client.force_login(admin_person)
    ticket = submitted(mei, "billing_unauthorized")
    due = dict(ticket.timers.values_list("pk", "due_at"))
    page = upload(client, "date,is_workday\n2026-03-14,1\n2026-03-15,1\n", 2026, "correction")
    listed = {move["id"]: move for move in page.context["seen"]["promised"]}
    assert any(move["kept"] for move in listed.values()), "two more working days: ours end earlier"
    client.post(IMPORT, {"confirmed": token(page), "move": [*listed, "x", "9" * 30]})
    after = dict(ticket.timers.values_list("pk", "due_at"))
    moved = {pk for pk in due if after[pk] != due[pk]}
    assert moved == {pk for pk, move in listed.items() if move["kept"]}
    assert all(after[pk] < due[pk] for pk in moved)
    assert ticket.events.filter(kind="date_moved").count() == len(moved)


# ---- Who
def test_looking_needs_the_permission_to_look_and_importing_the_one_to_write(client, zhao) -> None:
    assert client.get(YEAR).status_code == 302
    zhao.is_staff = True
    zhao.save()
    client.force_login(zhao)
    assert [client.get(address).status_code for address in (YEAR, IMPORT)] == [403, 403]
    zhao.user_permissions.add(Permission.objects.get(codename="view_calendarday"))
    assert [client.get(address).status_code for address in (YEAR, IMPORT)] == [200, 403]
    assert upload(client, NEXT).status_code == 403
    assert client.post(IMPORT, {"confirmed": "x"}).status_code == 403
    zhao.user_permissions.add(*Permission.objects.filter(codename__in=["add_calendarday", "change_calendarday"]))
    assert client.get(IMPORT).status_code == 200
