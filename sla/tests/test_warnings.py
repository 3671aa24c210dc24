"""When a deadline warns, and when it holds its tongue."""

from datetime import UTC, time
from zoneinfo import ZoneInfo

from sla.durations import Duration, compute_due, due_after_pause, warnings
from sla.tests.days import at, china, end_of, weekends_only


def warned(duration, offsets, start, calendar=None):
    calendar = calendar or china()
    return warnings(duration, offsets, start, compute_due(duration, start, calendar).due_at, calendar)


def test_working_days_warn_at_nine_on_the_day_before_and_on_the_day():
    found = warned(Duration("wd", 3), [1, 0], at("2026-09-30 18:05"))
    assert found == [("-1wd", at("2026-10-09 09:00")), ("-0wd", at("2026-10-10 09:00"))]
    assert found[0].level == "-1wd"
    assert found[0].at.tzinfo is UTC


def test_the_working_day_before_lies_before_a_holiday():
    found = warned(Duration("wd", 2), [1, 0], at("2026-02-13 16:40"))
    assert found == [("-1wd", at("2026-02-14 09:00")), ("-0wd", at("2026-02-24 09:00"))]


def test_a_warning_at_or_before_the_start_is_dropped():
    assert warned(Duration("wd", 1), [1, 0], at("2026-03-12 09:00")) == [("-0wd", at("2026-03-13 09:00"))]
    assert len(warned(Duration("wd", 1), [1, 0], at("2026-03-12 08:59"))) == 2
    assert warned(Duration("wd", 1), [1, 0], at("2026-10-03 12:00")) == [("-0wd", at("2026-10-08 09:00"))]


def test_days_warn_at_nine_that_many_days_before():
    found = warned(Duration("day", 15, roll=True), [7, 3, 1], at("2026-03-10 20:40"))
    assert found == [("-7d", at("2026-03-18 09:00")), ("-3d", at("2026-03-22 09:00")), ("-1d", at("2026-03-24 09:00"))]


def test_days_that_rolled_warn_before_the_day_they_rolled_to():
    found = warned(Duration("day", 15, roll=True), [1], at("2026-09-18 10:00"))
    assert found == [("-1d", at("2026-10-07 09:00"))]


def test_hours_warn_minutes_after_the_start():
    found = warned(Duration("wall", 1), [30, 45], at("2026-03-10 20:52"))
    assert found == [("+30m", at("2026-03-10 21:22")), ("+45m", at("2026-03-10 21:37"))]


def test_a_warning_after_the_due_instant_is_dropped():
    start = at("2026-03-10 20:00")
    assert warnings(Duration("wall", 48), [30, 90], start, at("2026-03-10 21:00"), china()) == [("+30m", at("2026-03-10 20:30"))]


def test_no_offsets_no_warnings():
    assert warned(Duration("t1", 0), [], at("2026-03-10 20:00")) == []


def test_after_a_pause_the_warnings_follow_the_new_due_day():
    paused, back = at("2026-09-29 10:00"), at("2026-10-08 10:00")
    again = due_after_pause(2, paused, back, end_of("2026-10-08"), china())
    assert warnings(Duration("wd", 5), [1, 0], back, again.due_at, china()) == [
        ("-1wd", at("2026-10-09 09:00")),
        ("-0wd", at("2026-10-10 09:00")),
    ]


def test_nine_is_the_wall_clocks_in_zones_with_summer_time():
    berlin = ZoneInfo("Europe/Berlin")
    found = warned(Duration("day", 3), [1], at("2026-03-27 12:00", berlin), weekends_only("Europe/Berlin"))
    assert found == [("-1d", at("2026-03-29 09:00", berlin))]
    assert found[0].at.hour == 7


def test_a_policy_may_warn_at_another_hour():
    start, calendar = at("2026-03-12 10:00"), china()
    found = warnings(Duration("wd", 1), [0], start, end_of("2026-03-13"), calendar, at=time(7, 30))
    assert found == [("-0wd", at("2026-03-13 07:30"))]
