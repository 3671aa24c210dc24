"""Who did what, from three logs at once: histories, the custody of evidence, the admin. That it happened, never what was said."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role, roles_of
from desk.privacy.presenter import end_of, start_of
from evidence.models import CustodyEntry
from tickets.models import Event, Ticket

HISTORY, CUSTODY, ADMIN = "h", "c", "a"
SOURCES = (HISTORY, CUSTODY, ADMIN)
READERS = (Role.ADMIN, Role.SUPERVISOR, Role.PRIVACY_OFFICER)
# Custody tells who looked at whose identity card: that is the privacy officers' alone.
READ_BY = {HISTORY: READERS, CUSTODY: (Role.PRIVACY_OFFICER,), ADMIN: (Role.ADMIN, Role.SUPERVISOR)}
Place = dict[str, tuple[datetime, int]]  # of each log: time and key of the last line shown
MICROSECOND = timedelta(microseconds=1)
PLACE = re.compile(r"(?P<source>[hca])(?P<at>[0-9]{1,17})-(?P<key>[0-9]{1,18})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LogQuery:
    """`kind`: one log ("c"), or the codes of one kind of entry in it ("c:viewed", "h:one|other"); "" for all."""

    person: str = ""
    ref: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None

    @cached_property
    def people(self) -> list[int]:
        """By number, not by a subquery: so the database knows whether the person did much or little."""
        return list(User.objects.filter(email=self.person).values_list("pk", flat=True))


@dataclass(frozen=True)
class AuditLine:
    """One entry of a log. `key` counts within its own log, and very nearly as its time does."""

    source: str
    key: int
    at: datetime
    entry: Any = field(compare=False)


def sources_of(user: User) -> list[str]:
    """The logs this person may read."""
    return [source for source in SOURCES if not roles_of(user).isdisjoint(READ_BY[source])]


def lines(user: User, asked: LogQuery, before: Place, size: int) -> list[AuditLine]:
    """The latest first, by time and then by key. One query a log, no offset, and a page's work however old the day."""
    wanted = asked.kind.partition(":")[0]
    read = [source for source in sources_of(user) if wanted in ("", source)]
    found = [_read(user, source, asked, before.get(source), size) for source in read]
    return list(heapq.merge(*found, key=lambda line: line.at, reverse=True))[:size]


def after(shown: Iterable[AuditLine], before: Place) -> Place:
    """The place behind these lines."""
    return {**before, **{line.source: (line.at, line.key) for line in shown}}


def place_text(place: Place) -> str:
    return ".".join(f"{source}{(at - EPOCH) // MICROSECOND}-{key}" for source, (at, key) in sorted(place.items()))


def place_of(text: str) -> Place:
    """What a link of ours names; nothing from anything else."""
    parts = filter(None, map(PLACE.fullmatch, text.split(".")))
    return {part["source"]: (EPOCH + int(part["at"]) * MICROSECOND, int(part["key"])) for part in parts}


def _read(user: User, source: str, asked: LogQuery, before: tuple[datetime, int] | None, size: int) -> list[AuditLine]:
    rows, key, at, kind = {HISTORY: _history, CUSTODY: _custody, ADMIN: _admin}[source](user, asked)
    codes = asked.kind.partition(":")[2]
    if codes:
        rows = rows.filter(**{f"{kind}__in": codes.split("|")})
    if asked.first:
        rows = rows.filter(**{f"{at}__gte": start_of(asked.first)})
    if asked.last:
        rows = rows.filter(**{f"{at}__lt": end_of(asked.last)})
    if before is not None:
        moment, last = before
        behind = Q(**{f"{at}__lt": moment}) | Q(**{at: moment, f"{key}__lt": last})
        rows = rows.filter(behind, **{f"{at}__lte": moment})  # said twice: an index finds its place by the second
    return [AuditLine(source, getattr(row, key), getattr(row, at), row) for row in rows.order_by(f"-{at}", f"-{key}")[:size]]


Log = tuple[QuerySet, str, str, str]  # the rows, and the names of their key, time and kind


def _history(user: User, asked: LogQuery) -> Log:
    """Without `data`: it may quote what people wrote. An admin without a group sees in every list what this one shows."""
    rows = Event.objects.select_related("actor", "ticket").only(
        "kind", "recorded_at", "from_status", "to_status", "ticket__ref", "actor__name", "actor__email"
    )
    if Role.ADMIN not in roles_of(user):
        # Nobody reads the desk's own lines on a case of their own, or about them.
        colleagues = Q(visibility="public") | ~(Q(ticket__owner=user) | Q(ticket__in=Ticket.objects.filter(complained_about=user)))
        rows = rows.filter(colleagues, ticket__in=Ticket.objects.visible_to(user))
    if asked.person:
        rows = rows.filter(actor__in=asked.people)
    if asked.ref:
        rows = rows.filter(ticket__in=Ticket.objects.filter(ref=asked.ref))
    return rows, "id", "recorded_at", "kind"


def _custody(user: User, asked: LogQuery) -> Log:
    rows = CustodyEntry.objects.select_related("by")
    if asked.person:
        rows = rows.filter(by__in=asked.people)
    if asked.ref:
        rows = rows.filter(ticket_id__in=Ticket.objects.filter(ref=asked.ref).values("pk"))
    return rows, "seq", "at", "action"


def _admin(user: User, asked: LogQuery) -> Log:
    """The name of the thing is left out: of a person it would be the address."""
    rows = LogEntry.objects.select_related("user", "content_type")
    if asked.person:
        rows = rows.filter(user__in=asked.people)
    return (rows.none() if asked.ref else rows), "id", "action_time", "action_flag"


def refs_of(shown: Sequence[AuditLine]) -> dict[int, str]:
    """Of the tickets the custody log names by number."""
    numbers = {line.entry.ticket_id for line in shown if line.source == CUSTODY}
    return dict(Ticket.objects.filter(pk__in=numbers).values_list("pk", "ref"))
