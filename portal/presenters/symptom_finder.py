"""What was typed on the front page, as ways in: the emergency first, then the likeliest categories, else the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.categories import may_be_emergency, own_words
from portal.presenters.stepper import police_number
from tickets.models import Category
from tickets.policy.symptom_search import LONGEST, find


@dataclass(frozen=True)
class CategoryLink:
    key: str
    words: str
    emergency: bool


@dataclass(frozen=True)
class SymptomResult:
    """`typed` empty: nothing was looked for. `police`: their number, where it is urgent and somebody has checked it."""

    typed: str = ""
    categories: list[CategoryLink] = field(default_factory=list)
    urgent: bool = False
    police: str = ""


def category_links(rows: Sequence[Category]) -> list[CategoryLink]:
    return [CategoryLink(row.key, own_words(row), may_be_emergency(row)) for row in rows]


def find_categories(typed: str, rows: Sequence[Category]) -> SymptomResult:
    """Where nothing fits, `categories` is empty: the page shows every way in."""
    typed = typed.strip()[:LONGEST]
    if not typed:
        return SymptomResult()
    named = {row.key: (row.title_zh, row.title_en, row.words_zh, row.words_en) for row in rows}
    found = find(typed, named)
    known = {row.key: row for row in rows}
    likely = [known[key] for key in found.keys]
    urgent = found.emergency or any(row.is_emergency for row in likely[:1])
    return SymptomResult(typed, category_links(likely), urgent, police_number() if urgent else "")
