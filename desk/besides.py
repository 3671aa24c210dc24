"""What stands beside the rows of the queue, in one statement: their tags, and whether others complain about the same order.

The ORM would take three statements, and longer to build them than the database to answer.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.roles import Role, roles_of
from tickets.models import OrderReference, Tag, Tagging, Ticket

Tags = Mapping[int, list[tuple[str, str]]]
# Of one order number that is everybody's ("000000"): enough to say that there are others.
MOST_TWINS = 200
MOST_VIEWERS = 1000
TABLES = {model.__name__: model._meta.db_table for model in (OrderReference, Tag, Tagging, Ticket)}
# Keys go as one value: a list of two hundred literals takes the database longer to read than to look up.
KEYS = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
# A subquery for each number: joined as tables, PostgreSQL would think so many rows that it reads all of them.
STATEMENT = """
SELECT 0, tagging.ticket_id, tag.tone, tag.name
  FROM {Tagging} tagging JOIN {Tag} tag ON tag.id = tagging.tag_id WHERE tagging.ticket_id {keys}
UNION ALL
SELECT 1, own.ticket_id, (
    SELECT CASE max(CASE WHEN twin.owner = mine.owner_id THEN 1 ELSE 0 END) WHEN 1 THEN 'own' WHEN 0 THEN 'other' END
      FROM (SELECT ticket_id FROM {OrderReference} WHERE number = own.number LIMIT {most}) same
      JOIN ({seen}) twin ON twin.id = same.ticket_id
     WHERE same.ticket_id <> own.ticket_id
  ), NULL
  FROM {OrderReference} own JOIN {Ticket} mine ON mine.id = own.ticket_id WHERE own.ticket_id {keys}
"""


def beside_rows(ids: Collection[int], viewer: User) -> tuple[Tags, Mapping[int, str]]:
    """Tags (tone, and name as HTML) by ticket; and by ticket "own" where the same customer has another complaint about its
    order, "other" where another customer has one. Which, its own page says."""
    keys: Any = list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))
    sql, params = _statement(viewer)
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys, *params, keys])
        found = cursor.fetchall()
    tags: dict[int, list[tuple[str, str]]] = {}
    twins: dict[int, str] = {}
    for kind, ticket, said, name in sorted(found, key=lambda row: row[3] or ""):
        if kind == 0:
            tags.setdefault(ticket, []).append((said, escape(name)))
        elif said and twins.get(ticket) != "own":
            twins[ticket] = said
    return tags, twins


_statements: dict[tuple[str, int, frozenset[Role]], tuple[str, Sequence[Any]]] = {}


def _statement(viewer: User) -> tuple[str, Sequence[Any]]:
    """Which tickets the viewer may see is the ORM's to say: it is asked once for each viewer."""
    key = (connection.vendor, viewer.pk, roles_of(viewer))
    if key not in _statements:
        if len(_statements) > MOST_VIEWERS:
            _statements.clear()
        seen, params = Ticket.objects.visible_to(viewer).values_list("id", "owner").query.sql_with_params()
        _statements[key] = STATEMENT.format(**TABLES, keys=KEYS[connection.vendor], most=MOST_TWINS, seen=seen), params
    return _statements[key]
