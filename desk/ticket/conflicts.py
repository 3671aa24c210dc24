"""What has happened on a ticket since a page of it was opened: said in words, and whether it stands in the way of an act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.formatting import moment_text
from desk.shell.labels import EVENT_OF_DESK
from tickets.models import Event, Ticket
from tickets.words import EVENT

# One's own words are no news to oneself; a warning of the clock changes nothing that somebody could overwrite.
OWN = frozenset({"reply", "note", "call"})
HARMLESS = frozenset({"timer.warned"})
MOST = 10


class PageVersion(NamedTuple):
    """What the page showed: the ticket's version, and the number of its last event."""

    version: int
    seq: int


@dataclass(frozen=True)
class News:
    """`version` is the one that stands; `lines` what the person has not seen, the latest first."""

    version: int
    lines: Sequence[str]

    def conflicts_with(self, seen: PageVersion) -> bool:
        return self.version != seen.version and (bool(self.lines) or seen.seq < 0)


def news(person: User, ticket: Ticket, seen: PageVersion) -> News:
    """Nothing is asked of the database where the version is the same."""
    if ticket.version == seen.version or seen.seq < 0:
        return News(ticket.version, ())
    events = list(Event.objects.of(ticket, person).filter(seq__gt=seen.seq).select_related("actor").order_by("-seq")[: MOST + 1])
    mine = [event for event in events if event.kind in HARMLESS or (event.kind in OWN and event.actor_id == person.pk)]
    lines = [_line(event) for event in events if event not in mine]
    # A change that wrote no line for this person is one all the same; and of a long row of lines not all are looked at.
    unseen = not events or (len(events) > MOST and not lines)
    return News(ticket.version, [_("Something that you do not see.")] if unseen else lines)


def _line(event: Event) -> str:
    what = EVENT_OF_DESK.get(event.kind) or EVENT.get(event.kind) or event.kind
    who = str(event.actor) if event.actor else _("the clock")
    return f"{moment_text(event.at)} · {who}: {what}"
