"""A report as a drawing beside its table: bars as SVG numbers, so that they need no script, print, and follow the colours of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse

from lib.types import Context
from tickets.models.rating import HIGHEST
from tickets.reports import Column, Scope, Table
from tickets.reports.spreadsheets import FORMATS
from tickets.reports.table import NAMING, Cells
from tickets.reports.wording import Words, heading, label, rows, text
from tickets.words import REPORT, REPORT_HINT

# What is drawn of a report: upright bars over days, lying bars beside names, or nothing. The first column names, these are drawn.
UPRIGHT = {"flow": ("received", "closed"), "forecast": ("due", "likely_missed")}
LYING = {
    "promises": ("in_time_share",),
    "backlog": ("open", "overdue"),
    "categories": ("received",),
    "agents": ("open", "overdue"),
    "causes": ("approved", "partly_approved", "rejected"),
    "escalations": ("taken",),
    "ratings": ("average",),
    "rated_categories": ("average",),
    "rated_agents": ("average",),
}
# What the bars of such a column are measured against.
WHOLE = {"share": 1.0, "score": float(HIGHEST)}
HEIGHT, WIDTH = 100.0, 300.0
SLOT = 20.0


class Bar(NamedTuple):
    """`x`, `y`, `width`, `height` in the units of the drawing; `tone` a number of the series."""

    x: float
    y: float
    width: float
    height: float
    tone: int
    title: str


def report_context(table: Table, words: Words, scope: Scope, query: str) -> Context:
    """All that the page needs of one report."""
    by_key = {column.key: column for column in table.columns}
    upright, lying = UPRIGHT.get(table.key, ()), LYING.get(table.key, ())
    return {
        "key": table.key,
        "title": REPORT[table.key],
        "hint": REPORT_HINT[table.key],
        "headings": [(heading(column), column.kind not in NAMING) for column in table.columns],
        "rows": rows(table, words),
        "upright": _upright(table, upright, words) if table.rows else (),
        "slots": max(len(table.rows), 1) * SLOT,
        "ends": [label(table.columns[0], table.rows[place][0], words) for place in (0, -1)] if upright and table.rows else (),
        "lying": _lying(table, lying, words),
        "series": [heading(by_key[key]) for key in upright or lying],
        "wide": table.key in ("flow", "categories", "agents", "yearly", "yearly_types"),
        "files": [(form.upper(), f"{reverse('desk:report', args=[table.key])}?{query}&format={form}") for form in FORMATS],
    }


def _upright(table: Table, keys: Sequence[str], words: Words) -> list[Bar]:
    """Beside each other in one slot a row; the highest value reaches the top."""
    columns = {column.key: (place, column) for place, column in enumerate(table.columns)}
    top = max((row[columns[key][0]] or 0 for row in table.rows for key in keys), default=0) or 1
    thick = SLOT * 0.8 / max(len(keys), 1)
    bars = []
    for number, row in enumerate(table.rows):
        for tone, key in enumerate(keys):
            place, column = columns[key]
            high = round((row[place] or 0) / top * HEIGHT, 2)
            left = round(number * SLOT + SLOT * 0.1 + tone * thick, 2)
            bars.append(Bar(left, round(HEIGHT - high, 2), thick, high, tone, _bar_text(table, row, column, row[place], words)))
    return bars


def _lying(table: Table, keys: Sequence[str], words: Words) -> list[tuple[str, list[Bar], str]]:
    """Per row its name, its bars and what they say. Shares and scores are measured against all of it, numbers against the longest."""
    columns = {column.key: (place, column) for place, column in enumerate(table.columns)}
    lines = []
    for row in table.rows:
        bars, said = [], []
        for tone, key in enumerate(keys):
            place, column = columns[key]
            long = round((row[place] or 0) / _longest(table, keys, columns) * WIDTH, 2)
            bars.append(Bar(0, tone * 8.0, long, 7.0, tone, ""))
            said.append(text(column, row[place], words))
        if keys:
            lines.append((label(table.columns[0], row[0], words), bars, " · ".join(said)))
    return lines


def _longest(table: Table, keys: Sequence[str], columns: dict[str, tuple[int, Column]]) -> float:
    if keys and columns[keys[0]][1].kind in WHOLE:
        return WHOLE[columns[keys[0]][1].kind]
    return max((row[columns[key][0]] or 0 for row in table.rows for key in keys), default=0) or 1


def _bar_text(table: Table, row: Cells, column: Column, value: object, words: Words) -> str:
    return f"{label(table.columns[0], row[0], words)}: {heading(column)} {text(column, value, words)}"
