"""Instants and spans in the reader's words: weekday, zone by name, 24:00 for the end of a day, time left."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.zones import DEFAULT_ZONE

MINUTE, HOUR, DAY = 60, 3600, 86400


def zone_text() -> str:
    """The active zone, by the name people use for it."""
    name = timezone.get_current_timezone_name()
    return _("Beijing time") if name == DEFAULT_ZONE else name.replace("_", " ")


def moment_text(at: datetime) -> str:
    """Weekday, date and time in the active zone: "Sat 10 Oct 2026, 18:05"."""
    return date_format(timezone.localtime(at), pgettext("date format", "D j M Y, H:i"))


def short_moment_text(at: datetime) -> str:
    """For dense lists, where the year is clear: "Sat 10 Oct, 18:05"."""
    return date_format(timezone.localtime(at), pgettext("date format", "D j M, H:i"))


def deadline_text(due_at: datetime) -> str:
    """Like moment_text, but midnight that ends a day of the calendar reads "… 24:00" to who lives in that zone."""
    local = timezone.localtime(due_at)
    in_calendar_zone = timezone.get_current_timezone_name() == DEFAULT_ZONE
    if not in_calendar_zone or (local.hour, local.minute, local.second) != (0, 0, 0):
        return moment_text(due_at)
    return _("%(date)s 24:00") % {"date": date_format(local - timedelta(days=1), pgettext("date format", "D j M Y"))}


def calendar_day_text(due_at: datetime) -> str:
    """The day a deadline falls on in the calendar's own zone: "Sat 10 Oct 2026"."""
    last = due_at.astimezone(ZoneInfo(DEFAULT_ZONE)) - timedelta(microseconds=1)
    return date_format(last, pgettext("date format", "D j M Y"))


def span_text(seconds: float) -> str:
    """Two units at most: "3 d 4 h", "4 h 20 min", "12 min"."""
    whole = int(abs(seconds))
    days, hours, minutes = whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE
    if days:
        return _("{0} d {1} h").format(days, hours)
    if hours:
        return _("{0} h {1} min").format(hours, minutes)
    return _("{0} min").format(minutes) if minutes else _("less than a minute")


def remaining_text(due_at: datetime, now: datetime) -> str:
    """Time left until `due_at`, or how long ago it passed."""
    seconds = (due_at - now).total_seconds()
    pattern = _("{0} left") if seconds >= 0 else _("{0} overdue")
    return pattern.format(span_text(seconds))
