"""Rows of the queue as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import User
from desk.queue import paging
from desk.queue.badges import badges_of_rows
from desk.shell.cached_labels import category_titles, colleagues, labels_in
from desk.shell.formatting import day_text, left_text, money, span_text
from desk.shell.labels import turn_of
from lib.pages import join_html, render_macro

SOON = 24 * 3600


class Badges(NamedTuple):
    """What one line shows besides its row; all texts are HTML already."""

    left: str
    tone: str
    title: str
    assignee: str
    twin: str
    written: str
    tags: tuple[tuple[str, str], ...]


class RenderedRow(NamedTuple):
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


def lines(rows: Sequence[paging.QueueRow], viewer: User, language: str, now: datetime) -> SafeString:
    """All of them. One query, however many rows there are; two where some are about the same order as others."""
    if not rows:
        return SafeString()
    names = _names({row.assignee for row in rows}, now)
    said, titles, zone = labels_in(language), category_titles(language, now), timezone.get_current_timezone()
    tags, twins = badges_of_rows([row.id for row in rows], viewer)
    shown = []
    for row in rows:
        left = (row.due_at - now).total_seconds() if row.due_at else 0.0
        beside = Badges(
            left=left_text(left, said) if row.due_at else "",
            tone="bad" if left < 0 else "warn" if left < SOON else "info",
            title=titles.get(row.category) or escape(row.category),
            assignee=names.get(row.assignee or 0, ""),
            twin=twins.get(row.id, ""),
            written=span_text((now - row.unanswered_since).total_seconds(), said) if row.unanswered_since else "",
            tags=tags.get(row.id, ()),
        )
        shown.append(_render_row(row, beside, language, zone))
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
def _render_row(row: paging.QueueRow, beside: Badges, language: str, zone: tzinfo) -> SafeString:
    """The desk looks at the same rows again and again: a row is drawn anew when something in it is another."""
    return render_macro("desk/queue_row.html", "row", _line(row, beside, language, zone), SOON, twin_words())


def _line(row: paging.QueueRow, beside: Badges, language: str, zone: tzinfo) -> RenderedRow:
    labels = labels_in(language)
    turn = turn_of(row.waiting_on, row.due_key, row.unanswered_since)
    return RenderedRow(
        ref=row.ref,
        value=f"{row.ref}.{row.assignee or 0}",
        due_iso=row.due_at.isoformat() if row.due_at else "",
        due_name=labels.timer.get(row.due_key, ""),
        beside=beside,
        amount=money(row.amount, row.currency),
        status=labels.status[row.status],
        waiting_on=labels.both if turn == "both" else labels.waiting_on.get(turn, ""),
        lane="" if row.lane == "standard" else labels.lane.get(row.lane, ""),
        late=row.late_claim,
        discretionary=row.refund_tier == "discretionary",
        have=row.evidence_have,
        need=row.evidence_need,
        filed=day_text(row.created_at.astimezone(zone), labels),
    )


def twin_words() -> Mapping[str, tuple[str, str]]:
    return {
        "own": (gettext("Same order"), gettext("The same customer has another complaint about this order.")),
        "other": (gettext("Same order, other customer"), gettext("Another customer has a complaint about this order.")),
    }
