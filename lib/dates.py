"""Instants and spans in the reader's words: weekday, zone by name, 24:00 for the end of a day, time left."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from lib.zones import DEFAULT_ZONE

MINUTE, HOUR, DAY = 60, 3600, 86400
# Django's own short weekdays are long in Chinese (星期六).
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)

PATTERNS = {"j M Y": pgettext_lazy("date format", "j M Y"), "j M": pgettext_lazy("date format", "j M")}


def zone_text() -> str:
    """The active zone, by the name people use for it."""
    name = timezone.get_current_timezone_name()
    return _("Beijing time") if name == DEFAULT_ZONE else name.replace("_", " ")


def moment_text(at: datetime) -> str:
    """Weekday, date and time in the active zone: "Sat 10 Oct 2026, 18:05"."""
    return _moment(get_language() or "", timezone.localtime(at), "j M Y")


def short_moment_text(at: datetime) -> str:
    """For dense lists, where the year is clear: "Sat 10 Oct, 18:05"."""
    return _moment(get_language() or "", timezone.localtime(at), "j M")


def day_text(at: datetime) -> str:
    """The day alone, in the active zone: "Sat 10 Oct 2026"."""
    return _day(timezone.localtime(at).date(), "j M Y")


def end_of_day(due_at: datetime, zone: tzinfo | None = None) -> date | None:
    """The day that ends with this instant, to who lives in the calendar's zone; None where it ends none, or elsewhere.

    The one rule by which a deadline reads "… 24:00" and not "next day 00:00", wherever it is told. Without `zone` in the active one.
    """
    zone = zone or timezone.get_current_timezone()
    last = (due_at - timedelta.resolution).astimezone(zone).date()
    return last if last != due_at.astimezone(zone).date() and str(zone) == DEFAULT_ZONE else None


def deadline_text(due_at: datetime) -> str:
    """Like moment_text, but midnight that ends a day of the calendar reads "… 24:00" to who lives in that zone."""
    day = end_of_day(due_at)
    return _("{day} {time}").format(day=_day(day, "j M Y"), time="24:00") if day else moment_text(due_at)


def calendar_day_text(due_at: datetime) -> str:
    """The day a deadline falls on in the calendar's own zone: "Sat 10 Oct 2026"."""
    last = due_at.astimezone(ZoneInfo(DEFAULT_ZONE)) - timedelta(microseconds=1)
    return _day(last.date(), "j M Y")


def with_zone(text: str) -> str:
    """The text and, in brackets, the zone it is told in."""
    return _("{text} ({zone})").format(text=text, zone=zone_text())


def _moment(language: str, local: datetime, date_pattern: str) -> str:
    """In the active language. Kept by what the clock on the wall shows: one moment is another date elsewhere, and equal to it."""
    return _moment_in(language, local.date(), f"{local:%H:%M}", date_pattern)


@lru_cache(maxsize=4096)
def _moment_in(language: str, day: date, time: str, date_pattern: str) -> str:
    return _("{day}, {time}").format(day=_day_in(language, day, date_pattern), time=time)


def _day(day: date, date_pattern: str) -> str:
    return _day_in(get_language() or "", day, date_pattern)


@lru_cache(maxsize=2048)
def _day_in(language: str, day: date, date_pattern: str) -> str:
    """In the active language. A page with thirty moments has few days, and Django works a pattern out letter by letter."""
    pattern = PATTERNS[date_pattern]
    return _("{weekday} {date}").format(weekday=WEEKDAYS[day.weekday()], date=date_format(day, str(pattern)))


def span_text(seconds: float) -> str:
    """Two units at most: "3 d 4 h", "4 h 20 min", "12 min"."""
    whole = int(abs(seconds))
    days, hours, minutes = whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE
    if days:
        return (_("{0} d {1} h") if hours else _("{0} d")).format(days, hours)
    if hours:
        return (_("{0} h {1} min") if minutes else _("{0} h")).format(hours, minutes)
    return _("{0} min").format(minutes) if minutes else _("less than a minute")


def remaining_text(due_at: datetime, now: datetime) -> str:
    """Time left until `due_at`, or how long ago it passed."""
    seconds = (due_at - now).total_seconds()
    pattern = _("{0} left") if seconds >= 0 else _("{0} overdue")
    return pattern.format(span_text(seconds))
