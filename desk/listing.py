"""Rows of the queue as the template shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from desk import paging
from desk.besides import beside_rows
from desk.lexicon import Lexicon, Plain, category_titles, colleagues, lexicon
from desk.showing.moments import day_text, left_text, money

SOON = 24 * 3600
# All of it stands in the index ticket_open_queue: PostgreSQL never reads the tickets themselves.
COLUMNS = (
    "due_at", "id", "ref", "category", "status", "waiting_on", "lane", "amount", "currency", "due_key",
    "late_claim", "refund_tier", "created_at", "evidence_have", "evidence_need", "assignee",
)  # fmt: skip


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
    """One query, however many rows there are."""
    if not rows:
        return []
    ids = [row[1] for row in rows]
    names = _names({row[-1] for row in rows}, now)
    said, titles, zone = lexicon(language), category_titles(language, now), timezone.get_current_timezone()
    tags, twins = beside_rows(ids, viewer)
    beside = Beside(said, titles, names, tags, twins, now, zone)
    return [_line(row, beside) for row in rows]


def _names(ids: set[int | None], now: datetime) -> Mapping[int, str]:
    """Names of the assignees, as HTML; one query more only for somebody who came this minute or has left the desk."""
    known = colleagues(now)
    strangers = [pk for pk in ids if pk is not None and pk not in known]
    if not strangers:
        return known
    people = User.objects.filter(pk__in=strangers).values_list("pk", "name", "email")
    return {**known, **{pk: escape(name or email) for pk, name, email in people}}


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
