"""Complaints filed before the desk kept count of their evidence: counted once, a few hundred at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from lib.bulk_sql import update_rows
from lib.duties.setting_aside import all_or_each, name_of, waiting_keys
from tickets.cases.case import Case
from tickets.cases.checklist import take_stock
from tickets.cases.shared_reads import SharedReads
from tickets.models import Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.policy.playbooks import playbooks

BATCH = 500
COUNT_FIELDS = ("evidence_need", "evidence_have")
PREFETCH = ("timers", "evidence", "order_references")


def take_missing_stock(now: datetime) -> int:
    """How many open complaints were counted. Nothing else about them changes: no event, no version.

    A playbook that asks for nothing leaves the count at nought; its complaints are not looked at again and again.
    """
    uncounted = Ticket.objects.still_open().filter(evidence_need=0).exclude(category="")
    asking = [
        Q(policy=policy, category=category, lane=lane) for policy, category, lane in _kinds(uncounted) if _asks(policy, category, lane)
    ]
    if not asking:
        return 0
    duty = name_of(take_missing_stock)
    with transaction.atomic():
        some = uncounted.filter(reduce(or_, asking)).order_by("pk").select_for_update(of=("self",), skip_locked=True)
        keys = list(some.exclude(pk__in=waiting_keys(duty, now)).values_list("pk", flat=True)[:BATCH])
        return all_or_each(duty, Ticket, keys, lambda those: _take_stock(those, now), now)


def _take_stock(keys: Sequence[int], now: datetime) -> int:
    tickets = list(Ticket.objects.filter(pk__in=keys).select_related("owner").prefetch_related(*PREFETCH))
    shared = SharedReads()
    for ticket in tickets:
        take_stock(Case(ticket, now, shared=shared))
    update_rows(Ticket, tickets, COUNT_FIELDS)
    return len(tickets)


def _kinds(tickets: TicketQuerySet) -> list[tuple[str, str, str]]:
    return sorted(set(tickets.order_by().values_list("policy", "category", "lane").distinct()))


def _asks(policy: str, category: str, lane: str) -> bool:
    book = playbooks(policy).get(category)
    return book is not None and any(slot.required for slot in book.slots_for(lane))
