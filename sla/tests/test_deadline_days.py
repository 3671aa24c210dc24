"""A deadline drawn: each date from start to end says what it is."""

import json
from datetime import date, timedelta

import pytest

from sla.calendars import workdays_between
from sla.deadline_calendar import days_of, months_of
from sla.durations import Duration, compute_due, due_after_pause
from sla.tests.days import at, china, end_of


def drawn(duration, start, **more):
    answer = compute_due(duration, at(start), china())
    return days_of(json.loads(json.dumps(answer.basis)), answer.due_at, **more)


def told(days):
    """ "30 start", "1 rest", "8 counted 1" …"""
    return [" ".join(str(part) for part in (each.day.day, each.role, each.number) if part is not None) for each in days]


def test_working_days_are_numbered_and_rest_days_are_not():
    days = drawn(Duration("wd", 3), "2026-09-30 18:05")
    assert told(days) == ["30 start", *(f"{n} rest" for n in range(1, 8)), "8 counted 1", "9 counted 2", "10 counted 3"]
    assert [each.day.day for each in days if each.is_due] == [10]
    assert [each.day.day for each in days if each.makeup] == [10]
    assert {(each.holiday_zh, each.holiday_en) for each in days if each.is_holiday} == {("国庆节", "National Day")}


def test_a_plain_weekend_has_no_name():
    days = drawn(Duration("wd", 2), "2026-03-13 10:00")
    assert told(days) == ["13 start", "14 rest", "15 rest", "16 counted 1", "17 counted 2"]
    assert not any(each.is_holiday for each in days)


def test_days_in_a_row_count_rest_days_too():
    days = drawn(Duration("day", 7), "2026-03-10 20:40")
    assert told(days) == ["10 start", *(f"{10 + n} counted {n}" for n in range(1, 8))]
    assert days[-1].is_due


def test_a_last_day_that_rests_moves_on():
    days = drawn(Duration("day", 15, roll=True), "2026-09-18 10:00")
    assert told(days)[15:] == ["3 counted 15", "4 rest", "5 rest", "6 rest", "7 rest", "8 rest"]
    assert [each.day.day for each in days if each.is_due] == [8]
    assert days[-1].holiday_en == "" and days[-2].holiday_en == "National Day"


def test_an_arrival_is_counted_from_the_first_working_day():
    days = drawn(Duration("t1", 0), "2026-10-03 08:00")
    assert told(days) == ["3 start", "4 rest", "5 rest", "6 rest", "7 rest", "8 counted_as", "9 counted 1"]
    assert days[-1].is_due
    assert told(drawn(Duration("t1", 0), "2026-03-12 08:00")) == ["12 counted_as", "13 counted 1"]


def test_a_pause_is_drawn_and_counting_goes_on_after_it():
    again = due_after_pause(3, at("2026-09-30 16:00"), at("2026-10-12 09:00"), end_of("2026-10-10"), china())
    days = days_of(again.basis, again.due_at)
    assert told(days)[0] == "30 paused"
    assert {each.role for each in days[:13]} == {"paused"}
    assert told(days)[13:] == ["13 counted 1", "14 counted 2", "15 counted 3"]


def test_a_pause_within_a_day_leaves_the_rest_as_it_was():
    again = due_after_pause(3, at("2026-03-12 10:00"), at("2026-03-12 15:00"), end_of("2026-03-17"), china())
    assert told(days_of(again.basis, again.due_at)) == [
        "12 paused", "13 counted 1", "14 rest", "15 rest", "16 counted 2", "17 counted 3",
    ]  # fmt: skip


def test_a_deadline_that_stands_still_is_drawn_up_to_that_day_and_promises_none():
    days = drawn(Duration("wd", 5), "2026-03-10 10:00", paused_at=at("2026-03-12 09:00"))
    assert told(days) == ["10 start", "11 counted 1", "12 paused"]
    assert not any(each.is_due for each in days)


def test_paused_on_the_day_it_began_is_still_the_day_it_began():
    assert told(drawn(Duration("wd", 5), "2026-03-10 10:00", paused_at=at("2026-03-10 12:00"))) == ["10 start"]


def test_days_on_hold_are_drawn_as_such():
    answer = compute_due(Duration("day", 3), at("2026-03-10 10:00"), china())
    assert told(days_of(answer.basis, answer.due_at + timedelta(days=2)))[-2:] == ["14 paused", "15 paused"]


def test_hours_need_no_calendar_and_nor_does_what_was_never_explained():
    assert drawn(Duration("wall", 48), "2026-07-01 09:00") == []
    assert days_of({}, end_of("2026-07-01")) == []


def test_sheets_begin_on_monday_and_leave_out_weeks_without_a_part():
    months = months_of(drawn(Duration("wd", 3), "2026-09-30 18:05"))
    assert [month.first for month in months] == [date(2026, 9, 1), date(2026, 10, 1)]
    september, october = months
    assert [each and each.day.day for each in september.weeks[0]] == [None, None, 30, None, None, None, None]
    assert [[each and each.day.day for each in week] for week in october.weeks] == [
        [None, None, None, 1, 2, 3, 4],
        [5, 6, 7, 8, 9, 10, None],
    ]


@pytest.mark.parametrize("amount", [1, 7])
def test_what_is_drawn_is_what_was_counted(amount):
    """Starts all over three years: as many numbers as the promise has days, the last on the due day; rest where the calendar rests."""
    calendar, start = china(), at("2024-01-01 12:00")
    for offset in range(0, 1090, 4):
        begun = start + timedelta(days=offset)
        answer = compute_due(Duration("wd", amount), begun, calendar)
        days = days_of(answer.basis, answer.due_at)
        assert [each.number for each in days if each.number] == list(range(1, amount + 1))
        assert days[-1].is_due and days[-1].number == amount
        assert workdays_between(begun.date(), days[-1].day, calendar) == amount
        assert all((each.role == "counted") == calendar.is_workday(each.day) for each in days[1:])
