"""A page of a ticket's history, the latest first: as many rows are read for two hundred events as for twenty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from accounts.models import User
from lib.types import Record
from tickets.cases.case import Case
from tickets.cases.loading import Rows, Sources
from tickets.models import Event, Message, Ticket
from tickets.models.querysets import is_staff_not_owner

SIZE = 40
# Their words stand in the messages themselves.
MESSAGE_EVENTS = frozenset({"message", "reply", "note", "incident_notice"})


# What a line of history is made of; a model for each of forty would take as long as all the rest of the page's rows.
class EventLine(NamedTuple):
    """The database's rows are of a class of its own with these fields."""

    id: int
    seq: int
    kind: str
    actor_id: int | None
    at: datetime
    from_status: str
    to_status: str
    data: Record
    visibility: str


class MessageLine(NamedTuple):
    """As EventLine."""

    id: int
    author_id: int
    visibility: str
    by_staff: bool
    eta_at: datetime | None
    created_at: datetime
    body: str
    folded: str


@dataclass(frozen=True)
class HistoryPage:
    """`older` is where the next page begins, or empty."""

    events: Sequence[EventLine]
    messages: Sequence[MessageLine]
    older: str
    is_older: bool


def latest(ticket: Ticket, viewer: User) -> Sources:
    """What `gather_whole` reads besides, for the first page."""
    return LATEST[is_staff_not_owner(ticket, viewer)]


def first_page(rows: Rows) -> HistoryPage:
    """From what `latest` named."""
    return _page(rows["events"], rows["messages"], is_older=False)


def page_before(case: Case, viewer: User, until: datetime) -> HistoryPage:
    """The page that begins with this moment. Two queries."""
    colleague = is_staff_not_owner(case.ticket, viewer)
    here = (colleague, case.ticket.pk, viewer.pk, until)
    return _page(list(_events(*here)), list(_messages(*here)), is_older=True)


def moment(text: str) -> datetime | None:
    """As a page's `older` gave it; None for anything else."""
    try:
        at = parse_datetime(text.replace(" ", "+"))
        return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _events(colleague: bool, ticket: int, reader: int, until: datetime | None = None) -> QuerySet[Event, EventLine]:
    rows = Event.objects.on(ticket, reader, colleague).exclude(kind__in=MESSAGE_EVENTS)
    return (rows.filter(at__lte=until) if until else rows).order_by("-at", "-seq").values_list(*EventLine._fields, named=True)[: SIZE + 1]


def _messages(colleague: bool, ticket: int, reader: int, until: datetime | None = None) -> QuerySet[Message, MessageLine]:
    rows = Message.objects.on(ticket, reader, colleague)
    return (
        (rows.filter(created_at__lte=until) if until else rows)
        .order_by("-created_at", "-id")
        .values_list(*MessageLine._fields, named=True)[: SIZE + 1]
    )


def _latest(colleague: bool) -> Sources:
    return (
        ("events", lambda ticket, reader: _events(colleague, ticket, reader)),
        ("messages", lambda ticket, reader: _messages(colleague, ticket, reader)),
    )


LATEST: Mapping[bool, Sources] = {colleague: _latest(colleague) for colleague in (True, False)}


def _page(events: Sequence[EventLine], messages: Sequence[MessageLine], *, is_older: bool) -> HistoryPage:
    older = _older(sorted([*(event.at for event in events), *(message.created_at for message in messages)], reverse=True))
    if older is not None:
        events = [event for event in events if event.at > older]
        messages = [message for message in messages if message.created_at > older]
    return HistoryPage(events, messages, older.isoformat() if older else "", is_older)


def names_on_page(page: HistoryPage, known: Mapping[int, str]) -> Mapping[int, str]:
    """What those who acted or wrote are called; one query more only for somebody who is neither around the case nor at the desk."""
    people = {event.actor_id for event in page.events} | {message.author_id for message in page.messages}
    people |= {person for event in page.events for name in ("named", "freed") for person in event.data.get(name, ())}
    strangers = [pk for pk in people if pk is not None and pk not in known]
    return {**known, **{person.pk: str(person) for person in User.objects.filter(pk__in=strangers)}} if strangers else known


def _older(moments: list[datetime]) -> datetime | None:
    """What happened in one instant is never parted: all of it goes to the next page, unless it would fill this one."""
    if len(moments) <= SIZE or moments[0] == moments[SIZE]:
        return None
    return moments[SIZE]
