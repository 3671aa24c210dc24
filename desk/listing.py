"""Rows of the queue as the template shows them, and what stands beside them: tags, and complaints about the same order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from desk import paging
from desk.lexicon import Lexicon, Plain, category_titles, colleagues, lexicon
from desk.showing.moments import day_text, left_text, money
from tickets.models import OrderReference, Tagging, Ticket

SOON = 24 * 3600
# All of it stands in the index ticket_open_queue: PostgreSQL never reads the tickets themselves.
COLUMNS = (
    "due_at", "id", "ref", "category", "status", "waiting_on", "lane", "amount", "currency", "due_key",
    "late_claim", "refund_tier", "created_at", "evidence_have", "evidence_need", "assignee",
)  # fmt: skip
# Of one order number that is everybody's ("000000"): enough to say that there are others.
MOST_TWINS = 5000


class Line(NamedTuple):
    """One row as the template shows it: every text is HTML already, for escaping a thousand of them takes as long as the query."""

    ref: str
    value: str
    due_iso: str
    due_text: str
    due_name: str
    tone: str
    category: str
    amount: str
    status: str
    waiting_on: str
    lane: str
    late: bool
    discretionary: bool
    have: int
    need: int
    twin: str
    tags: Sequence[tuple[str, str]]
    filed: str
    assignee: str


class Beside(NamedTuple):
    """What one line needs besides its row."""

    said: Lexicon
    titles: Plain
    names: Mapping[int, str]
    tags: Mapping[int, list[tuple[str, str]]]
    twins: Mapping[int, str]
    now: datetime
    zone: tzinfo


def lines(rows: Sequence[paging.Row], viewer: User, language: str, now: datetime) -> list[Line]:
    """Three queries, however many rows there are."""
    if not rows:
        return []
    ids = [row[1] for row in rows]
    names = _names({row[-1] for row in rows}, now)
    said, titles, zone = lexicon(language), category_titles(language, now), timezone.get_current_timezone()
    beside = Beside(said, titles, names, _tags(ids), twins(ids, viewer), now, zone)
    return [_line(row, beside) for row in rows]


def _names(ids: set[int | None], now: datetime) -> Mapping[int, str]:
    """Names of the assignees, as HTML; one query more only for somebody who came this minute or has left the desk."""
    known = colleagues(now)
    strangers = [pk for pk in ids if pk is not None and pk not in known]
    if not strangers:
        return known
    people = User.objects.filter(pk__in=strangers).values_list("pk", "name", "email")
    return {**known, **{pk: escape(name or email) for pk, name, email in people}}


def _tags(ids: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Tone and name (as HTML) by ticket."""
    found: dict[int, list[tuple[str, str]]] = {}
    for ticket, tone, name in Tagging.objects.filter(ticket__in=ids).order_by("tag__name").values_list("ticket", "tag__tone", "tag__name"):
        found.setdefault(ticket, []).append((tone, escape(name)))
    return found


def twins(ids: Collection[int], viewer: User) -> Mapping[int, str]:
    """Tickets about whose order there is another one: "own" of the same customer, or "other". Which, its own page says."""
    # As a list: of a subquery PostgreSQL thinks so many rows that it reads the whole table.
    numbers = set(OrderReference.objects.filter(ticket__in=ids).values_list("number", flat=True))
    if not numbers:
        return {}
    seen = Ticket.objects.visible_to(viewer).filter(order_references__number__in=numbers)
    by_number: dict[str, dict[int, int]] = {}
    for number, pk, owner in seen.values_list("order_references__number", "pk", "owner")[:MOST_TWINS]:
        by_number.setdefault(number, {})[pk] = owner
    found: dict[int, str] = {}
    wanted = set(ids)
    for owners in by_number.values():
        for pk in wanted.intersection(owners) if len(owners) > 1 else ():
            of_same = sum(owner == owners[pk] for owner in owners.values()) > 1
            found[pk] = "own" if of_same or found.get(pk) == "own" else "other"
    return found


def _line(row: paging.Row, beside: Beside) -> Line:
    due_at, pk, ref, category, status, waiting_on, lane, amount, currency, due_key, late, tier, created_at, have, need, assignee = row
    said, left = beside.said, (due_at - beside.now).total_seconds() if due_at else 0.0
    return Line(
        ref,
        f"{ref}.{assignee or 0}",
        due_at.isoformat() if due_at else "",
        left_text(left, said) if due_at else "",
        said.timer.get(due_key, ""),
        "bad" if left < 0 else "warn" if left < SOON else "info",
        beside.titles.get(category) or escape(category),
        money(amount, currency),
        said.status[status],
        said.waiting_on.get(waiting_on, ""),
        "" if lane == "standard" else said.lane.get(lane, ""),
        late,
        tier == "discretionary",
        have,
        need,
        beside.twins.get(pk, ""),
        beside.tags.get(pk, ()),
        day_text(created_at.astimezone(beside.zone), said),
        beside.names.get(assignee, ""),
    )


def twin_words() -> Mapping[str, Any]:
    return {
        "own": (gettext("Same order"), gettext("The same customer has another complaint about this order.")),
        "other": (gettext("Same order, other customer"), gettext("Another customer has a complaint about this order.")),
    }
