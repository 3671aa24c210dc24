"""The calendar and the policies that ship with the desk. Idempotent; a migration passes its own registry of models.

A version that is in the database stays as it is: complaints run under it. A changed rule is a new version, in a file of its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from lib.zones import DEFAULT_ZONE
from sla.importing import OFFICIAL, Changes, better_sources, official_year, store

YEARS = (2024, 2025, 2026)
VERSION = "2026.2"  # the newest that ships; each comes with a migration that names it
DATA = Path(__file__).parent / "data"

# Versions before 2026.2 said by class how long evidence is kept; these are the kinds of each.
CLASSES = {
    "long": "transaction_screenshot billing_detail_screenshot withdrawal_screenshot restriction_screenshot freeze_notice_screenshot"
    " price_page_screenshot failure_prompt payment_voucher bank_sms_screenshot cs_conversation written_statement account_appeal_form"
    " pos_record police_receipt outside_decision system_log auth_record",
    "medium": "bank_statement_screenshot statement_of_balance account_binding_proof account_info login_record consumption_proof"
    " face_result uncategorized_file desk_file",
    "short": "bank_card_masked id_card_front id_card_back passport authorisation_letter kinship_proof",
}

Json = dict[str, Any]


@transaction.atomic
def seed_calendar(years: Iterable[int] = YEARS, registry: Apps = apps, zone: str = DEFAULT_ZONE) -> Changes:
    """The official years. Rows written by hand stay. Raises CalendarNotPublished."""
    days = {day: each for year in years for day, each in official_year(year, zone).items()}
    return store(registry.get_model("sla", "CalendarDay"), zone, days, OFFICIAL, timezone.now(), better_sources(OFFICIAL))


def shipped_versions() -> list[str]:
    """Every version there is a file of, the oldest first."""
    names = [path.stem.removeprefix("policy-") for path in DATA.glob("policy-*.json")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def read_shipped(folder: Path, name: str) -> Json:
    return dict(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


@transaction.atomic
def seed_policy_rules(version: str = VERSION, registry: Apps = apps, *, name: str = "", since: datetime | None = None) -> list[str]:
    """The policy and its timers as shipped, published, where there are none. In words what differs from the file where there are.

    `name`: what it is called here, if not as its file. `since`: from when on it is in force, if not as the file says; not compared.
    """
    data, name = read_shipped(DATA, f"policy-{version}"), name or version
    model, rule = registry.get_model("sla", "Policy"), registry.get_model("sla", "TimerRule")
    shipped = model(version=name, **drop_unknown_columns(model, _policy_values(data)))
    timers = {timer["key"]: rule(policy_id=name, **drop_unknown_columns(rule, timer)) for timer in data["timers"]}
    there = model._default_manager.filter(version=name).first()
    if there is None:
        shipped.published_at = since or shipped.published_at
        shipped.save(force_insert=True)
    elif there.published_at is not None:
        shipped.published_at = there.published_at
    known = {each.key: each for each in rule._default_manager.filter(policy_id=name)}
    if not known:
        rule._default_manager.bulk_create(timers.values())
    return [
        *column_differences("policy", there or shipped, shipped),
        *row_differences("timer", known or timers, timers),
        *_seed_retention(data, name, registry),
    ]


def _seed_retention(data: Json, version: str, registry: Apps) -> list[str]:
    """Likewise for how long each kind is kept. A registry from before these rows has none: their migration brings them."""
    if "retentionrule" not in registry.all_models["sla"]:
        return []
    model = registry.get_model("sla", "RetentionRule")
    rows = data.get("retention") or retention_by_class(data["numbers"])
    shipped = {row["kind"]: model(policy_id=version, **row) for row in rows}
    known = {each.kind: each for each in model._default_manager.filter(policy_id=version)}
    if not known:
        model._default_manager.bulk_create(shipped.values())
    return [*row_differences("kept", known or shipped, shipped)]


def retention_by_class(days: Mapping[str, Any]) -> list[Json]:
    """Of a version that says it by class: `days` has retention_long_days and so on."""
    return [{"kind": kind, "days": days[f"retention_{name}_days"]} for name, kinds in CLASSES.items() for kind in kinds.split()]


def column_differences(what: str, there: Model, shipped: Model) -> Iterator[str]:
    """In words where a row is not as it ships; what it belongs to is not compared."""
    for field in shipped._meta.concrete_fields:
        now, wanted = (getattr(row, field.attname) for row in (there, shipped))
        if not field.primary_key and not field.is_relation and now != wanted:
            yield f"{what}: {field.name} is {_plain(now)}, the file says {_plain(wanted)}"


def row_differences(what: str, there: Mapping[str, Model], shipped: Mapping[str, Model]) -> Iterator[str]:
    """The same for several, by their keys."""
    for key in sorted(there.keys() | shipped.keys()):
        if key not in there:
            yield f"{what} {key}: only in the file"
        elif key not in shipped:
            yield f"{what} {key}: not in the file"
        else:
            yield from column_differences(f"{what} {key}", there[key], shipped[key])


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | time) else json.dumps(value, ensure_ascii=False, default=str)


def _policy_values(data: Json) -> Json:
    numbers = data["numbers"]
    typed = {
        "countersign_threshold": Decimal(numbers["countersign_threshold"]),
        "warning_time": time.fromisoformat(numbers["warning_time"]),
        "published_at": datetime.fromisoformat(data["published_at"]),
    }
    return {**numbers, "zone": data["zone"], "note": data["note"], **typed}


def drop_unknown_columns(model: type[Model], values: Json) -> Json:
    """Without the columns this model lacks: a migration runs with the columns of its day, the file grows with the product."""
    columns = {field.name for field in model._meta.get_fields()}
    return {name: value for name, value in values.items() if name in columns}
