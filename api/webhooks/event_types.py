"""What a program may listen to, and which of it one line of history is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tickets.models import Event
from tickets.workflow import Status

PING = "ping"
# The kind of an event → the type told. Changes of status are told besides, whatever brought them about.
OF_EVENT: Mapping[str, str] = {
    "timer.warned": "timer.warned",
    "timer.breached": "timer.breached",
    "timer.expired": "timer.expired",
    "request_freeze": "freeze.requested",
    "confirm_freeze": "freeze.active",
    "fail_freeze": "freeze.failed",
    "lift_freeze": "freeze.lifted",
    "message": "message.received",
    "reply": "message.sent",
    "evidence.added": "evidence.added",
    "evidence.clean": "evidence.clean",
    "approved": "decision.approved",
    "reject": "decision.rejected",
    "escalate": "ticket.escalated",
    "auto_escalated": "ticket.escalated",
}
CREATED, CHANGED = "ticket.created", "ticket.status_changed"
TYPES = tuple(dict.fromkeys((CREATED, CHANGED, *OF_EVENT.values())))
# Of what an event says, only codes go out: no words of people, no reference of a bank, no name of a file.
EVENT_DATA_FIELDS = ("timer", "cycle", "due_at", "level", "target", "kind")


def types_of(kind: str, from_status: str, to_status: str) -> Iterator[str]:
    """None, one or several of TYPES."""
    if from_status == Status.DRAFT and to_status != Status.DRAFT:
        yield CREATED
    if to_status and from_status != to_status:
        yield CHANGED
    if kind in OF_EVENT:
        yield OF_EVENT[kind]


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
