"""What a program may listen to, and which of it one line of history is."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from tickets.models import Decision, Event, Remedy, Ticket
from tickets.workflow import ACTIONS, EVENTS, Status, event_row
from tickets.workflow.events import ANSWERED_BY, IDENTITY_CHECK_DUE, REMEDY_DUE

PING = "ping"
FAST_LANE = "overseas_24h"
CREATED, CHANGED = "ticket.created", "ticket.status_changed"
# Of what an event says, only codes go out: no words of people, no reference of a bank, no name of a file.
EVENT_DATA_FIELDS = ("timer", "cycle", "due_at", "level", "target", "kind")


def all_types() -> tuple[str, ...]:
    """What the rows of events and actions name, besides what every change of status is told as."""
    named = (told for rows in (EVENTS, ACTIONS) for row in rows.values() for told in (row.webhook, row.asks) if told)
    return tuple(dict.fromkeys((CREATED, CHANGED, *named)))


# Of no complaint: how the history as a whole stands sealed.
SEALED = "seal.made"
TYPES = (*all_types(), SEALED)


def types_of(kind: str, from_status: str, to_status: str, lane: str = "") -> Iterator[str]:
    """None, one or several of all_types(). Who a person is, is checked in the fast lane from abroad alone."""
    if from_status == Status.DRAFT and to_status != Status.DRAFT:
        yield CREATED
    if to_status and from_status != to_status:
        yield CHANGED
    row = event_row(kind)
    if row is not None and row.webhook:
        yield row.webhook
    if row is not None and row.asks and (row.asks != IDENTITY_CHECK_DUE or lane == FAST_LANE):
        yield row.asks


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
        **(_adapter_members(type_, ticket) if type_ in ANSWERED_BY else {}),
    }


def _adapter_members(type_: str, ticket: Ticket) -> dict[str, object]:
    """Flat, as the freeze adapter is asked: whose it is there, what is still to be done as it stands now, and where the answer goes."""
    told: dict[str, object] = {"ref": ticket.ref, "external_id": ticket.external_id, "respondent": ticket.respondent}
    if type_ == REMEDY_DUE:
        rows = Remedy.objects.filter(decision__ticket=ticket, decision__state=Decision.State.EFFECTIVE, state=Remedy.State.PENDING)
        remedies = [{"kind": row.kind, "amount": str(row.amount) if row.amount is not None else None} for row in rows.order_by("pk")]
        told |= {"remedies": remedies, "currency": ticket.currency}
    return {**told, "callback_url": f"{settings.SITE_URL}/api/v1/tickets/{ticket.ref}/actions/{ANSWERED_BY[type_]}/"}
