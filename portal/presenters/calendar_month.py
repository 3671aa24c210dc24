"""Why this date, drawn: the calendar sheets of one deadline, each date with its mark and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.languages import active_language, in_chinese, in_script, localised_value
from sla.deadline_calendar import DrawnDay, Month, days_of, months_of
from sla.explanations import EN_WEEKDAYS, ZH_WEEKDAYS, zone_words
from tickets.models import Timer


@dataclass(frozen=True)
class DayCell:
    """One date. `mark` is for the eye, `words` for the ear; neither says more than the other."""

    day: date
    css: str
    mark: str
    words: str
    makeup: bool


@dataclass(frozen=True)
class CalendarMonth:
    title: str
    weeks: list[list[DayCell | None]]


@dataclass(frozen=True)
class Calendar:
    """`legend` holds pairs of a style and what it means, for what occurs."""

    weekdays: Sequence[str]
    sheets: list[CalendarMonth]
    legend: list[tuple[str, str, str]] = field(default_factory=list)
    zone: str = ""


def calendar_of(timer: Timer) -> Calendar | None:
    """None where a clock counts hours: words say all there is."""
    days = days_of(timer.basis, timer.due_at, timer.paused_at)
    if not days:
        return None
    language = active_language()
    weekdays = [in_script(day, language) for day in ZH_WEEKDAYS] if in_chinese(language) else EN_WEEKDAYS
    shown = [_calendar_month(timer, month) for month in months_of(days)]
    return Calendar(weekdays, shown, _legend(timer, days), zone_words(timer.basis, language))


def _calendar_month(timer: Timer, month: Month) -> CalendarMonth:
    weeks = [[_cell(timer, day) if day else None for day in week] for week in month.weeks]
    return CalendarMonth(date_format(month.first, "YEAR_MONTH_FORMAT"), weeks)


def _cell(timer: Timer, day: DrawnDay) -> DayCell:
    return DayCell(day.day, _css(day), _mark(timer, day), _words(timer, day), day.makeup)


def _css(day: DrawnDay) -> str:
    if day.is_due:
        return "due"
    return "holiday" if day.role == "rest" and day.is_holiday else day.role.replace("_", "-")


def _mark(timer: Timer, day: DrawnDay) -> str:
    if day.role == "counted":
        return f"T+{day.number}" if timer.clock == "t1" else str(day.number)
    marks = {"start": pgettext("calendar", "start"), "counted_as": "T", "paused": pgettext("calendar", "still")}
    return marks.get(day.role, "") or (pgettext("calendar", "off") if day.is_holiday else "")


def _words(timer: Timer, day: DrawnDay) -> str:
    parts = [_what(timer, day)]
    if day.makeup:
        parts.append(_("make-up working day"))
    if day.is_due:
        parts.append(_("due at 24:00"))
    return _(", ").join(part for part in parts if part)


def _what(timer: Timer, day: DrawnDay) -> str:
    name = localised_value(day, "holiday")
    if day.role == "counted":
        counts = _("day %(number)d") if timer.clock == "day" else _("working day %(number)d")
        return counts % {"number": day.number}
    rest = name or (_("public holiday") if day.is_holiday else _("rest day"))
    said = {
        "start": _("the day it began, not counted"),
        "counted_as": _("the working day it counts from (T)"),
        "paused": _("standing still"),
    }
    return said.get(day.role, rest)


def _legend(timer: Timer, days: Sequence[DrawnDay]) -> list[tuple[str, str, str]]:
    """Each kind of day that occurs, once; each holiday by its name."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for day in days:
        css, what = _css(day), _kind(timer, day)
        mark = "1 …" if day.role == "counted" and not day.is_due else "" if day.is_due else _mark(timer, day)
        if day.makeup:
            found.setdefault(("makeup", ""), ("makeup", pgettext("calendar", "work"), _("make-up working day")))
        found.setdefault((css, what), (css, mark, what))
    return list(found.values())


def _kind(timer: Timer, day: DrawnDay) -> str:
    if day.is_due:
        return _("due at 24:00")
    if day.role == "counted":
        return _("days that count") if timer.clock == "day" else _("working days that count")
    return _what(timer, day)
