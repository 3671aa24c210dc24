"""How it went in the customers' own eyes: average and spread of what they said in these days, by month, category and agent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from accounts.models import User
from tickets.models import Rating
from tickets.models.rating import HIGHEST, LOWEST
from tickets.reports.grouping import grouped, within
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts

SCORES = {f"score_{score}": score for score in range(LOWEST, HIGHEST + 1)}
SPREAD = {name: Count("pk", Q(score=score)) for name, score in SCORES.items()}
SAID = (Column("rated"), Column("average", "score"), *counts("count", SCORES))
# Of fewer, a colleague's row would say what a single customer thought.
FEWEST = 5


def _given(scope: Scope) -> QuerySet[Rating]:
    """By the day on which the customer first said so; the score is the one that stands now."""
    return within(Rating.objects.all(), "at", scope)


def ratings(scope: Scope, now: datetime) -> Table:
    """One row for each month that the days touch, months without anything too."""
    found = grouped(_given(scope), TruncMonth("at", tzinfo=scope.tz), **SPREAD)
    by_month = {f"{first:%Y-%m}": row for first, row in found.items()}
    months = dict.fromkeys(f"{day:%Y-%m}" for day in scope.days())
    return Table("ratings", (Column("period", "period"), *SAID), [[month, *_said(by_month.get(month, {}))] for month in months], now)


def rated_categories(scope: Scope, now: datetime) -> Table:
    found = grouped(_given(scope), "ticket__category", **SPREAD)
    rows = [[key, *_said(found[key])] for key in sorted(found)]
    return Table("rated_categories", (Column("category", "code", "category"), *SAID), rows, now)


def rated_agents(scope: Scope, now: datetime) -> Table:
    """Who has the complaint, with at least FEWEST ratings; the row without a name is nobody's."""
    found = grouped(_given(scope), "ticket__assignee", **SPREAD)
    enough = {pk: row for pk, row in found.items() if _number(row) >= FEWEST}
    people = User.objects.in_bulk([pk for pk in enough if pk is not None])
    named = sorted([str(people[pk]), *_said(row)] for pk, row in enough.items() if pk is not None)
    nobody = [["", *_said(enough[None])]] if None in enough else []
    return Table("rated_agents", (Column("agent", "name"), *SAID), [*named, *nobody], now)


def _number(row: Mapping[str, Any]) -> int:
    return sum(row.get(name, 0) for name in SCORES)


def _said(row: Mapping[str, Any]) -> list[Any]:
    number = _number(row)
    total = sum(score * row.get(name, 0) for name, score in SCORES.items())
    return [number, total / number if number else None, *(row.get(name, 0) for name in SCORES)]
