"""The desk's words of one language as plain text: looked up once, so that a list of fifty rows asks gettext nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.dateformat import format as date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts.models import User
from accounts.roles import STAFF_ROLES, WATCHING_ROLES
from lib import memo
from lib.dates import WEEKDAYS
from lib.languages import localised_value
from sla.policies import current
from tickets import words
from tickets.models import EscalationTarget, Tag
from tickets.policy.playbooks import playbooks

Plain = Mapping[str, str]


@dataclass(frozen=True)
class CachedLabels:
    """Words by code, as HTML, and the patterns of moments and spans."""

    status: Plain
    stage: Plain
    waiting_on: Plain
    both: str
    lane: Plain
    timer: Plain
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_date: str
    left: str
    overdue: str
    days: str
    hours: str
    minutes: str
    moment: str


@lru_cache(maxsize=4)
def labels_in(language: str) -> CachedLabels:
    """The words of that language."""
    with override(language):
        return CachedLabels(
            status=_plain(words.STATUS),
            stage=_plain(words.STAGE),
            waiting_on=_plain(words.WAITING_ON),
            both=escape(str(words.WAITING_ON_BOTH)),
            lane=_plain(words.LANE),
            timer=_plain(words.TIMER),
            weekdays=tuple(str(day) for day in WEEKDAYS),
            months=tuple(date_format(date(2000, month, 1), pgettext("month in a short date", "M")) for month in range(1, 13)),
            short_date=pgettext("0 weekday, 1 day, 2 month", "{0} {1} {2}"),
            left=_("{0} left"),
            overdue=_("{0} overdue"),
            days=_("{0} d {1} h"),
            hours=_("{0} h {1} min"),
            minutes=_("{0} min"),
            moment=_("less than a minute"),
        )


def _plain(lazy: Mapping[str, object]) -> Plain:
    return {code: escape(str(text)) for code, text in lazy.items()}


def minute_of(now: datetime) -> int:
    """The key of what is remembered for a minute in this process: names that hardly ever change and decide nothing."""
    return int(now.timestamp() // 60)


def category_titles(language: str, now: datetime) -> Plain:
    """Titles of the categories in force by key, as HTML. What a new policy calls them shows within a minute."""
    return _titles(language, minute_of(now))


@memo.lru(maxsize=4)
def _titles(language: str, minute: int) -> Plain:
    books = playbooks(current(datetime.fromtimestamp(minute * 60 + 59, tz=UTC)).version)
    return {key: escape(localised_value(book, "title", language)) for key, book in books.items()}


class Colleague(NamedTuple):
    """`name` as HTML."""

    pk: int
    email: str
    name: str


def people_of_the_desk(now: datetime) -> Sequence[Colleague]:
    """Active members of the five groups by name. A new one shows within a minute; permission is asked elsewhere."""
    return _people(minute_of(now))


@memo.lru(maxsize=2)
def _people(minute: int) -> Sequence[Colleague]:
    people = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).order_by("name", "email").distinct()
    return [Colleague(pk, email, escape(name or email)) for pk, email, name in people.values_list("pk", "email", "name")]


def people_who_watch(now: datetime) -> frozenset[int]:
    """Whom only a supervisor may say that a complaint is about."""
    return _watching(minute_of(now))


@memo.lru(maxsize=2)
def _watching(minute: int) -> frozenset[int]:
    return frozenset(User.objects.filter(groups__name__in=WATCHING_ROLES).values_list("pk", flat=True))


def colleagues(now: datetime) -> Mapping[int, str]:
    """Their names by key, as HTML."""
    return _names(minute_of(now))


@memo.lru(maxsize=2)
def _names(minute: int) -> Mapping[int, str]:
    return {person.pk: person.name for person in _people(minute)}


class TagWord(NamedTuple):
    """`name` as HTML."""

    code: str
    name: str
    tone: str


def tags_in_use(now: datetime) -> Sequence[TagWord]:
    """Tags that can be put on, by name. A new one shows within a minute."""
    return _tags(minute_of(now))


@memo.lru(maxsize=2)
def _tags(minute: int) -> Sequence[TagWord]:
    return [TagWord(tag.name, escape(tag.name), tag.tone) for tag in Tag.objects.filter(archived=False)]


def target_titles(language: str, now: datetime) -> Plain:
    """Where a complaint can be taken, by key. What an admin renames shows within a minute."""
    return _target_titles(language, minute_of(now))


@memo.lru(maxsize=4)
def _target_titles(language: str, minute: int) -> Plain:
    with override(language):
        return {target.key: target.title for target in EscalationTarget.objects.all()}
