"""What a correction can change, as it stands: two pictures that are the same are no change."""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy

from tickets.cases.case import Case


def picture_of(case: Case, named: Collection[str]) -> list[object]:
    """All that a correction of these fields can change."""
    ticket = case.ticket
    fields = {field.attname: deepcopy(getattr(ticket, field.attname)) for field in ticket._meta.concrete_fields}
    clocks = [(timer.key, timer.due_at, timer.stopped_at, timer.cancelled) for timer in case.timers]
    orders = {(order.issuer, order.number) for order in case.order_references} if "order_numbers" in named else ()
    tags = {tagging.tag.name for tagging in case.taggings} if "tags" in named else ()
    people = {person.pk for person in case.complained_about} if "complained_about" in named else ()
    return [fields, clocks, orders, tags, people, ticket.owner.real_name_match]
