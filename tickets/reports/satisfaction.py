"""How it went in the customers' own eyes: average and spread of what they said in these days, by month, category and agent."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from accounts.models import User
from tickets.models import Rating
from tickets.models.rating import HIGHEST, LOWEST
from tickets.reports.grouping import Measures, group_by, within
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts

SCORES = {f"score_{score}": score for score in range(LOWEST, HIGHEST + 1)}
COUNT_BY_SCORE = {name: Count("pk", Q(score=score)) for name, score in SCORES.items()}
RATING_COLUMNS = (Column("rated"), Column("average", "score"), *counts("count", SCORES))
# Of fewer, a colleague's row would say what a single customer thought.
FEWEST = 5


def _ratings_in(scope: Scope) -> QuerySet[Rating]:
    """By the day on which the customer first said so; the score is the one that stands now."""
    return within(Rating.objects.all(), "at", scope)


def ratings(scope: Scope, now: datetime) -> Table:
    """One row for each month that the days touch, months without anything too."""
    found = group_by(_ratings_in(scope), TruncMonth("at", tzinfo=scope.tz), **COUNT_BY_SCORE)
    by_month = {f"{first:%Y-%m}": row for first, row in found.items()}
    months = dict.fromkeys(f"{day:%Y-%m}" for day in scope.days())
    return Table(
        "ratings",
        (Column("period", "period"), *RATING_COLUMNS),
        [[month, *_rating_cells(by_month.get(month, {}))] for month in months],
        now,
    )


def rated_categories(scope: Scope, now: datetime) -> Table:
    found = group_by(_ratings_in(scope), "ticket__category", **COUNT_BY_SCORE)
    rows = [[key, *_rating_cells(found[key])] for key in sorted(found)]
    return Table("rated_categories", (Column("category", "code", "category"), *RATING_COLUMNS), rows, now)


def rated_agents(scope: Scope, now: datetime) -> Table:
    """Who has the complaint, with at least FEWEST ratings; the row without a name is nobody's."""
    found = group_by(_ratings_in(scope), "ticket__assignee", **COUNT_BY_SCORE)
    enough = {pk: row for pk, row in found.items() if _number(row) >= FEWEST}
    people = User.objects.in_bulk([pk for pk in enough if pk is not None])
    named = sorted([str(people[pk]), *_rating_cells(row)] for pk, row in enough.items() if pk is not None)
    nobody = [["", *_rating_cells(enough[None])]] if None in enough else []
    return Table("rated_agents", (Column("agent", "name"), *RATING_COLUMNS), [*named, *nobody], now)


def _number(row: Measures) -> int:
    return sum(row.get(name, 0) for name in SCORES)


def _rating_cells(row: Measures) -> list[object]:
    number = _number(row)
    total = sum(score * row.get(name, 0) for name, score in SCORES.items())
    return [number, total / number if number else None, *(row.get(name, 0) for name in SCORES)]
