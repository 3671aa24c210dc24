"""Who did what, from three logs at once: histories, the custody of evidence, the admin. That it happened, never what was said."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role, roles_of
from desk.showing.privacy import end_of, start_of
from evidence.models import CustodyEntry
from tickets.models import Event, Ticket

HISTORY, CUSTODY, ADMIN = "h", "c", "a"
SOURCES = (HISTORY, CUSTODY, ADMIN)
READERS = (Role.ADMIN, Role.SUPERVISOR, Role.PRIVACY_OFFICER)
# Custody tells who looked at whose identity card: that is the privacy officers' alone.
READ_BY = {HISTORY: READERS, CUSTODY: (Role.PRIVACY_OFFICER,), ADMIN: (Role.ADMIN, Role.SUPERVISOR)}
Place = dict[str, int]


@dataclass(frozen=True)
class Asked:
    """`kind`: one log ("c"), or the codes of one kind of entry in it ("c:viewed", "h:one|other"); "" for all."""

    person: str = ""
    ref: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Line:
    """One entry of a log. `key` counts within its own log, as its time does."""

    source: str
    key: int
    at: datetime
    entry: Any = field(compare=False)


def sources_of(user: User) -> list[str]:
    """The logs this person may read."""
    return [source for source in SOURCES if not roles_of(user).isdisjoint(READ_BY[source])]


def lines(user: User, asked: Asked, before: Place, size: int) -> list[Line]:
    """The latest first: each log in the order of its keys, the logs among each other by time. One query a log, no offset."""
    wanted = asked.kind.partition(":")[0]
    read = [source for source in sources_of(user) if wanted in ("", source)]
    found = [_read(user, source, asked, before.get(source), size) for source in read]
    return list(heapq.merge(*found, key=lambda line: line.at, reverse=True))[:size]


def after(shown: Iterable[Line], before: Place) -> Place:
    """The place behind these lines: the last key shown of each log."""
    return {**before, **{line.source: line.key for line in shown}}


def place_text(place: Place) -> str:
    return ".".join(f"{source}{key}" for source, key in sorted(place.items()))


def place_of(text: str) -> Place:
    """What a link of ours names; nothing from anything else."""
    parts = [part for part in text.split(".") if part[:1] in SOURCES and part[1:].isdecimal() and len(part) <= len("h") + 18]
    return {part[0]: int(part[1:]) for part in parts}


def _read(user: User, source: str, asked: Asked, before: int | None, size: int) -> list[Line]:
    rows, key, at, kind = {HISTORY: _history, CUSTODY: _custody, ADMIN: _admin}[source](user, asked)
    codes = asked.kind.partition(":")[2]
    if codes:
        rows = rows.filter(**{f"{kind}__in": codes.split("|")})
    if asked.first:
        rows = rows.filter(**{f"{at}__gte": start_of(asked.first)})
    if asked.last:
        rows = rows.filter(**{f"{at}__lt": end_of(asked.last)})
    if before is not None:
        rows = rows.filter(**{f"{key}__lt": before})
    return [Line(source, getattr(row, key), getattr(row, at), row) for row in rows.order_by(f"-{key}")[:size]]


Log = tuple[QuerySet, str, str, str]  # the rows, and the names of their key, time and kind


def _history(user: User, asked: Asked) -> Log:
    """Without `data`: it may quote what people wrote. An admin without a group sees in every list what this one shows."""
    rows = Event.objects.select_related("actor", "ticket").only(
        "kind", "recorded_at", "from_status", "to_status", "ticket__ref", "actor__name", "actor__email"
    )
    if Role.ADMIN not in roles_of(user):
        colleagues = ~Q(ticket__owner=user) | Q(visibility="public")  # nobody reads the desk's own lines on their own case
        rows = rows.filter(colleagues, ticket__in=Ticket.objects.visible_to(user))
    if asked.person:
        rows = rows.filter(actor__in=_people(asked))
    if asked.ref:
        rows = rows.filter(ticket__in=Ticket.objects.filter(ref=asked.ref))
    return rows, "id", "recorded_at", "kind"


def _custody(user: User, asked: Asked) -> Log:
    rows = CustodyEntry.objects.select_related("by")
    if asked.person:
        rows = rows.filter(by__in=_people(asked))
    if asked.ref:
        rows = rows.filter(ticket_id__in=Ticket.objects.filter(ref=asked.ref).values("pk"))
    return rows, "seq", "at", "action"


def _admin(user: User, asked: Asked) -> Log:
    """The name of the thing is left out: of a person it would be the address."""
    rows = LogEntry.objects.select_related("user", "content_type")
    if asked.person:
        rows = rows.filter(user__in=_people(asked))
    return (rows.none() if asked.ref else rows), "id", "action_time", "action_flag"


def _people(asked: Asked) -> QuerySet[User]:
    return User.objects.filter(email=asked.person)


def refs_of(shown: Sequence[Line]) -> dict[int, str]:
    """Of the tickets the custody log names by number."""
    numbers = {line.entry.ticket_id for line in shown if line.source == CUSTODY}
    return dict(Ticket.objects.filter(pk__in=numbers).values_list("pk", "ref"))
