"""A deadline as days to draw: which were counted, which rested, where it stood still. From the basis kept with it alone; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from lib.zones import DEFAULT_ZONE
from sla.calendars import ONE_DAY, zone_info
from sla.durations import Basis
from sla.statutory import is_weekend

Role = Literal["start", "counted", "counted_as", "rest", "paused"]


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """One local date between start and end. `number`: the how-many-th that counts. `makeup`: a weekend that is worked."""

    day: date
    role: Role
    number: int | None = None
    is_due: bool = False
    makeup: bool = False
    holiday_zh: str = ""
    holiday_en: str = ""

    @property
    def is_holiday(self) -> bool:
        return (self.role == "rest" and not is_weekend(self.day)) or bool(self.holiday_zh or self.holiday_en)


Week = tuple[DrawnDay | None, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks of one month that a deadline touches, Monday first; None where it has no say."""

    first: date
    weeks: Sequence[Week]


def days_of(basis: Basis, due_at: datetime, paused_at: datetime | None = None) -> list[DrawnDay]:
    """Every date from the start to the due day, or to the day on which it stands still. Nothing for hours: they need no calendar."""
    if "start" not in basis or basis.get("clock") not in _NUMBERS:
        return []
    zone = zone_info(basis.get("zone", DEFAULT_ZONE))
    start = datetime.fromisoformat(basis["start"]).astimezone(zone).date()
    due = (due_at - timedelta.resolution).astimezone(zone).date()
    halted = paused_at.astimezone(zone).date() if paused_at else None
    return list(_draw_days(basis, _first(basis, start), start, due, halted))


def months_of(days: Sequence[DrawnDay]) -> list[Month]:
    """The same as calendar sheets, without weeks in which nothing happens."""
    by_month = groupby(days, key=lambda each: each.day.replace(day=1))
    return [Month(first, _weeks(list(group))) for first, group in by_month]


def _first(basis: Basis, start: date) -> date:
    """A pause is part of the story: it is drawn from its first day."""
    return datetime.fromisoformat(basis["pause"]["from"]).date() if "pause" in basis else start


def _draw_days(basis: Basis, first: date, start: date, due: date, halted: date | None) -> Iterator[DrawnDay]:
    number, names, makeup = 0, dict(_holidays(basis)), {date.fromisoformat(each) for each in basis.get("makeup", ())}
    for day in _dates(first, halted or due):
        rests = day in names or (is_weekend(day) and day not in makeup)
        role = _role(basis, day, start, rests, number)
        number += role == "counted"
        if day == halted and role != "start":
            role = "paused"
        shown = number if role == "counted" else None
        zh, en = names.get(day, ("", ""))
        yield DrawnDay(day, role, shown, day == due and not halted, day in makeup, zh, en)


def _role(basis: Basis, day: date, start: date, rests: bool, number: int) -> Role:
    if day < start or (day == start and "pause" in basis):
        return "paused"
    return _NUMBERS[basis["clock"]](basis, day, start, rests, number)


def _of_wd(basis: Basis, day: date, start: date, rests: bool, number: int) -> Role:
    if day == start:
        return "start"
    return "rest" if rests else "counted"


def _of_day(basis: Basis, day: date, start: date, rests: bool, number: int) -> Role:
    """Every date counts, rest day or not; what comes after the last is a rest day passed over, or time on hold."""
    if day == start:
        return "start"
    if number < basis["amount"]:
        return "counted"
    return "rest" if "rolled_from" in basis else "paused"


def _of_t1(basis: Basis, day: date, start: date, rests: bool, number: int) -> Role:
    if day == date.fromisoformat(basis["t"]):
        return "counted_as"
    if day == start:
        return "start"
    return "rest" if rests else "counted"


_NUMBERS = {"wd": _of_wd, "day": _of_day, "t1": _of_t1}


def _holidays(basis: Basis) -> Iterator[tuple[date, tuple[str, str]]]:
    for each in basis.get("holidays", ()):
        for day in _dates(date.fromisoformat(each["from"]), date.fromisoformat(each["to"])):
            yield day, (each["zh"], each["en"])


def _weeks(days: Sequence[DrawnDay]) -> list[Week]:
    known = {each.day: each for each in days}
    monday = days[0].day - timedelta(days=days[0].day.weekday())
    sundays = range((days[-1].day - monday).days // 7 + 1)
    return [tuple(known.get(monday + timedelta(days=7 * week + place)) for place in range(7)) for week in sundays]


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + ONE_DAY * offset for offset in range((last - first).days + 1))
