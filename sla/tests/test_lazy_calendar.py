"""The calendar reads what it needs, once, and believes the rows."""

import time
from datetime import date, timedelta

import pytest

from sla.durations import Duration, compute_due, due_after_pause, remaining, warnings
from sla.models import CalendarDay
from sla.tests.days import at, end_of

pytestmark = pytest.mark.django_db


def test_making_one_reads_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        calendar = CalendarDay.objects.calendar()
        compute_due(Duration("wall", 24), at("2026-03-12 10:00"), calendar)
        compute_due(Duration("day", 30), at("2026-03-12 10:00"), calendar)


@pytest.mark.parametrize("start", ["2026-03-12 10:00", "2026-02-13 16:40", "2026-12-30 10:00", "2026-02-22 10:00"])
def test_a_whole_ticket_reads_one_block(django_assert_num_queries, start):
    calendar = CalendarDay.objects.calendar()
    with django_assert_num_queries(1):
        for duration in (Duration("wd", 1), Duration("wd", 7), Duration("wd", 40), Duration("day", 15, roll=True), Duration("t1", 0)):
            warnings(duration, [1, 0], at(start), compute_due(duration, at(start), calendar).due_at, calendar)


def test_a_pause_reads_one_block(django_assert_num_queries):
    calendar = CalendarDay.objects.calendar()
    with django_assert_num_queries(1):
        left = remaining(at("2026-09-30 16:00"), end_of("2026-10-10"), calendar)
        again = due_after_pause(left, at("2026-09-30 16:00"), at("2026-10-12 09:00"), end_of("2026-10-10"), calendar)
    assert again.due_at == end_of("2026-10-15")


def test_a_year_of_working_days_reads_a_block_for_each_four_months(django_assert_num_queries):
    calendar = CalendarDay.objects.calendar()
    with django_assert_num_queries(4):
        compute_due(Duration("wd", 250), at("2025-03-12 10:00"), calendar)


def test_an_edit_in_the_admin_counts_at_once():
    before = compute_due(Duration("wd", 1), at("2026-03-12 10:00"), CalendarDay.objects.calendar())
    CalendarDay.objects.filter(date=date(2026, 3, 13)).update(is_workday=False)
    after = compute_due(Duration("wd", 1), at("2026-03-12 10:00"), CalendarDay.objects.calendar())
    assert before.due_at == end_of("2026-03-13")
    assert after.due_at == end_of("2026-03-16")
    assert after.basis["holidays"] == [{"from": "2026-03-13", "to": "2026-03-13", "zh": "", "en": ""}]


def test_a_row_with_nothing_but_date_and_working_is_enough():
    CalendarDay.objects.create(date=date(2027, 1, 4), is_workday=False)
    day = CalendarDay.objects.calendar().day(date(2027, 1, 4))
    assert (day.is_workday, day.kind, day.provisional) == (False, "holiday", False)
    assert CalendarDay.objects.calendar().day(date(2027, 1, 5)).provisional


def test_a_provisional_row_decides_the_day_and_stays_provisional():
    CalendarDay.objects.create(date=date(2027, 1, 4), is_workday=False, source="provisional")
    day = CalendarDay.objects.calendar().day(date(2027, 1, 4))
    assert (day.is_workday, day.provisional) == (False, True)


def test_zones_do_not_mix():
    CalendarDay.objects.create(zone="Asia/Tokyo", date=date(2026, 3, 13), is_workday=False)
    assert CalendarDay.objects.calendar().is_workday(date(2026, 3, 13))
    assert not CalendarDay.objects.calendar("Asia/Tokyo").is_workday(date(2026, 3, 13))


def test_migrate_brought_every_day_of_2024_to_2026():
    days = list(CalendarDay.objects.values_list("date", flat=True))
    assert days == [date(2024, 1, 1) + timedelta(days=offset) for offset in range(366 + 365 + 365)]


def test_seven_working_days_cost_microseconds_once_read():
    calendar, start = CalendarDay.objects.calendar(), at("2026-09-28 10:00")
    compute_due(Duration("wd", 7), start, calendar)
    began = time.perf_counter()
    for _ in range(1000):
        compute_due(Duration("wd", 7), start, calendar)
    assert (time.perf_counter() - began) / 1000 < 0.000_5  # it takes 15 µs; the rest is for a busy machine
