"""Moments and money for pages with many of them: the patterns are read once, the rest is arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from html import escape

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from desk.shell.cached_labels import CachedLabels, labels_in
from lib.dates import end_of_day

DAY, HOUR, MINUTE = 86400, 3600, 60


def day_text(local: date, said: CachedLabels) -> str:
    """Weekday, day and month of a day or a local moment."""
    return said.short_date.format(said.weekdays[local.weekday()], local.day, said.months[local.month - 1])


def moment_text(at: datetime) -> str:
    """In the viewer's zone, with the year only where it is another than this one."""
    return _text(at, abs(timezone.now() - at) < timedelta(days=180), get_language() or "", timezone.get_current_timezone())


@lru_cache(maxsize=4096)
def _text(at: datetime, is_near: bool, language: str, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    year = "" if is_near else f"{local.year} "
    return f"{year}{day_text(local, labels_in(language))} {local:%H:%M}"


def deadline_text(due_at: datetime) -> str:
    """Likewise, of an instant by which something is due: the end of a day reads "24:00"."""
    day = end_of_day(due_at)
    if day is None:
        return moment_text(due_at)
    year = "" if abs(timezone.now() - due_at) < timedelta(days=180) else f"{day.year} "
    return f"{year}{day_text(day, labels_in(get_language() or ''))} 24:00"


def moment_of(text: object, tell: Callable[[datetime], str] = moment_text) -> str:
    """A moment kept as ISO text, in words; anything else as it is. `tell` is deadline_text where it is due then."""
    try:
        at = parse_datetime(str(text))
    except ValueError:
        at = None
    return tell(at) if at is not None and at.tzinfo is not None else str(text)


def left_text(seconds: float, said: CachedLabels) -> str:
    """How long still, or how long ago."""
    return (said.left if seconds >= 0 else said.overdue).format(span_text(seconds, said))


def span_text(seconds: float, said: CachedLabels) -> str:
    """How long."""
    whole = int(abs(seconds))
    days, hours, minutes = whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE
    if days:
        return said.days.format(days, hours)
    if hours:
        return said.hours.format(hours, minutes)
    return said.minutes.format(minutes) if minutes else said.moment


def money(amount: Decimal | None, currency: str = "CNY") -> str:
    """As HTML; empty for no amount."""
    if amount is None:
        return ""
    sign, number = "-" if amount < 0 else "", f"{abs(amount):,.2f}"
    return f"{sign}¥{number}" if currency == "CNY" else f"{escape(currency)} {sign}{number}"
