"""Which days, and which category, a report is about. Days are those of the calendar's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sla.policies import PolicySnapshot
from tickets.policy.playbooks import playbooks
from tickets.workflow import Invalid

DAYS = 30
MOST_DAYS = 3 * 366


@dataclass(frozen=True)
class Scope:
    """From 00:00 of `first` to 24:00 of `last`; `category` empty: all."""

    first: date
    last: date
    zone: str
    category: str = ""

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, self.tz).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first instant behind it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.tz).astimezone(UTC)

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.tz).astimezone(UTC)


def scope_of(given: Mapping[str, str], now: datetime, policy: PolicySnapshot) -> Scope:
    """From `from`, `to` (ISO dates) and `category`; without them the last 30 days, today included. Raises Invalid naming the field."""
    today = now.astimezone(ZoneInfo(policy.zone)).date()
    last = _day("to", given.get("to", "")) or today
    first = _day("from", given.get("from", "")) or last - timedelta(days=DAYS - 1)
    if first > last:
        raise Invalid({"from": [_("The first day must not come after the last.")]})
    if (last - first).days >= MOST_DAYS:
        raise Invalid({"from": [_("Choose a span of at most three years.")]})
    category = given.get("category", "")
    if category and category not in playbooks(policy.version):
        raise Invalid({"category": [_("There is no such category.")]})
    return Scope(first, last, policy.zone, category)


def _day(name: str, text: str) -> date | None:
    """Years that a calendar can count in."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2999:
        raise Invalid({name: [_("Enter a date such as 2026-03-10.")]})
    return found
