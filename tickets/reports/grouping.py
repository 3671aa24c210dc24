"""Counting rows by something, in one statement."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable

from tickets.reports.scope import Scope

M = TypeVar("M", bound=Model)
# A row of measures by name, as the ORM itself types it.
Measures = dict[str, Any]


def group_by(rows: QuerySet, by: str | Combinable, **measures: Combinable) -> dict[Any, Measures]:
    """The measures by the value of `by`: the name of a field, or an expression."""
    found = rows.annotate(by_=by) if not isinstance(by, str) else rows
    name = by if isinstance(by, str) else "by_"
    return {row[name]: row for row in found.order_by().values(name).annotate(**measures)}


def within_unjoined(rows: QuerySet[M], at: str, scope: Scope, category: str = "ticket__category") -> QuerySet[M]:
    """As `within`, without duplicates: they are counted with the complaint they were joined to. Money and work done count as they are."""
    joined = {category.replace("category", "close_reason"): "merged"}
    return within(rows, at, scope, category).exclude(**joined)


def within(rows: QuerySet[M], at: str, scope: Scope, category: str = "ticket__category") -> QuerySet[M]:
    """Those whose instant `at` lies in the days of the scope, and of its category."""
    found = rows.filter(**{f"{at}__gte": scope.start, f"{at}__lt": scope.end}).order_by()
    return found.filter(**{category: scope.category}) if scope.category else found
