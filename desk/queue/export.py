"""The queue's list to take along: codes and numbers of every complaint the filters leave, read by key, batch by batch.

Nothing a customer wrote, no name, account or order number: what a table on somebody's laptop may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.db.models import QuerySet

from tickets.models import Tagging, Ticket

BATCH = 1000
# Of one sheet; a CSV has them all.
MOST_XLSX = 100_000
LINES = 200  # of a CSV in one piece of the answer
FIELDS = (
    "pk", "ref", "category", "status", "stage", "waiting_on", "lane", "cycle", "refund_tier", "late_claim", "amount", "currency",
    "due_key", "due_at", "unanswered_since", "evidence_have", "evidence_need", "assignee__email", "created_at", "reported_at",
    "submitted_at", "closed_at",
    "close_reason", "follow_up_on",
)  # fmt: skip
AMONG_COLLEAGUES = frozenset({"follow_up_on", "tags"})  # not of one's own complaint, nor of one about oneself
# As the API names them.
HEADINGS = (*("assignee" if name == "assignee__email" else name for name in FIELDS[1:]), "tags")
NUMBERS = {"amount": "money", "cycle": "count", "evidence_have": "count", "evidence_need": "count"}
KINDS = tuple(NUMBERS.get(name, "code") for name in HEADINGS)
Cells = Sequence[object]


def rows(found: QuerySet, reader: int) -> Iterator[Cells]:
    """In the order they were begun. By key: what others do meanwhile neither hides a complaint nor shows it twice.

    `reader` is the key of the person who takes them along.
    """
    ordered = found.order_by("pk").values_list(*FIELDS, "owner_id")
    about = set(Ticket.complained_about.through.objects.filter(user=reader).values_list("ticket", flat=True))
    batch = list(ordered[:BATCH])
    while batch:
        tags = _tags([row[0] for row in batch])
        for row in batch:
            cells = [*map(_plain, row[1:-1]), " ".join(tags.get(row[0], ()))]
            yield _as_customer(cells) if row[-1] == reader or row[0] in about else cells
        batch = list(ordered.filter(pk__gt=batch[-1][0])[:BATCH]) if len(batch) == BATCH else []


def _as_customer(cells: Cells) -> Cells:
    return ["" if name in AMONG_COLLEAGUES else cell for name, cell in zip(HEADINGS, cells, strict=True)]


def _tags(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for ticket, name in Tagging.objects.filter(ticket__in=ids).order_by("tag__name").values_list("ticket", "tag__name"):
        found.setdefault(ticket, []).append(name)
    return found


def _plain(value: object) -> object:
    """Moments as the API writes them (UTC), amounts as numbers, yes as 1."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return int(value) if isinstance(value, bool) else "" if value is None else value


def limit_rows(cells: Iterable[Cells], most: int, said: str) -> Iterator[Cells]:
    """At most so many rows; where there are more, one after them says so."""
    rest = iter(cells)
    yield from islice(rest, most)
    if next(rest, None) is not None:
        yield [said, *("" for _heading in HEADINGS[1:])]


def pieces(lines: Iterable[str]) -> Iterator[str]:
    """Some hundred lines together: each piece of an answer costs a write to the network."""
    rest = iter(lines)
    while some := "".join(islice(rest, LINES)):
        yield some
