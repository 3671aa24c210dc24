"""The calendar and the policy that ship with the desk. Idempotent; a migration passes its own registry of models."""

import json
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction
from django.utils import timezone

from sla.calendars import DEFAULT_ZONE
from sla.importing import MANUAL, OFFICIAL, Changes, official_year, store

YEARS = (2024, 2025, 2026)
VERSION = "2026.1"
DATA = Path(__file__).parent / "data"


@transaction.atomic
def seed_calendar(years: Iterable[int] = YEARS, registry: Apps = apps, zone: str = DEFAULT_ZONE) -> Changes:
    """The official years. Rows written by hand stay. Raises CalendarNotPublished."""
    days = {day: each for year in years for day, each in official_year(year, zone).items()}
    return store(registry.get_model("sla", "CalendarDay"), zone, days, OFFICIAL, timezone.now(), frozenset({MANUAL}))


@transaction.atomic
def seed_policy_rules(version: str = VERSION, registry: Apps = apps) -> None:
    """The policy and its timers as shipped, published; what differs is put back, other versions are left alone."""
    data = json.loads((DATA / f"policy-{version}.json").read_text(encoding="utf-8"))
    model, rules = registry.get_model("sla", "Policy"), registry.get_model("sla", "TimerRule")
    policy, _ = model.objects.update_or_create(version=version, defaults=_drop_unknown_columns(model, _policy_values(data)))
    for timer in data["timers"]:
        values = _drop_unknown_columns(rules, timer)
        rules.objects.update_or_create(policy=policy, key=values.pop("key"), defaults=values)


def _policy_values(data: dict[str, Any]) -> dict[str, object]:
    numbers = data["numbers"]
    typed = {
        "countersign_threshold": Decimal(numbers["countersign_threshold"]),
        "warning_time": time.fromisoformat(numbers["warning_time"]),
        "published_at": datetime.fromisoformat(data["published_at"]),
    }
    return {**numbers, "zone": data["zone"], "note": data["note"], **typed}


def _drop_unknown_columns(model: Any, values: dict[str, object]) -> dict[str, object]:
    """Without the columns this model lacks: a migration runs with the columns of its day, the file grows with the product."""
    columns = {field.name for field in model._meta.get_fields()}
    return {name: value for name, value in values.items() if name in columns}
