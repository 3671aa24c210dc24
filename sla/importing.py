"""Published days from the official library or a file, stored beside what admins wrote by hand."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
from django.utils.translation import gettext as _

from sla.errors import CalendarNotPublished, InvalidCalendar
from sla.statutory import COUNTRIES, HOLIDAY_NAMES, Day, holiday_name, is_weekend, kind_of

OFFICIAL = "chinese_calendar"
MANUAL, CORRECTION = "manual", "correction"
# Whose word goes before whose: a file may be anybody's; a correction is a later notice; who writes by hand means it.
RANK = {"provisional": 0, "csv": 1, "json": 1, OFFICIAL: 2, CORRECTION: 3, MANUAL: 4}
FEWEST = 8  # days that a year's notice names: there were never fewer
ENCODINGS = ("utf-8-sig", "gb18030")  # what spreadsheets write here
NAME = 60  # characters of a holiday's name
YES, NO = frozenset({"1", "true", "yes", "work"}), frozenset({"0", "false", "no", "rest"})
COLUMNS = ("is_workday", "kind", "name_zh", "name_en")


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """`source`: whose the day was before."""

    date: date
    before: Day
    after: Day
    source: str = ""

    @property
    def is_real(self) -> bool:
        """Something that people or deadlines notice."""
        return (self.before.is_workday, self.before.name_zh, self.before.name_en) != (
            self.after.is_workday, self.after.name_zh, self.after.name_en
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did. `kept`: rows of a better source, or written by hand, that say something else."""

    created: list[date] = field(default_factory=list)
    changed: list[CalendarChange] = field(default_factory=list)
    kept: list[CalendarChange] = field(default_factory=list)


def official_year(year: int, zone: str) -> dict[date, Day]:
    """Every day of a year as the State Council announced it. Raises CalendarNotPublished."""
    if COUNTRIES.get(zone) != "CN":
        raise CalendarNotPublished(_("the official library knows China only, not %(zone)s") % {"zone": zone})
    try:
        return {day: _official_day(day) for day in _year(year)}
    except NotImplementedError as error:
        raise CalendarNotPublished(
            _("the official library does not know %(year)s yet; update it, or import a file") % {"year": year}
        ) from error


@dataclass(frozen=True, slots=True)
class FileDays:
    """What a file says. `passed_over`: days it names of a neighbouring year, which stay as they are."""

    days: dict[date, Day]
    passed_over: tuple[date, ...] = ()


def decode_calendar(content: bytes) -> str:
    """UTF-8, or what Chinese spreadsheets write. Raises InvalidCalendar."""
    for encoding in ENCODINGS:
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\x00" in text:
                raise InvalidCalendar(_("This is not a text file."))
            return text
    raise InvalidCalendar(_("The file is neither UTF-8 nor GB18030 text."))


def file_years(text: str, years: Iterable[int]) -> FileDays:
    """Every day of the years, from the exceptions a file lists: CSV with `date,is_workday[,name_zh,name_en]`, or the JSON of holiday-cn.
    The other days are plain weekdays and weekends. A notice also names days of a neighbouring year: they say nothing of the rest of it, and
    are passed over. Raises InvalidCalendar with the line; also for a year of which the file names too few days to be its calendar."""
    wanted = sorted(set(years))
    listed, others = _listed_days(text, wanted)
    for year in wanted:
        _check_whole(year, {day: each for day, each in listed.items() if day.year == year})
    return FileDays({day: listed.get(day) or _plain(day) for year in wanted for day in _year(year)}, others)


def _check_whole(year: int, listed: Mapping[date, Day]) -> None:
    if not any(not each.is_workday and not is_weekend(day) for day, each in listed.items()):
        raise InvalidCalendar(_("the file lists no holiday on a weekday in %(year)s: not a holiday calendar") % {"year": year})
    if len(listed) < FEWEST:
        words = _(
            "the file names %(count)s days of %(year)s: too few to be its calendar, which has %(fewest)s or more; "
            "to correct single days of a published year, import it as a correction"
        )
        raise InvalidCalendar(words % {"count": len(listed), "year": year, "fewest": FEWEST})


def file_corrections(model: Any, zone: str, text: str, years: Iterable[int]) -> FileDays:
    """The days that a file lists, and no others: a later notice about a year that is published. Raises InvalidCalendar."""
    wanted = sorted(set(years))
    listed, others = _listed_days(text, wanted)
    for year in wanted:
        if model.objects.filter(zone=zone, date__year=year).exclude(source="provisional").count() < len(list(_year(year))):
            raise InvalidCalendar(_("%(year)s is not published yet: there is nothing to correct") % {"year": year})
    if not listed:
        raise InvalidCalendar(_("the file lists no day of these years"))
    return FileDays(listed, others)


def better_sources(source: str) -> frozenset[str]:
    """Those whose days this one leaves alone: a poorer source never replaces a better one."""
    return frozenset(each for each, rank in RANK.items() if rank > RANK.get(source, 1))


def store(model: Any, zone: str, days: Mapping[date, Day], source: str, now: datetime, protected: frozenset[str]) -> Changes:
    """Write the days; rows whose source is `protected` stay as they are. `model` is CalendarDay, a migration's own included.

    A day that says the same is no change, whoever says it: its row takes the better source's name.
    """
    if not days:
        return Changes()
    rows = {row.date: row for row in model.objects.filter(zone=zone, date__range=(min(days), max(days)))}
    done, touched = Changes(created=[day for day in days if day not in rows]), []
    for day, row in rows.items():
        if day not in days:
            continue
        change = CalendarChange(day, _day_of_row(row), _with_names(days[day], row), row.source)
        if not change.is_real:
            if row.source != source and row.source not in protected:
                touched.append(_write(row, change.after, source, now))
        elif row.source in protected:
            done.kept.append(change)
        else:
            done.changed.append(change)
            touched.append(_write(row, change.after, source, now))
    new = [_write(model(zone=zone, date=day), days[day], source, now) for day in done.created]
    model.objects.bulk_create(new, batch_size=500)
    model.objects.bulk_update(touched, [*COLUMNS, "source", "imported_at"], batch_size=100)
    return done


def _with_names(day: Day, row: Any) -> Day:
    """A source that knows no name in one language takes away none that is there."""
    if day.is_workday != row.is_workday:
        return day
    return replace(day, name_zh=day.name_zh or row.name_zh, name_en=day.name_en or row.name_en)


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


def _listed_days(text: str, years: list[int]) -> tuple[dict[date, Day], tuple[date, ...]]:
    """Of the wanted years, and which are passed over."""
    rows = _json_rows(text) if text.lstrip().startswith(("{", "[")) else _csv_rows(text)
    listed, others = dict[date, Day](), list[date]()
    for place, row in rows:
        day, parsed = _row(row, place)
        if day in listed or day in others:
            raise InvalidCalendar(_("%(place)s: %(day)s is listed twice") % {"place": place, "day": day})
        if day.year in years:
            listed[day] = parsed
        elif {day.year - 1, day.year + 1} & set(years):
            others.append(day)
        else:
            raise InvalidCalendar(
                _("%(place)s: %(day)s is not in %(years)s") % {"place": place, "day": day, "years": ", ".join(map(str, years))}
            )
    return listed, tuple(sorted(others))


def _csv_rows(text: str) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if not {"date", "is_workday"} <= set(reader.fieldnames or ()):
            raise InvalidCalendar(_("line 1: the columns date and is_workday are needed (name_zh and name_en may follow)"))
        for row in reader:
            yield _("line %(number)s") % {"number": reader.line_num}, row
    except csv.Error as error:
        raise InvalidCalendar(str(error)) from error


def _json_rows(text: str) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    """As holiday-cn publishes it: {"days": [{"name", "date", "isOffDay"}]}. A make-up day carries the name of what it makes up for."""
    try:
        told = json.loads(text)
        days = told["days"] if isinstance(told, dict) else told
        for place, each in enumerate(days, 1):
            off = each["isOffDay"]
            if not isinstance(off, bool):
                raise InvalidCalendar(_("%(place)s: isOffDay is %(value)r, not true or false") % {"place": _day_place(place), "value": off})
            name = str(each.get("name", "")) if off else ""
            yield (
                _day_place(place),
                {"date": str(each["date"]), "is_workday": "0" if off else "1", "name_zh": name, "name_en": _english(name)},
            )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, InvalidCalendar):
            raise
        raise InvalidCalendar(_('not a calendar in JSON: {"days": [{"name", "date", "isOffDay"}]} is needed')) from error


def _day_place(number: int) -> str:
    return _("day %(number)s") % {"number": number}


def _english(name: str) -> str:
    return next((english for chinese, english in HOLIDAY_NAMES.values() if chinese == name), "")


def _row(row: Mapping[str, str | None], place: str) -> tuple[date, Day]:
    text = {name: (row.get(name) or "").strip() for name in ("date", "is_workday", "name_zh", "name_en")}
    try:
        day = date.fromisoformat(text["date"])
    except ValueError as error:
        raise InvalidCalendar(_("%(place)s: %(value)r is not a date like 2027-01-01") % {"place": place, "value": text["date"]}) from error
    if text["is_workday"].lower() not in YES | NO:
        raise InvalidCalendar(_("%(place)s: is_workday is %(value)r, not 1 or 0") % {"place": place, "value": text["is_workday"]})
    is_workday, names = text["is_workday"].lower() in YES, (text["name_zh"], text["name_en"])
    if max(map(len, names)) > NAME:
        raise InvalidCalendar(_("%(place)s: a name has more than %(most)s characters") % {"place": place, "most": NAME})
    return day, Day(is_workday, kind_of(day, is_workday=is_workday, named=any(names)), *names)


def _day_of_row(row: Any) -> Day:
    return Day(row.is_workday, row.kind, row.name_zh, row.name_en)


def _write(row: Any, day: Day, source: str, now: datetime) -> Any:
    for column in COLUMNS:
        setattr(row, column, getattr(day, column))
    row.source, row.imported_at = source, now
    return row
