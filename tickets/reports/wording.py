"""A table in the reader's words: headings, and cells as text. Numbers stay numbers for spreadsheets and charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sla.policies import PolicySnapshot
from tickets.models import EscalationTarget
from tickets.policy.playbooks import playbooks, title
from tickets.reports.table import NAMING, Cell, Column, Table
from tickets.words import TIMER
from tickets.words.cases import ROOT_CAUSE
from tickets.words.reports import BUCKET, COLUMN, MEASURE, NO_CAUSE, NOBODY

ABSENT = "–"
Words = Mapping[str, Mapping[str, object]]


def vocabulary(policy: PolicySnapshot) -> Words:
    """Titles of categories and targets as they are called today. Once for a page of tables."""
    return {
        "timer": TIMER,
        "bucket": BUCKET,
        "measure": MEASURE,
        "cause": {**ROOT_CAUSE, "": NO_CAUSE},
        "category": {key: title(book) for key, book in playbooks(policy.version).items()},
        "target": {target.key: target.title for target in EscalationTarget.objects.all()},
    }


def heading(column: Column) -> str:
    return str(COLUMN[column.key])


def label(column: Column, value: Cell, words: Words) -> str:
    """What a row is about."""
    if column.kind == "code":
        return str(words[column.words].get(value, value))
    if column.kind == "day":
        return date_format(date.fromisoformat(value), pgettext("day of a report", "D j M"))
    if column.kind == "month":
        return date_format(date(2000, value, 1), pgettext("month of a report", "F"))
    if column.kind == "period":
        return date_format(date.fromisoformat(f"{value}-01"), pgettext("month of a year of a report", "M Y"))
    return str(value or NOBODY)


def text(column: Column, value: Cell, words: Words) -> str:
    """One cell."""
    if column.kind in NAMING:
        return label(column, value, words)
    if value is None:
        return ABSENT
    if column.kind == "share":
        return _("%(number)s %%") % {"number": number_format(value * 100, 1)}
    if column.kind in ("hours", "estimate"):
        return number_format(value, 1)
    if column.kind == "score":
        return number_format(value, 2)
    if column.kind == "money":
        return number_format(value, 2, force_grouping=True)
    return number_format(value, force_grouping=True)


def rows(table: Table, words: Words) -> list[list[str]]:
    return [[text(column, value, words) for column, value in zip(table.columns, row, strict=True)] for row in table.rows]
