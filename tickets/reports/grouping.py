"""Counting rows by something, in one statement."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tickets.reports.scope import Scope


def group_by(rows: QuerySet[Any], by: Any, **measures: Any) -> dict[Any, dict[str, Any]]:
    """The measures by the value of `by`: the name of a field, or an expression."""
    found: Any = rows.annotate(by_=by) if not isinstance(by, str) else rows
    name = by if isinstance(by, str) else "by_"
    return {row[name]: row for row in found.order_by().values(name).annotate(**measures)}


def within(rows: QuerySet[Any], at: str, scope: Scope, category: str = "ticket__category") -> QuerySet[Any]:
    """Those whose instant `at` lies in the days of the scope, and of its category."""
    found = rows.filter(**{f"{at}__gte": scope.start, f"{at}__lt": scope.end}).order_by()
    return found.filter(**{category: scope.category}) if scope.category else found
