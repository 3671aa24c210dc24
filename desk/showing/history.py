"""A page of a ticket's history, the latest first: as many rows are read for two hundred events as for twenty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from django.utils.dateparse import parse_datetime

from accounts.models import User
from desk.showing.timeline import SPOKEN
from tickets.case import Case
from tickets.models import Event, Message
from tickets.querysets import among_colleagues
from tickets.statements import Kept

SIZE = 40


@dataclass(frozen=True)
class Page:
    """`older` is where the next page begins, or empty."""

    events: list[Event]
    messages: list[Message]
    older: str
    is_older: bool


def page_of(case: Case, viewer: User, before: str) -> Page:
    """`before`: the moment with which the page begins, as the last page's `older` gave it. Two queries."""
    until = _moment(before)
    colleague = among_colleagues(case.ticket, viewer)
    if until is None:
        found, said = (latest(case.ticket.pk) for latest in _latest(colleague))
    else:
        found = list(_events(colleague, case.ticket.pk).filter(at__lte=until)[: SIZE + 1])
        said = list(_messages(colleague, case.ticket.pk).filter(created_at__lte=until)[: SIZE + 1])
    older = _older(sorted([*(event.at for event in found), *(message.created_at for message in said)], reverse=True))
    if older is not None:
        found = [event for event in found if event.at > older]
        said = [message for message in said if message.created_at > older]
    return Page(found, said, older.isoformat() if older else "", until is not None)


def _events(colleague: bool, ticket: int) -> Any:
    return Event.objects.on(ticket, colleague).exclude(kind__in=SPOKEN).order_by("-at", "-seq")


def _messages(colleague: bool, ticket: int) -> Any:
    return Message.objects.on(ticket, colleague).order_by("-created_at", "-id")


@lru_cache(maxsize=2)
def _latest(colleague: bool) -> tuple[Kept, Kept]:
    events, messages = (partial(rows, colleague) for rows in (_events, _messages))
    return Kept(lambda ticket: events(ticket)[: SIZE + 1], int), Kept(lambda ticket: messages(ticket)[: SIZE + 1], int)


def named(page: Page, known: Mapping[int, str]) -> Mapping[int, str]:
    """What those who acted or wrote are called; one query more only for somebody who is neither around the case nor at the desk."""
    people = {event.actor_id for event in page.events} | {message.author_id for message in page.messages}
    strangers = [pk for pk in people if pk is not None and pk not in known]
    return {**known, **{person.pk: str(person) for person in User.objects.filter(pk__in=strangers)}} if strangers else known


def _older(moments: list[datetime]) -> datetime | None:
    """What happened in one instant is never parted: all of it goes to the next page, unless it would fill this one."""
    if len(moments) <= SIZE or moments[0] == moments[SIZE]:
        return None
    return moments[SIZE]


def _moment(text: str) -> datetime | None:
    try:
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
