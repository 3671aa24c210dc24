"""Published days from the official library or a file, stored beside what admins wrote by hand."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar

from sla.errors import CalendarNotPublished, InvalidCalendar
from sla.statutory import COUNTRIES, Day, holiday_name, is_weekend, kind_of

OFFICIAL = "chinese_calendar"
MANUAL = "manual"
NAME = 60  # characters of a holiday's name
YES, NO = frozenset({"1", "true", "yes", "work"}), frozenset({"0", "false", "no", "rest"})
COLUMNS = ("is_workday", "kind", "name_zh", "name_en")


@dataclass(frozen=True, slots=True)
class CalendarChange:
    date: date
    before: Day
    after: Day


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did. `kept`: rows written by hand that say something else."""

    created: list[date] = field(default_factory=list)
    changed: list[CalendarChange] = field(default_factory=list)
    kept: list[CalendarChange] = field(default_factory=list)


def official_year(year: int, zone: str) -> dict[date, Day]:
    """Every day of a year as the State Council announced it. Raises CalendarNotPublished."""
    if COUNTRIES.get(zone) != "CN":
        raise CalendarNotPublished(f"the official library knows China only, not {zone}")
    try:
        return {day: _official_day(day) for day in _year(year)}
    except NotImplementedError as error:
        raise CalendarNotPublished(f"the official library does not know {year} yet; update it, or import a file") from error


def file_years(lines: Iterable[str], years: Iterable[int]) -> dict[date, Day]:
    """Every day of the years, from the exceptions a CSV file lists: `date,is_workday[,name_zh,name_en]`. The other days are plain
    weekdays and weekends. Raises InvalidCalendar with the line."""
    wanted = sorted(set(years))
    listed = _parse_rows(csv.DictReader(lines), wanted)
    for year in wanted:
        if not any(day.year == year and not each.is_workday and not is_weekend(day) for day, each in listed.items()):
            raise InvalidCalendar(f"the file lists no holiday on a weekday in {year}: not a holiday calendar")
    return {day: listed.get(day) or _plain(day) for year in wanted for day in _year(year)}


def store(model: Any, zone: str, days: Mapping[date, Day], source: str, now: datetime, protected: frozenset[str]) -> Changes:
    """Write the days; rows whose source is `protected` stay as they are. `model` is CalendarDay, a migration's own included."""
    if not days:
        return Changes()
    rows = {row.date: row for row in model.objects.filter(zone=zone, date__range=(min(days), max(days)))}
    done, touched = Changes(created=[day for day in days if day not in rows]), []
    for day, row in rows.items():
        if day not in days or (_day_of_row(row) == days[day] and row.source == source):
            continue
        change = CalendarChange(day, _day_of_row(row), days[day])
        if row.source in protected:
            done.kept.extend([change] if change.before != change.after else [])
            continue
        done.changed.append(change)
        touched.append(_write(row, days[day], source, now))
    new = [_write(model(zone=zone, date=day), days[day], source, now) for day in done.created]
    model.objects.bulk_create(new, batch_size=500)
    model.objects.bulk_update(touched, [*COLUMNS, "source", "imported_at"], batch_size=100)
    return done


def _official_day(day: date) -> Day:
    is_workday, named = chinese_calendar.is_workday(day), chinese_calendar.constants.holidays.get(day)
    # a make-up day carries the holiday it makes up for, which is not its own name
    names = holiday_name(named) if named and not is_workday else ("", "")
    return Day(is_workday, kind_of(day, is_workday=is_workday, named=bool(named)), *names)


def _plain(day: date) -> Day:
    return Day(not is_weekend(day), "weekend" if is_weekend(day) else "workday")


def _year(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1))


def _parse_rows(reader: "csv.DictReader[str]", years: list[int]) -> dict[date, Day]:
    if not {"date", "is_workday"} <= set(reader.fieldnames or ()):
        raise InvalidCalendar("line 1: the columns date and is_workday are needed (name_zh and name_en may follow)")
    listed: dict[date, Day] = {}
    for row in reader:
        day, parsed = _row(row, f"line {reader.line_num}")
        if day.year not in years:
            raise InvalidCalendar(f"line {reader.line_num}: {day} is not in {', '.join(map(str, years))}")
        if day in listed:
            raise InvalidCalendar(f"line {reader.line_num}: {day} is listed twice")
        listed[day] = parsed
    return listed


def _row(row: Mapping[str, str | None], place: str) -> tuple[date, Day]:
    text = {name: (row.get(name) or "").strip() for name in ("date", "is_workday", "name_zh", "name_en")}
    try:
        day = date.fromisoformat(text["date"])
    except ValueError as error:
        raise InvalidCalendar(f"{place}: {text['date']!r} is not a date like 2027-01-01") from error
    if text["is_workday"].lower() not in YES | NO:
        raise InvalidCalendar(f"{place}: is_workday is {text['is_workday']!r}, not 1 or 0")
    is_workday, names = text["is_workday"].lower() in YES, (text["name_zh"], text["name_en"])
    if max(map(len, names)) > NAME:
        raise InvalidCalendar(f"{place}: a name has more than {NAME} characters")
    return day, Day(is_workday, kind_of(day, is_workday=is_workday, named=any(names)), *names)


def _day_of_row(row: Any) -> Day:
    return Day(row.is_workday, row.kind, row.name_zh, row.name_en)


def _write(row: Any, day: Day, source: str, now: datetime) -> Any:
    for column in COLUMNS:
        setattr(row, column, getattr(day, column))
    row.source, row.imported_at = source, now
    return row
