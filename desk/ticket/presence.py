"""Who else has a ticket open, and who is typing: heartbeats in the cache, gone half a minute after the last. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from desk.shell.cached_labels import people_of_the_desk

LOOKING, TYPING = "looking", "typing"
# Three missed heartbeats of ten seconds.
SECONDS = 35


class Other(NamedTuple):
    name: str
    types: bool


def beat(person: User, ticket_id: int, *, types: bool) -> None:
    cache.set(_key(ticket_id, person.pk), TYPING if types else LOOKING, SECONDS)


def leave(person: User, ticket_id: int) -> None:
    cache.delete(_key(ticket_id, person.pk))


def others(person: User, ticket_id: int) -> Sequence[Other]:
    """One look into the cache, however many colleagues there are."""
    keys = {_key(ticket_id, each.pk): each.name for each in people_of_the_desk(timezone.now()) if each.pk != person.pk}
    found = cache.get_many(keys)
    return [Other(unescape(name), found[key] == TYPING) for key, name in keys.items() if key in found]


def _key(ticket_id: int, person_id: int) -> str:
    return f"desk.presence.{ticket_id}.{person_id}"
