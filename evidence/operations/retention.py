"""Until when an item is kept: when its purge falls due, or the end of the legal hold that stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from evidence.models import EvidenceItem
from sla.policies import snapshot
from tickets.models import Ticket, Timer
from tickets.policy.retention import days_kept, goes_with_the_purge
from tickets.workflow import Status, TimerKey

State = EvidenceItem.State


@dataclass(frozen=True)
class Retention:
    """`until` is known once the ticket is closed; before that it is `days` after the closing. Neither: as long as the ticket.

    `held_until` is the end of a legal hold: nothing goes before it, whatever the other two say.
    """

    until: datetime | None
    days: int | None
    held_until: datetime | None


def retention_by_item(items: Iterable[EvidenceItem]) -> Mapping[int, Retention]:
    """By the item's id, for what is not deleted yet. One query for all of them; the items come with their tickets."""
    kept = [item for item in items if item.state != State.DELETED]
    closed = {item.ticket_id for item in kept if item.ticket.status == Status.CLOSED}
    clocks = Timer.objects.filter(ticket__in=closed, key=TimerKey.EVIDENCE_PURGE, stopped_at=None, cancelled=False)
    due = dict(clocks.values_list("ticket", "due_at")) if closed else {}
    now = timezone.now()
    return {item.pk: _retention_of(item.ticket, item.kind, due.get(item.ticket_id), now) for item in kept}


def _retention_of(ticket: Ticket, kind: str, purge_due: datetime | None, now: datetime) -> Retention:
    hold = ticket.legal_hold_until
    held_until = hold if hold is not None and hold > now else None
    policy = snapshot(ticket.policy_id)
    days = days_kept(policy, kind)
    if days is None or ticket.status != Status.CLOSED or ticket.closed_at is None:
        return Retention(None, days, held_until)
    by_clock = purge_due if goes_with_the_purge(policy, kind) else None
    return Retention(by_clock or ticket.closed_at + timedelta(days=days), days, held_until)
