"""What stands beside the rows of the queue: their tags, and whether others complain about the same order.

One statement, for the ORM would take three and longer to build them than the database to answer; one more where there is something to show.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from html import escape

from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.models import User
from lib.prepared_queries import planned_once
from tickets.models import OrderReference, Tag, Tagging, Ticket

Tags = Mapping[int, tuple[tuple[str, str], ...]]
# Of one order number that is everybody's ("000000"): enough to say that there are others.
MOST_TWINS = 200
TABLES = {model.__name__: model._meta.db_table for model in (OrderReference, Tag, Tagging)}
# Keys go as one value: a list of two hundred literals takes the database longer to read than to look up.
KEYS = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
JOINED = {"postgresql": "string_agg(ticket_id::text, ',')", "sqlite": "group_concat(ticket_id)"}
# A subquery for each number: joined as tables, PostgreSQL would think so many rows that it reads all of them. Whose the
# others are is asked afterwards: joined in as well, it takes longer to plan than to run.
STATEMENT = """
SELECT 0, tagging.ticket_id, tag.tone, tag.name
  FROM {Tagging} tagging JOIN {Tag} tag ON tag.id = tagging.tag_id WHERE tagging.ticket_id {keys}
UNION ALL
SELECT 1, own.ticket_id, (
    SELECT {joined} FROM (
      SELECT ticket_id FROM {OrderReference} WHERE number = own.number AND ticket_id <> own.ticket_id LIMIT {most}
    ) same
  ), NULL
  FROM {OrderReference} own WHERE own.ticket_id {keys}
"""


def badges_of_rows(ids: Collection[int], viewer: User) -> tuple[Tags, Mapping[int, str]]:
    """Tags (tone, and name as HTML) by ticket; and by ticket "own" where the same customer has another complaint about its
    order, "other" where another customer has one. Which, its own page says. Nothing of it for the viewer's own complaints and
    those about them."""
    tags, same = _read(ids)
    if not tags and not same:
        return {}, {}
    seen = Ticket.objects.visible_to(viewer).filter(pk__in={*tags, *same}.union(*same.values()))
    about = Ticket.complained_about.through.objects.filter(ticket=OuterRef("pk"), user=viewer)
    owners: dict[int, int] = {}
    for ticket, owner, is_about in seen.values_list("pk", "owner", Exists(about)):
        owners[ticket] = owner
        if owner == viewer.pk or is_about:
            tags.pop(ticket, None)
            same.pop(ticket, None)
    return tags, _twins(same, owners)


def _read(ids: Collection[int]) -> tuple[dict[int, tuple[tuple[str, str], ...]], dict[int, set[int]]]:
    """By ticket: its tags, and the others about its order."""
    vendor = connection.vendor
    keys: list[int] | str = list(ids) if vendor == "postgresql" else json.dumps(list(ids))
    with planned_once(), connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(**TABLES, keys=KEYS[vendor], joined=JOINED[vendor], most=MOST_TWINS), [keys, keys])
        found = cursor.fetchall()
    tags: dict[int, tuple[tuple[str, str], ...]] = {}
    same: dict[int, set[int]] = {}
    for kind, ticket, said, name in sorted(found, key=lambda row: row[3] or ""):
        if kind == 0:
            tags[ticket] = (*tags.get(ticket, ()), (said, escape(name)))
        elif said:
            same.setdefault(ticket, set()).update(map(int, said.split(",")))
    return tags, same


def _twins(same: Mapping[int, set[int]], owners: Mapping[int, int]) -> Mapping[int, str]:
    """Whose they are, of those whose owner may be known."""
    theirs = {ticket: {owners[twin] for twin in twins if twin in owners} for ticket, twins in same.items()}
    return {ticket: "own" if owners.get(ticket) in found else "other" for ticket, found in theirs.items() if found}
