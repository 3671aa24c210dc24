"""What every notification channel is made of: its row, the message it carries, and what came of sending one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Flag, auto
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from tickets.models import ChannelAddress


@dataclass(frozen=True)
class ChannelMessage:
    """All that leaves the house on a channel: which kind of news in words, the reference, when it is due, where to read on.

    Never a name, a sum, an account, an order number or anything somebody wrote.
    """

    kind: str
    title: str
    url: str
    key: str  # the same for every try, so that a receiver can tell a second one
    reference: str = ""
    due: str = ""
    urgent: bool = False
    most_characters: int = 2000

    @property
    def lines(self) -> list[str]:
        return [line for line in (self.reference, self.due, self.url) if line]

    @property
    def text(self) -> str:
        """Title and lines. Where they are too long the date gives way, then the title's end, then the reference; the link never."""
        undated = [line for line in self.lines if line != self.due]
        for lines in (self.lines, undated):
            if len(whole := "\n".join([self.title, *lines])) <= self.most_characters:
                return whole
        for lines in (undated, [self.url]):
            if (room := self.most_characters - len("\n".join(["…", *lines]))) > 0:
                return "\n".join([f"{self.title[:room]}…", *lines])
        return self.url


@dataclass(frozen=True)
class SendOutcome:
    """`error` is "" for what was taken. `final`: another try will not help. `is_away`: not even a try, nobody was there to take it."""

    error: str = ""
    final: bool = False
    is_away: bool = False


class Transport(Protocol):
    """How a message goes out. Made once for a channel; called outside any transaction, perhaps by several threads."""

    def send(self, message: ChannelMessage, address: str, timeout: float) -> SendOutcome:
        """Raises nothing that the other side can bring about."""


class Owners(Flag):
    """Who may have an address of their own on a channel."""

    PERSON = auto()  # of the desk
    GROUP = auto()  # a role's group, or the roster


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One row of the registry. Every field must be filled in; what is left out is refused by its name when the process starts."""

    key: str
    label: str | Promise
    hint: str | Promise  # how an address is written; where none is typed, which one is taken
    transport: Transport
    clean_address: Callable[[str], str]  # as it is kept. Raises ValidationError
    resolve: Callable[[ChannelAddress], str]  # where a message to this row goes; "" when there is nothing any more
    is_typed: bool  # somebody types the address; otherwise it is the person's own, which was proven
    is_secret: bool  # whoever knows the address can write there: it is never shown in full
    owners: Owners
    customers: bool  # customers are told on it
    urgent: bool  # carries urgent messages too
    most_characters: int
    timeout: float  # seconds of one call, all in all
    is_on: Callable[[], bool]  # whether this install has it

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            # A lazy word is not asked: no language is there yet.
            if value is None or (isinstance(value, str | int | float | Flag) and not isinstance(value, bool) and not value):
                raise ImproperlyConfigured(f"Notification channel {self.key or '?'}: {each.name} is not filled in.")

    def describe(self, address: str) -> str:
        """For a page: which one it is, and no more."""
        if not self.is_secret:
            return address
        return f"…{address[-4:]}" if len(address) > 12 else "…"
