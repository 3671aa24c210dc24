"""Our days against both libraries, day by day, and what we say of a year nobody has announced."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from lib.zones import DEFAULT_ZONE
from sla.calendars import WorkCalendar
from sla.statutory import provisional_day
from sla.tests.days import china

DAYS = [date(2020, 1, 1) + timedelta(days=offset) for offset in range((date(2026, 12, 31) - date(2020, 1, 1)).days + 1)]


def test_every_day_of_2020_to_2026_agrees_with_chinese_calendar():
    calendar = china()
    assert [day for day in DAYS if calendar.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_every_day_of_2020_to_2026_agrees_with_holidays():
    calendar, table = china(), holidays.country_holidays("CN", years=range(2020, 2027))
    assert [day for day in DAYS if calendar.is_workday(day) != table.is_working_day(day)] == []


def test_what_we_would_have_computed_for_announced_years_agrees_too():
    calendar = china()
    assert [day for day in DAYS if calendar.is_workday(day) != provisional_day(day, DEFAULT_ZONE).is_workday] == []


def test_every_announced_holiday_has_a_name_in_both_languages():
    calendar = china()
    found = {day: calendar.day(day) for day in DAYS}
    assert [day for day, each in found.items() if each.kind == "holiday" and not (each.name_zh and each.name_en)] == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2027, 1, 1), "provisional_holiday", "New Year's Day"),
        (date(2027, 2, 5), "provisional_holiday", "Spring Festival"),  # its eve
        (date(2027, 10, 1), "provisional_holiday", "National Day"),
        (date(2027, 9, 15), "provisional_holiday", "Mid-Autumn Festival"),
        (date(2027, 1, 3), "weekend", ""),
        (date(2027, 1, 4), "workday", ""),
    ],
)
def test_a_year_not_announced_has_weekends_and_statutory_days_and_is_provisional(day, kind, name):
    found = china().day(day)
    assert (found.kind, found.name_en, found.provisional) == (kind, name, True)
    assert found.is_workday == (kind == "workday")


def test_a_zone_of_no_known_country_has_weekends():
    calendar = WorkCalendar("Europe/Berlin", lambda first, last: {})
    assert not calendar.is_workday(date(2026, 10, 3))
    assert calendar.is_workday(date(2026, 10, 1))
    assert calendar.day(date(2026, 10, 1)).provisional
