"""The playbooks and targets that ship with the desk. Idempotent; a migration passes its own registry of models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction

from sla.seeding import VERSION

DATA = Path(__file__).parents[1] / "data"


@transaction.atomic
def seed_playbooks(version: str = VERSION, registry: Apps = apps) -> None:
    """Categories, slots and payee rules of the shipped version, and the escalation targets; what differs is put back.

    A target's contact and its verification are the operator's: they are left alone.
    """
    data = json.loads((DATA / f"playbooks-{version}.json").read_text(encoding="utf-8"))
    for position, row in enumerate(data["targets"]):
        values = {**row, "position": position}
        registry.get_model("tickets", "EscalationTarget").objects.update_or_create(key=values.pop("key"), defaults=values)
    rules = registry.get_model("tickets", "PayeeRule").objects
    rules.filter(policy_id=version).delete()
    for position, row in enumerate(data["payee_rules"]):
        rules.create(policy_id=version, position=position, **row)
    for position, row in enumerate(data["categories"]):
        _category(registry, version, {**row, "position": position})


def _category(registry: Apps, version: str, values: dict[str, Any]) -> None:
    slots = values.pop("slots")
    categories = registry.get_model("tickets", "Category").objects
    category, _ = categories.update_or_create(policy_id=version, key=values.pop("key"), defaults=values)
    rows = registry.get_model("tickets", "EvidenceSlot").objects
    rows.filter(category=category).delete()
    for position, slot in enumerate(slots):
        plain = {"kind": slot} if isinstance(slot, str) else slot
        rows.create(category=category, position=position, **plain)
