"""What a program may listen to, and which of it one line of history is. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tickets.models import Event
from tickets.workflow import ACTIONS, EVENTS, Status, event_row

PING = "ping"
CREATED, CHANGED = "ticket.created", "ticket.status_changed"
# Of what an event says, only codes go out: no words of people, no reference of a bank, no name of a file.
EVENT_DATA_FIELDS = ("timer", "cycle", "due_at", "level", "target", "kind")


def all_types() -> tuple[str, ...]:
    """What the rows of events and actions name, besides what every change of status is told as."""
    named = (row.webhook for rows in (EVENTS, ACTIONS) for row in rows.values() if row.webhook)
    return tuple(dict.fromkeys((CREATED, CHANGED, *named)))


# Of no complaint: how the history as a whole stands sealed.
SEALED = "seal.made"
TYPES = (*all_types(), SEALED)


def types_of(kind: str, from_status: str, to_status: str) -> Iterator[str]:
    """None, one or several of all_types()."""
    if from_status == Status.DRAFT and to_status != Status.DRAFT:
        yield CREATED
    if to_status and from_status != to_status:
        yield CHANGED
    row = event_row(kind)
    if row is not None and row.webhook:
        yield row.webhook


def payload(type_: str, event: Event) -> dict[str, object]:
    """The body of a call. `event` comes with its ticket. Who wants more asks the API, in their own name."""
    ticket = event.ticket
    return {
        "type": type_,
        "at": event.at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "ticket": {"ref": ticket.ref, "category": ticket.category, "lane": ticket.lane},
        "event": {"seq": event.seq, "kind": event.kind, "from": event.from_status or None, "to": event.to_status or None},
        "data": {name: event.data[name] for name in EVENT_DATA_FIELDS if name in event.data},
    }
