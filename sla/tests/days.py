"""Calendars without a database, and moments without ceremony."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from lib.zones import DEFAULT_ZONE
from sla.calendars import Day, WorkCalendar
from sla.importing import official_year
from sla.statutory import is_weekend

SHANGHAI = ZoneInfo(DEFAULT_ZONE)
PUBLISHED = range(2020, 2027)


@cache
def published(year: int) -> Mapping[date, Day]:
    return official_year(year, DEFAULT_ZONE)


def china() -> WorkCalendar:
    """2020 to 2026 as announced, later years unknown."""
    return WorkCalendar(DEFAULT_ZONE, lambda first, last: {d: day for d, day in _years(first, last).items() if first <= d <= last})


def weekends_only(zone: str = DEFAULT_ZONE) -> WorkCalendar:
    return made_of(lambda day: not is_weekend(day), zone)


def made_of(rule, zone: str = DEFAULT_ZONE) -> WorkCalendar:
    """A published calendar by rule: date → working or not."""

    def fetch(first: date, last: date) -> dict[date, Day]:
        span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return {day: Day(rule(day), "workday" if rule(day) else "holiday") for day in span}

    return WorkCalendar(zone, fetch)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """ "2026-09-30 18:05" on the wall of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def end_of(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """24:00 of a date, in UTC."""
    return (datetime.fromisoformat(text) + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)


def _years(first: date, last: date) -> Mapping[date, Day]:
    found: dict[date, Day] = {}
    for year in range(first.year, last.year + 1):
        found |= published(year) if year in PUBLISHED else {}
    return found
