"""What a pause does to a deadline of working days."""

import pytest

from sla.durations import Duration, compute_due, due_after_pause, remaining
from sla.errors import DurationTooLong
from sla.tests.days import at, china, end_of, made_of


@pytest.mark.parametrize(
    ("paused", "due_date", "left"),
    [
        ("2026-09-30 10:00", "2026-10-10", 3),
        ("2026-10-05 10:00", "2026-10-10", 3),  # on a rest day
        ("2026-10-09 23:59", "2026-10-10", 1),
        ("2026-10-10 10:00", "2026-10-10", 1),  # on the due day: the day itself is not counted, but one is always left
        ("2026-10-15 10:00", "2026-10-10", 1),
    ],
)
def test_what_is_left_is_the_working_days_after_the_pause_date(paused, due_date, left):
    assert remaining(at(paused), end_of(due_date), china()) == left


def test_a_pause_over_a_holiday_gives_back_the_days_that_were_left():
    calendar = china()
    first = compute_due(Duration("wd", 5), at("2026-09-28 10:00"), calendar)
    assert first.due_at == end_of("2026-10-10")  # 29, 30 Sep, 8, 9, 10 Oct
    left = remaining(at("2026-09-30 16:00"), first.due_at, calendar)
    again = due_after_pause(left, at("2026-09-30 16:00"), at("2026-10-12 09:00"), first.due_at, calendar)
    assert left == 3
    assert again.due_at == end_of("2026-10-15")
    assert again.basis["pause"] == {"from": "2026-09-30T16:00:00+08:00", "to": "2026-10-12T09:00:00+08:00"}


def test_resuming_inside_the_holiday_counts_from_the_first_working_day_after():
    again = due_after_pause(3, at("2026-09-30 16:00"), at("2026-10-03 09:00"), end_of("2026-10-10"), china())
    assert again.due_at == end_of("2026-10-10")


def test_a_pause_that_ends_on_its_own_date_changes_nothing():
    old = end_of("2026-10-10")
    again = due_after_pause(3, at("2026-09-30 00:01"), at("2026-09-30 23:59"), old, china())
    assert again.due_at == old
    assert again.basis["unchanged"]
    assert not again.provisional


def test_a_pause_on_the_due_day_that_ends_the_same_day_leaves_the_due_day():
    old = end_of("2026-10-10")
    assert due_after_pause(1, at("2026-10-10 09:00"), at("2026-10-10 18:00"), old, china()).due_at == old


def test_the_date_of_a_pause_is_that_of_the_calendars_zone():
    old = end_of("2026-03-20")
    over_midnight = due_after_pause(2, at("2026-03-18 23:59"), at("2026-03-19 00:01"), old, china())
    assert over_midnight.due_at == end_of("2026-03-23")


def test_a_clock_set_back_does_not_shorten_the_promise():
    old = end_of("2026-03-20")
    assert due_after_pause(2, at("2026-03-19 00:01"), at("2026-03-18 23:59"), old, china()).due_at == old


def test_a_resumed_deadline_beyond_the_published_calendar_is_provisional():
    again = due_after_pause(3, at("2026-12-28 10:00"), at("2026-12-30 10:00"), end_of("2026-12-31"), china())
    assert again.provisional
    same_day = due_after_pause(3, at("2026-12-30 10:00"), at("2026-12-30 11:00"), end_of("2027-01-05"), china())
    assert same_day.provisional


def test_too_many_days_left_are_an_error():
    with pytest.raises(DurationTooLong):
        due_after_pause(1001, at("2026-03-18 10:00"), at("2026-03-20 10:00"), end_of("2026-03-20"), made_of(lambda day: True))
