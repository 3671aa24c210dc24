"""The playbooks and targets that ship with the desk. Idempotent; a migration passes its own registry of models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from lib import memo
from lib.zones import DEFAULT_ZONE
from sla.seeding import VERSION, Json, drop_unknown_columns, read_shipped, row_differences, seed_policy_rules, shipped_versions

DATA = Path(__file__).parents[1] / "data"
# What a place is reached by: the operator's, once there is any.
CONTACT = ("contact", "website", "source")

Categories = dict[str, tuple[Model, dict[str, Model]]]  # by their key, each with its slots


@transaction.atomic
def seed_version(version: str, registry: Apps = apps, *, name: str = "") -> list[str]:
    """A shipped version, whole; in words what differs from its files where it is there already. `name`: what it is called here."""
    since = _in_force_from(version, registry)
    return [*seed_policy_rules(version, registry, name=name, since=since), *seed_playbooks(version, registry, name=name)]


def _in_force_from(version: str, registry: Apps) -> datetime | None:
    """Now, where complaints run under the shipped version before it. None, as its file says, in a new install and where
    the operator's own version is in force: it stays, and what ships lies behind it, for timers that it lacks."""
    older = [each for each in shipped_versions() if each != version][: shipped_versions().index(version)]
    policies = registry.get_model("sla", "Policy")._default_manager
    newest = policies.filter(published_at__isnull=False).order_by("-published_at", "-version").first()
    upgraded = newest is not None and newest.version in older and registry.get_model("tickets", "Ticket")._default_manager.exists()
    return timezone.now() if upgraded else None


@transaction.atomic
def seed_playbooks(version: str = VERSION, registry: Apps = apps, *, name: str = "") -> list[str]:
    """Categories, slots and payee rules of a version, where it has none; in words what differs from the file where it has.

    Escalation targets belong to no version: see `seed_targets`.
    """
    data, name = read_shipped(DATA, f"playbooks-{version}"), name or version
    seed_targets(registry)
    categories, payees = _shipped_categories(registry, name, data), _shipped_payees(registry, name, data)
    known_categories, known_payees = _known_categories(registry, name), _known_payees(registry, name)
    if known_categories or known_payees:
        return [*_category_differences(known_categories, categories), *row_differences("payee rule", known_payees, payees)]
    for category, slots in categories.values():
        category.save(force_insert=True)
        for slot in slots.values():
            slot.category_id = category.pk  # type: ignore[attr-defined]
            slot.save(force_insert=True)
    for payee in payees.values():
        payee.save(force_insert=True)
    memo.forget_all()  # that there were none
    return []


def seed_targets(registry: Apps = apps) -> None:
    """Where one can turn: words are put back. The contacts of public bodies come checked, with source and day, where there is none
    yet; a contact that is there is the operator's and stays.
    """
    model, shipped = registry.get_model("tickets", "EscalationTarget"), read_shipped(DATA, "targets")
    checked_at = datetime.fromisoformat(shipped["verified_on"]).replace(tzinfo=ZoneInfo(DEFAULT_ZONE))
    known = {row.key: row for row in model._default_manager.all()}
    for position, row in enumerate(shipped["targets"]):
        there = known.get(row["key"])
        words = {name: value for name, value in row.items() if name not in CONTACT}
        contact = {name: row[name] for name in CONTACT if name in row} | ({"verified_at": checked_at} if "source" in row else {})
        ours = ("", row.get("contact", "")), ("", row.get("website", ""))
        is_theirs = there is not None and (
            there.verified_by_id is not None or there.contact not in ours[0] or getattr(there, "website", "") not in ours[1]
        )
        values = drop_unknown_columns(model, {**words, **({} if is_theirs else contact), "position": position})
        model._default_manager.update_or_create(key=row["key"], defaults=values)


def seed_advice(registry: Apps = apps) -> None:
    """Advice that ships, where the table is empty: what somebody has deleted or rewritten stays so."""
    model = registry.get_model("tickets", "Advice")
    if model._default_manager.exists():
        return
    rows = json.loads((DATA / "advice.json").read_text(encoding="utf-8"))
    plain = [({name: value for name, value in row.items() if name != "categories"}, row["categories"]) for row in rows]
    each = [model(category=category, position=place, **row) for place, (row, named) in enumerate(plain) for category in named]
    model._default_manager.bulk_create(each)


def seed_register(registry: Apps = apps) -> None:
    """Respondents that ship, where the register lacks them. What is there is the operator's and stays."""
    model = registry.get_model("tickets", "Respondent")
    for position, row in enumerate(json.loads((DATA / "respondents.json").read_text(encoding="utf-8"))):
        model._default_manager.get_or_create(key=row["key"], defaults={**row, "position": position})


# ---- As they ship, not saved yet
def _shipped_categories(registry: Apps, version: str, data: Json) -> Categories:
    model, slot = registry.get_model("tickets", "Category"), registry.get_model("tickets", "EvidenceSlot")
    shipped: Categories = {}
    for position, row in enumerate(data["categories"]):
        values = {name: value for name, value in row.items() if name != "slots"}
        plain = [{"kind": each} if isinstance(each, str) else each for each in row["slots"]]
        slots = [slot(position=place, **each) for place, each in enumerate(plain)]
        shipped[row["key"]] = model(policy_id=version, position=position, **values), _by_kind_and_lane(slots)
    return shipped


def _shipped_payees(registry: Apps, version: str, data: Json) -> dict[str, Model]:
    model = registry.get_model("tickets", "PayeeRule")
    return {row["contains"]: model(policy_id=version, position=position, **row) for position, row in enumerate(data["payee_rules"])}


# ---- As they are
def _known_categories(registry: Apps, version: str) -> Categories:
    rows = registry.get_model("tickets", "Category")._default_manager.filter(policy_id=version).prefetch_related("slots")
    return {row.key: (row, _by_kind_and_lane(row.slots.all())) for row in rows}


def _known_payees(registry: Apps, version: str) -> dict[str, Model]:
    return {row.contains: row for row in registry.get_model("tickets", "PayeeRule")._default_manager.filter(policy_id=version)}


def _by_kind_and_lane(slots: Iterable[Model]) -> dict[str, Model]:
    return {" ".join(filter(None, (slot.kind, slot.lane))): slot for slot in slots}  # type: ignore[attr-defined]


def _category_differences(there: Categories, shipped: Categories) -> Iterator[str]:
    yield from row_differences("category", *({key: row for key, (row, _slots) in each.items()} for each in (there, shipped)))
    for key in sorted(there.keys() & shipped.keys()):
        yield from row_differences(f"category {key}, slot", there[key][1], shipped[key][1])
