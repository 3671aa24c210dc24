"""The small tables that hang on one ticket, read in one statement: a page that shows them all asks the database once, not eight times.

Each row comes as JSON, which both databases make themselves, and becomes an ordinary model again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from accounts.models import User
from tickets.models import (
    Bill,
    BillFinding,
    Decision,
    Escalation,
    EvidenceRequest,
    Freeze,
    OrderReference,
    Remedy,
    SecurityTask,
    Ticket,
    Timer,
)
from tickets.statements import planned_once

# Table → how its rows are found by the ticket's key.
OWN = "ticket_id = %s"
OF_DECISIONS = f"decision_id IN (SELECT id FROM {Decision._meta.db_table} WHERE {OWN})"  # noqa: S608 - our own tables' names
OF_FINDINGS = f"id IN (SELECT bill_id FROM {BillFinding._meta.db_table} WHERE {OWN})"  # noqa: S608
COMPLAINED = Ticket.complained_about.through._meta
CONCERNED = f"id IN (SELECT user_id FROM {COMPLAINED.db_table} WHERE {OWN})"  # noqa: S608
Children = tuple[tuple[type[models.Model], str, tuple[str, ...]], ...]
CHILDREN: Children = (
    (Freeze, OWN, ()),
    (Decision, OWN, ()),
    (Remedy, OF_DECISIONS, ()),
    (Escalation, OWN, ()),
    (EvidenceRequest, OWN, ()),
    (OrderReference, OWN, ()),
    (SecurityTask, OWN, ()),
    (User, CONCERNED, ("id", "name", "email")),
)
NAMES = {
    Freeze: "freezes",
    Decision: "decisions",
    Escalation: "escalations",
    EvidenceRequest: "evidence_requests",
    OrderReference: "order_references",
    SecurityTask: "security_tasks",
    User: "complained_about",
}


def gather(ticket: Ticket) -> None:
    """Fill what NAMES lists, and each decision's remedies, as prefetch_related would, in one query."""
    _fill(ticket, CHILDREN, NAMES)


def gather_whole(ticket: Ticket) -> None:
    """As `gather`, and the clocks, the evidence and what bills say besides, still in one query."""
    vault = _vault()
    more = ((Timer, OWN, ()), (vault, OWN, ()), (BillFinding, OWN, ()), (Bill, OF_FINDINGS, ("id", "name", "public_id")))
    rows = _fill(ticket, (*CHILDREN, *more), {**NAMES, Timer: "timers", vault: "evidence", BillFinding: "bill_findings"})
    bills = {bill.pk: bill for bill in rows[Bill]}
    for finding in rows[BillFinding]:
        finding.bill = bills[finding.bill_id]


@lru_cache(maxsize=1)
def _vault() -> type[models.Model]:
    """Through the reverse relation: this room does not know the vault's own."""
    return Ticket._meta.get_field("evidence").related_model


def _fill(ticket: Ticket, children: Children, names: Mapping[type[models.Model], str]) -> dict[type[models.Model], list[Any]]:
    rows = _rows(ticket.pk, children)
    for model, name in names.items():
        _keep(ticket, name, rows[model])
    for child in (row for model in names if model is not User for row in rows[model]):
        child.ticket = ticket
    for decision in rows[Decision]:
        _keep(decision, "remedies", [remedy for remedy in rows[Remedy] if remedy.decision_id == decision.pk])
    return rows


def _keep(parent: models.Model, name: str, rows: list[Any]) -> None:
    """As prefetch_related would have left it."""
    found = getattr(parent, name).get_queryset()
    found._result_cache, found._prefetch_done = rows, True
    parent.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


def _rows(ticket_id: int, children: Children) -> dict[type[models.Model], list[Any]]:
    with planned_once(), connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, children), [ticket_id] * len(children))
        texts = cursor.fetchall()
    rows: dict[type[models.Model], list[Any]] = {model: [] for model, _where, _names in children}
    for place, text in texts:
        model, _where, names = children[place]
        rows[model].append(_instance(model, names, json.loads(text, parse_float=Decimal)))
    found = {model: sorted(instances, key=lambda row: row.pk) for model, instances in rows.items()}
    if Timer in found:
        found[Timer].sort(key=lambda timer: timer.started_at)
    return found


@lru_cache(maxsize=4)
def _statement(vendor: str, children: Children) -> str:
    selects = (_select(vendor, place, *child) for place, child in enumerate(children))
    return " UNION ALL ".join(selects)


def _select(vendor: str, place: int, model: type[models.Model], where: str, names: tuple[str, ...]) -> str:
    pairs = ", ".join(f"'{field.attname}', {_column(vendor, field)}" for field in _fields(model, names))
    make = "json_build_object" if vendor == "postgresql" else "json_object"
    return f"SELECT {place} AS place, CAST({make}({pairs}) AS text) FROM {model._meta.db_table} WHERE {where}"  # noqa: S608


@lru_cache(maxsize=32)
def _fields(model: type[models.Model], names: tuple[str, ...]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not names or field.attname in names]


def _column(vendor: str, field: models.Field) -> str:
    """SQLite keeps JSON as text: unpacked, or it would be quoted twice."""
    plain = isinstance(field, models.JSONField) and vendor == "sqlite"
    return f"json({field.column})" if plain else str(field.column)


@lru_cache(maxsize=32)
def _readers(model: type[models.Model], names: tuple[str, ...]) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """Of each field its name, and what makes of JSON what the ORM would have read (None: nothing)."""
    return [(field.attname, _reader(field)) for field in _fields(model, names)]


def _instance(model: type[models.Model], names: tuple[str, ...], values: dict[str, Any]) -> models.Model:
    readers = _readers(model, names)
    read = [values[name] if reader is None or values[name] is None else reader(values[name]) for name, reader in readers]
    return model.from_db(connection.alias, [name for name, _reader in readers], read)


def _reader(field: models.Field) -> Callable[[Any], Any] | None:
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return date.fromisoformat
    if isinstance(field, models.UUIDField):
        return UUID
    if isinstance(field, models.DecimalField):
        unit = Decimal(1).scaleb(-field.decimal_places)
        return lambda value: Decimal(value).quantize(unit)
    return bool if isinstance(field, models.BooleanField) else None


def _moment(text: str) -> datetime:
    """SQLite keeps UTC and does not say so."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
