"""Rows of the queue as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import User
from desk.queue import paging
from desk.queue.badges import badges_of_rows
from desk.shell.cached_labels import category_titles, colleagues, labels_in
from desk.shell.formatting import day_text, left_text, money
from lib.pages import join_html, render_macro

SOON = 24 * 3600
# All of it stands in the index ticket_open_queue: PostgreSQL never reads the tickets themselves.
COLUMNS = (
    "due_at", "id", "ref", "category", "status", "waiting_on", "lane", "amount", "currency", "due_key",
    "late_claim", "refund_tier", "created_at", "evidence_have", "evidence_need", "assignee",
)  # fmt: skip


class Badges(NamedTuple):
    """What one line shows besides its row; all texts are HTML already."""

    left: str
    tone: str
    title: str
    assignee: str
    twin: str
    tags: tuple[tuple[str, str], ...]


class Line(NamedTuple):
    """One row as the template shows it: every text is HTML already, for escaping a thousand of them takes as long as the query."""

    ref: str
    value: str
    due_iso: str
    due_name: str
    beside: Badges
    amount: str
    status: str
    waiting_on: str
    lane: str
    late: bool
    discretionary: bool
    have: int
    need: int
    filed: str


def lines(rows: Sequence[paging.Row], viewer: User, language: str, now: datetime) -> SafeString:
    """All of them. One query, however many rows there are; two where some are about the same order as others."""
    if not rows:
        return SafeString()
    names = _names({row[-1] for row in rows}, now)
    said, titles, zone = labels_in(language), category_titles(language, now), timezone.get_current_timezone()
    tags, twins = badges_of_rows([row[1] for row in rows], viewer)
    shown = []
    for row in rows:
        due_at, pk, category = row[0], row[1], row[3]
        left = (due_at - now).total_seconds() if due_at else 0.0
        beside = Badges(
            left_text(left, said) if due_at else "",
            "bad" if left < 0 else "warn" if left < SOON else "info",
            titles.get(category) or escape(category),
            names.get(row[-1], ""),
            twins.get(pk, ""),
            tags.get(pk, ()),
        )
        shown.append(_render_row(tuple(row), beside, language, zone))
    return join_html(shown)


def _names(ids: set[int | None], now: datetime) -> Mapping[int, str]:
    """Names of the assignees, as HTML; one query more only for somebody who came this minute or has left the desk."""
    known = colleagues(now)
    strangers = [pk for pk in ids if pk is not None and pk not in known]
    if not strangers:
        return known
    people = User.objects.filter(pk__in=strangers).values_list("pk", "name", "email")
    return {**known, **{pk: escape(name or email) for pk, name, email in people}}


@lru_cache(maxsize=2048)
def _render_row(row: paging.Row, beside: Badges, language: str, zone: tzinfo) -> SafeString:
    """The desk looks at the same rows again and again: a row is drawn anew when something in it is another."""
    return render_macro("desk/queue_row.html", "row", _line(row, beside, language, zone), SOON, twin_words())


def _line(row: paging.Row, beside: Badges, language: str, zone: tzinfo) -> Line:
    due_at, _pk, ref, _category, status, waiting_on, lane, amount, currency, due_key, late, tier, created_at, have, need, assignee = row
    said = labels_in(language)
    return Line(
        ref,
        f"{ref}.{assignee or 0}",
        due_at.isoformat() if due_at else "",
        said.timer.get(due_key, ""),
        beside,
        money(amount, currency),
        said.status[status],
        said.waiting_on.get(waiting_on, ""),
        "" if lane == "standard" else said.lane.get(lane, ""),
        late,
        tier == "discretionary",
        have,
        need,
        day_text(created_at.astimezone(zone), said),
    )


def twin_words() -> Mapping[str, Any]:
    return {
        "own": (gettext("Same order"), gettext("The same customer has another complaint about this order.")),
        "other": (gettext("Same order, other customer"), gettext("Another customer has a complaint about this order.")),
    }
