"""Who read what of other people: one row for each reading, in one statement, before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import ReadEntry, User
from accounts.roles import roles_of
from lib.requester import current_network

SALT = "accounts.reads.term"
DIGITS = 32
R = TypeVar("R")


@dataclass
class Reading:
    """What a view says of what it shows while it is made. `count` is None until something was counted."""

    count: int | None = None
    person: int | None = None
    shown: bool = False


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


def begin_reading() -> Reading:
    """For the request in hand."""
    reading = Reading()
    _current.set(reading)
    return reading


def count_read(number: int, person: int | None = None) -> None:
    """So many rows about people are shown; `person`: the key of the one whom all of it is about. Outside of a request: nothing."""
    if (reading := _current.get()) is not None:
        reading.count = (reading.count or 0) + number
        reading.person = person or reading.person


def note_shown() -> None:
    """A whole page was drawn, whatever its status: after a refusal it stands there once more."""
    if (reading := _current.get()) is not None:
        reading.shown = True


def count_each(rows: Iterable[R]) -> Iterator[R]:
    """The same rows, each counted as it leaves: of a file that is written while it is sent."""
    return _counting(rows, _current.get() or Reading())


def _counting(rows: Iterable[R], reading: Reading) -> Iterator[R]:
    for row in rows:
        reading.count = (reading.count or 0) + 1
        yield row


@dataclass(frozen=True)
class ReadOf:
    """`kind` of reading, by which `door`; `place` is the address as the code writes it, `ref` what it names, `term` what was typed."""

    kind: str
    door: str
    place: str
    ref: str = ""
    term: str = ""


def is_reader(user: User) -> bool:
    """Sees what is other people's: whoever works at the desk, in the admin, or for an adapter."""
    return user.is_staff or bool(roles_of(user))


def record_read(user: User, what: ReadOf, reading: Reading) -> ReadEntry:
    """One INSERT. What was searched for is kept as digest and length alone: it is a person's name or number, as a rule."""
    term = what.term.strip()
    return ReadEntry.objects.create(
        at=timezone.now(),
        reader=user,
        kind=what.kind,
        door=what.door,
        place=what.place[:100],
        ref=what.ref[:40],
        person=reading.person,
        count=reading.count,
        term_digest=term_digest(term) if term else "",
        term_length=min(len(term), 32767),
        network=current_network.get(),
    )


def term_digest(term: str) -> str:
    """Of the same words the same, whatever their case and spaces: so one can ask who looked for them."""
    plain = " ".join(term.split()).casefold()
    return salted_hmac(SALT, plain, secret=settings.ACCOUNT_HMAC_KEY, algorithm="sha256").hexdigest()[:DIGITS]


def with_term(what: ReadOf, term: str) -> ReadOf:
    """Whoever narrows a list by words searches."""
    searches = what.kind == ReadEntry.Kind.LISTED and term.strip()
    return replace(what, term=term, kind=ReadEntry.Kind.SEARCHED if searches else what.kind)
