"""When each of the four clocks ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from sla.calendars import WorkCalendar, workdays_between
from sla.durations import Duration, compute_due, half
from sla.errors import DurationTooLong, InvalidDuration, NaiveMoment, NoWorkingDay, SlaError, UnknownZone
from sla.tests.days import SHANGHAI, at, china, end_of, made_of, weekends_only


def never(first: date, last: date) -> dict:
    raise AssertionError("read the calendar without need")


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-03-10 20:52", 1, "2026-03-10 21:52"),
        ("2026-10-01 00:00", 48, "2026-10-03 00:00"),  # through a holiday as through any day
        ("2026-12-31 23:30", 24, "2027-01-01 23:30"),
    ],
)
def test_wall_counts_hours_and_reads_no_calendar(start, hours, expected):
    answer = compute_due(Duration("wall", hours), at(start), WorkCalendar("Asia/Shanghai", never))
    assert answer.due_at == at(expected)
    assert answer.due_at.tzinfo is UTC
    assert not answer.provisional


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-03-10 20:40", 15, "2026-03-25"),
        ("2026-03-10 00:00", 1, "2026-03-11"),
        ("2026-03-10 23:59", 1, "2026-03-11"),
        ("2026-09-20 10:00", 15, "2026-10-05"),  # a holiday, and it stays
        ("2028-02-28 10:00", 1, "2028-02-29"),
    ],
)
def test_days_end_at_24_of_the_nth_and_read_no_calendar(start, days, last):
    answer = compute_due(Duration("day", days), at(start), WorkCalendar("Asia/Shanghai", never))
    assert answer.due_at == end_of(last)
    assert not answer.provisional


@pytest.mark.parametrize(
    ("start", "last", "rolled_from"),
    [
        ("2026-03-10 20:40", "2026-03-25", None),
        ("2026-09-18 10:00", "2026-10-08", "2026-10-03"),  # out of the National Day week
        ("2026-09-25 10:00", "2026-10-10", None),  # a make-up Saturday is a working day
        ("2026-01-31 10:00", "2026-02-24", "2026-02-15"),
    ],
)
def test_days_that_roll_move_off_a_rest_day(start, last, rolled_from):
    answer = compute_due(Duration("day", 15, roll=True), at(start), china())
    assert answer.due_at == end_of(last)
    assert answer.basis.get("rolled_from") == rolled_from


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        ("2026-09-30 18:05", 3, "2026-10-10"),
        ("2026-02-13 16:40", 1, "2026-02-14"),  # a make-up Saturday
        ("2026-02-13 16:40", 2, "2026-02-24"),  # the Spring Festival of 2026
        ("2026-02-13 16:40", 3, "2026-02-25"),
        ("2026-02-13 16:40", 7, "2026-03-02"),
        ("2026-02-18 09:00", 1, "2026-02-24"),  # filed on a rest day: it is not counted either
        ("2026-04-03 17:00", 2, "2026-04-08"),
        ("2026-03-12 00:00", 1, "2026-03-13"),
        ("2026-03-12 23:59", 1, "2026-03-13"),
    ],
)
def test_working_days_end_at_24_of_the_nth_after_the_start_date(start, count, last):
    answer = compute_due(Duration("wd", count), at(start), china())
    assert answer.due_at == end_of(last)
    assert not answer.provisional


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-03-12 23:00", "2026-03-13"),
        ("2026-09-30 08:00", "2026-10-08"),
        ("2026-10-03 08:00", "2026-10-09"),  # asked on a holiday: T is the 8th
        ("2026-10-10 08:00", "2026-10-12"),  # T is a make-up Saturday
    ],
)
def test_t1_ends_on_the_working_day_after_the_request_day(start, last):
    assert compute_due(Duration("t1", 0), at(start), china()).due_at == end_of(last)


def test_the_start_date_is_that_of_the_calendars_zone():
    evening_in_new_york = datetime(2026, 3, 11, 20, 0, tzinfo=ZoneInfo("America/New_York"))  # the 12th in Shanghai
    assert compute_due(Duration("wd", 1), evening_in_new_york, china()).due_at == end_of("2026-03-13")


def test_a_year_end_without_next_years_calendar_is_provisional():
    answer = compute_due(Duration("wd", 3), at("2026-12-30 10:00"), china())
    assert answer.due_at == end_of("2027-01-05")  # 31 Dec, then Monday: New Year's Day is statutory, make-up days unknown
    assert answer.provisional
    assert answer.basis["provisional"]


def test_a_deadline_just_inside_the_published_calendar_is_not_provisional():
    assert not compute_due(Duration("wd", 1), at("2026-12-30 10:00"), china()).provisional
    assert compute_due(Duration("wd", 2), at("2026-12-30 10:00"), china()).provisional


def test_days_that_roll_are_provisional_only_by_the_days_they_ask_about():
    assert not compute_due(Duration("day", 15, roll=True), at("2026-12-16 10:00"), china()).provisional
    assert compute_due(Duration("day", 15, roll=True), at("2026-12-17 10:00"), china()).provisional
    assert not compute_due(Duration("day", 60), at("2026-12-17 10:00"), china()).provisional


def test_a_provisional_rest_day_in_a_published_week_makes_the_date_provisional():
    assert compute_due(Duration("t1", 0), at("2026-12-31 10:00"), china()).provisional


@pytest.mark.parametrize(
    ("zone", "start", "last", "hours_of_the_last_day"),
    [
        ("Europe/Berlin", "2026-03-27 10:00", "2026-03-30", 24),
        ("America/New_York", "2026-10-30 10:00", "2026-11-02", 24),
        ("Africa/Cairo", "2026-04-22 10:00", "2026-04-23", 24),  # midnight of the 24th is skipped: the day ends at 01:00
    ],
)
def test_24_is_the_wall_clocks_in_zones_with_summer_time(zone, start, last, hours_of_the_last_day):
    home = ZoneInfo(zone)
    answer = compute_due(Duration("wd", 1), at(start, home), weekends_only(zone))
    day_start = at(f"{last} 00:00", home).astimezone(UTC)
    assert answer.due_at - day_start == timedelta(hours=hours_of_the_last_day)
    assert (answer.due_at - timedelta.resolution).astimezone(home).date() == date.fromisoformat(last)


def test_a_day_of_23_hours_is_a_day():
    berlin = ZoneInfo("Europe/Berlin")
    start, calendar = at("2026-03-28 12:00", berlin), weekends_only("Europe/Berlin")
    assert compute_due(Duration("day", 1), start, calendar).due_at == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert compute_due(Duration("wall", 24), start, calendar).due_at == at("2026-03-29 13:00", berlin)


def test_a_thousand_working_days_are_counted_and_one_more_is_an_error():
    due_at = compute_due(Duration("wd", 1000), at("2022-01-04 10:00"), china()).due_at
    assert due_at == end_of("2026-01-07")
    assert len(chinese_calendar.get_workdays(date(2022, 1, 5), date(2026, 1, 7))) == 1000
    with pytest.raises(DurationTooLong):
        compute_due(Duration("wd", 1001), at("2022-01-04 10:00"), china())
    with pytest.raises(DurationTooLong):
        compute_due(Duration("wd", 6), at("2022-01-04 10:00"), china(), max_wd=5)


@pytest.mark.parametrize("duration", [Duration("wd", 1), Duration("day", 1, roll=True), Duration("t1", 0)])
def test_a_calendar_without_working_days_is_an_error_and_not_an_endless_loop(duration):
    with pytest.raises(NoWorkingDay):
        compute_due(duration, at("2026-03-12 10:00"), made_of(lambda day: False))


@pytest.mark.parametrize("duration", [Duration("wall", 10**9), Duration("day", 10**7), Duration("day", 10**12)])
def test_a_duration_past_the_last_date_is_an_error(duration):
    with pytest.raises(DurationTooLong):
        compute_due(duration, at("2026-03-12 10:00"), china())


@pytest.mark.parametrize("duration", [Duration("wd", 0), Duration("wall", 0), Duration("day", -1), Duration("week", 1)])
def test_a_duration_of_nothing_is_an_error(duration):
    with pytest.raises(InvalidDuration):
        compute_due(duration, at("2026-03-12 10:00"), china())


@pytest.mark.parametrize("clock", ["wall", "day", "wd", "t1"])
def test_a_naive_start_is_an_error(clock):
    with pytest.raises(NaiveMoment):
        compute_due(Duration(clock, 1), datetime(2026, 3, 12, 10, 0), china())  # noqa: DTZ001


@pytest.mark.parametrize("zone", ["Asia/Peking", "", "../etc/passwd", "/etc/passwd"])
def test_an_unknown_zone_is_an_error(zone):
    with pytest.raises(UnknownZone) as caught:
        WorkCalendar(zone, never)
    assert isinstance(caught.value, SlaError)
    assert isinstance(caught.value, ValueError)


def test_working_days_between_leave_out_the_first_date_and_count_the_last():
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 10), china()) == 3
    assert workdays_between(date(2026, 10, 10), date(2026, 10, 10), china()) == 0
    assert workdays_between(date(2026, 10, 10), date(2026, 9, 30), china()) == 0


@pytest.mark.parametrize(("amount", "expected"), [(0, 1), (1, 1), (2, 1), (3, 2), (5, 3), (7, 4)])
def test_half_is_rounded_up_and_at_least_one(amount, expected):
    assert half(amount) == expected


def test_dates_stay_correct_whatever_zone_the_start_is_given_in():
    start = at("2026-03-12 23:30")
    answers = {
        compute_due(Duration("wd", 2), start.astimezone(zone), china()).due_at for zone in (UTC, SHANGHAI, ZoneInfo("Pacific/Kiritimati"))
    }
    assert answers == {end_of("2026-03-16")}
