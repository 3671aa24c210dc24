"""The queue's list to take along: what the filters leave, in the reader's words and time, read by key, batch by batch.

Nothing a customer wrote, no name, account or order number: what a table on somebody's laptop may hold. Programs ask the API.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from html import unescape
from itertools import islice
from typing import Any

from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.cached_labels import CachedLabels, category_titles, labels_in
from desk.shell.formatting import span_text
from lib.dates import end_of_day, with_zone
from tickets.models import Tagging, Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.words import CLOSE_REASON, LANE, REFUND_TIER, STAGE, STATUS, TIMER, WAITING_ON

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
COLUMNS = (*FIELDS[1:], "overdue", "tags")
NUMBERS = {"amount": "money", "cycle": "count", "evidence_have": "count", "evidence_need": "count"}
KINDS = tuple(NUMBERS.get(name, "code") for name in COLUMNS)
Cells = Sequence[object]


@dataclass(frozen=True)
class Reader:
    """Who takes the list along, and how things are told to them: looked up first, for the last line is written when the page is left."""

    pk: int
    now: datetime
    zone: tzinfo
    said: CachedLabels
    words: Mapping[str, Mapping[object, str]]


def reader_of(user: User, now: datetime) -> Reader:
    language = get_language() or ""
    codes: Mapping[str, Mapping[Any, object]] = {
        "category": {key: unescape(name) for key, name in category_titles(language, now).items()},
        "status": STATUS, "stage": STAGE, "waiting_on": WAITING_ON, "lane": LANE, "refund_tier": REFUND_TIER, "due_key": TIMER,
        "close_reason": CLOSE_REASON, "late_claim": {True: _("yes"), False: _("no")},
    }  # fmt: skip
    words = {name: {code: str(text) for code, text in said.items()} for name, said in codes.items()}
    return Reader(user.pk, now, timezone.get_current_timezone(), labels_in(language), words)


def headings() -> list[str]:
    """In the active language; moments with the zone they are told in."""
    own = {"overdue": _("Overdue by"), "tags": _("Tags")}
    fields = {name: Ticket._meta.get_field(name.removesuffix("__email")) for name in COLUMNS if name not in own}
    names = {name: capfirst(str(field.verbose_name)) for name, field in fields.items()}  # type: ignore[union-attr]
    return [own.get(name) or (with_zone(names[name]) if isinstance(fields[name], DateTimeField) else names[name]) for name in COLUMNS]


def rows(found: TicketQuerySet, reader: Reader) -> Iterator[Cells]:
    """As the queue stands, what is overdue first. By key: what others do meanwhile neither hides a complaint nor shows it twice."""
    keys = array("q", found.by_next_breach().values_list("pk", flat=True).iterator(BATCH))
    about = set(Ticket.complained_about.through.objects.filter(user=reader.pk).values_list("ticket", flat=True))
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH].tolist()
        tags, read = _tags(some), Ticket.objects.filter(pk__in=some).values_list(*FIELDS, "owner_id")
        by_key = {row[0]: row for row in read}
        for row in [by_key[pk] for pk in some if pk in by_key]:
            cells = [*_in_words(row, reader), " ".join(tags.get(row[0], ()))]
            yield _as_customer(cells) if row[-1] == reader.pk or row[0] in about else cells


def _in_words(row: Sequence[object], reader: Reader) -> Iterator[object]:
    """Its fields, and how late it is."""
    due_at = row[FIELDS.index("due_at")]
    for name, value in zip(FIELDS[1:], row[1:], strict=False):
        yield reader.words[name].get(value, value or "") if name in reader.words else _plain(name, value, reader.zone)
    late = (reader.now - due_at).total_seconds() if isinstance(due_at, datetime) else 0.0
    yield span_text(late, reader.said) if late > 0 else ""


def _as_customer(cells: Cells) -> Cells:
    return ["" if name in AMONG_COLLEAGUES else cell for name, cell in zip(COLUMNS, cells, strict=True)]


def _tags(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for ticket, name in Tagging.objects.filter(ticket__in=ids).order_by("tag__name").values_list("ticket", "tag__name"):
        found.setdefault(ticket, []).append(name)
    return found


def _plain(name: str, value: object, zone: tzinfo) -> object:
    """Moments where the reader is, an end as everywhere ("24:00"), amounts as numbers."""
    if isinstance(value, datetime):
        day = end_of_day(value, zone) if name == "due_at" else None
        return f"{day} 24:00" if day else f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else "" if value is None else value


def limit_rows(cells: Iterable[Cells], most: int, said: str) -> Iterator[Cells]:
    """At most so many rows; where there are more, one after them says so."""
    rest = iter(cells)
    yield from islice(rest, most)
    if next(rest, None) is not None:
        yield [said, *("" for _column in COLUMNS[1:])]


def pieces(lines: Iterable[str]) -> Iterator[str]:
    """Some hundred lines together: each piece of an answer costs a write to the network."""
    rest = iter(lines)
    while some := "".join(islice(rest, LINES)):
        yield some
