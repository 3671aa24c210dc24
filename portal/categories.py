"""The categories of the policy in force, in the customer's own words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from lib.languages import localised_value
from sla.policies import PolicySnapshot, current
from tickets.models import Category


def policy_in_force() -> PolicySnapshot:
    return current(timezone.now())


def categories() -> list[Category]:
    return list(Category.objects.filter(policy_id=policy_in_force().version))


def own_words(category: Category) -> str:
    return localised_value(category, "words") or category.title


def choices(rows: Iterable[Category]) -> list[tuple[str, str]]:
    return [(row.key, own_words(row)) for row in rows]


def may_be_emergency(category: Category) -> bool:
    return category.is_emergency or bool(category.emergency_facts)
