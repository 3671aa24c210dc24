"""The small tables that hang on one ticket, read in one statement: a page that shows them all asks the database once, not twelve times.

Rows come as JSON, which both databases make themselves, and become ordinary models again, or named tuples where a source asks for values.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from accounts.models import User
from lib.prepared_queries import places_of, planned_once, stand_ins
from tickets.models import (
    Bill,
    BillFinding,
    ClaimRaise,
    Decision,
    Escalation,
    EvidenceRequest,
    Freeze,
    FreezeCall,
    OrderReference,
    Refund,
    Remedy,
    Respondent,
    SecurityTask,
    Tag,
    Tagging,
    Ticket,
    Timer,
    Transfer,
)

# Makes the rows of one name, given the keys of the ticket and of the reader; may only compare with them (lib.prepared_queries).
# The key comes first among values, or first in the model: rows stand in its order.
Source = Callable[[int, int], models.QuerySet]
Sources = tuple[tuple[str, Source], ...]
Rows = Mapping[str, list[Any]]
Maker = Callable[[list[object]], object]


def _own(model: type[models.Model]) -> Source:
    """All rows of a model that belong to the ticket."""
    return lambda ticket, _reader: model._base_manager.filter(ticket=ticket).order_by()


def _remedies(ticket: int, _reader: int) -> models.QuerySet:
    return Remedy.objects.filter(decision__ticket=ticket).order_by()


def _freeze_calls(ticket: int, _reader: int) -> models.QuerySet:
    return FreezeCall.objects.filter(freeze__ticket=ticket).order_by()


def _complained_about(ticket: int, _reader: int) -> models.QuerySet:
    concerned = Ticket.complained_about.through.objects.filter(ticket=ticket)
    return User.objects.filter(pk__in=concerned.values("user")).only("id", "name", "email").order_by()


def _respondents(ticket: int, _reader: int) -> models.QuerySet:
    return Respondent.objects.filter(key__in=Ticket.objects.filter(pk=ticket).values("respondent")).order_by()


def _taggings(ticket: int, _reader: int) -> models.QuerySet:
    return Tagging.objects.filter(ticket=ticket).order_by().values_list("id", "tag_id", "tag__name", "tag__tone", named=True)


def _bills(ticket: int, _reader: int) -> models.QuerySet:
    found = BillFinding.objects.filter(ticket=ticket).order_by()
    return Bill.objects.filter(pk__in=found.values("bill")).only("id", "name", "public_id").order_by()


# By the names that the ticket gives them; remedies hang on its decisions, calls on its freezes, bills on what they say of it.
CHILDREN: Sources = (
    ("freezes", _own(Freeze)),
    ("freeze_calls", _freeze_calls),
    ("decisions", _own(Decision)),
    ("remedies", _remedies),
    ("escalations", _own(Escalation)),
    ("transfers", _own(Transfer)),
    ("evidence_requests", _own(EvidenceRequest)),
    ("order_references", _own(OrderReference)),
    ("refunds", _own(Refund)),
    ("claim_raises", _own(ClaimRaise)),
    ("security_tasks", _own(SecurityTask)),
    ("complained_about", _complained_about),
    ("respondents", _respondents),
)
WHOLE: Sources = (
    *CHILDREN,
    ("timers", _own(Timer)),
    ("evidence", lambda ticket, _reader: _vault()._base_manager.filter(ticket=ticket).order_by()),
    ("bill_findings", _own(BillFinding)),
    ("bills", _bills),
    ("taggings", _taggings),
)
# These hang on other rows than the ticket, or are named by it.
ELSEWHERE = frozenset({"remedies", "freeze_calls", "bills", "respondents"})
JSON = json.JSONDecoder(parse_float=Decimal)


def _vault() -> type[models.Model]:
    """Through the reverse relation: this room does not know the vault's own."""
    return Ticket._meta.get_field("evidence").related_model


def gather(ticket: Ticket) -> None:
    """Fill what CHILDREN lists, and each decision's remedies, as prefetch_related would, in one query."""
    rows = _read_children(CHILDREN, ticket, 0)
    for name in rows.keys() - ELSEWHERE:
        _keep(ticket, name, rows[name])


def gather_whole(ticket: Ticket, reader: User, more: Sources = ()) -> Rows:
    """As `gather`, and the clocks, the evidence, what bills say, the tags and whatever `more` names, still in one query, by name.

    For Case.of_rows: the ticket itself is not filled.
    """
    rows = _read_children((*WHOLE, *more), ticket, reader.pk)
    rows["timers"].sort(key=lambda timer: timer.started_at)
    bills = {bill.pk: bill for bill in rows["bills"]}
    for finding in rows["bill_findings"]:
        finding.bill = bills[finding.bill_id]
    rows["taggings"] = [Tagging(pk=row.id, ticket=ticket, tag=Tag(pk=row.tag_id, name=row.name, tone=row.tone)) for row in rows["taggings"]]
    return rows


def _read_children(sources: Sources, ticket: Ticket, reader: int) -> dict[str, list[Any]]:
    """By name, the rows in the order of their keys, each with its ticket."""
    rows = _rows(sources, ticket.pk, reader)
    for name, _source in WHOLE:
        for row in rows.get(name, ()) if name not in (*ELSEWHERE, "complained_about", "taggings") else ():
            row.ticket = ticket
    for respondent in rows["respondents"]:
        ticket._register = respondent.key, respondent
    for freeze in rows["freezes"]:
        _keep(freeze, "calls", [call for call in rows["freeze_calls"] if call.freeze_id == freeze.pk])
    for decision in rows["decisions"]:
        _keep(decision, "remedies", [remedy for remedy in rows["remedies"] if remedy.decision_id == decision.pk])
    return rows


def _keep(parent: models.Model, name: str, rows: Sequence[object]) -> None:
    """As prefetch_related would have left it."""
    found = getattr(parent, name).get_queryset()
    found._result_cache, found._prefetch_done = rows, True
    parent.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


@dataclass(frozen=True)
class _Part:
    """Rows of one name: what makes a row of its values, and of each field what makes its value of JSON (None: nothing)."""

    name: str
    make: Maker
    readers: tuple[Callable[[Any], object] | None, ...]

    def row(self, said: list[object]) -> object:
        return self.make([value if read is None or value is None else read(value) for read, value in zip(self.readers, said, strict=True)])


@dataclass(frozen=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]  # in params, in (ticket, reader)
    parts: tuple[_Part, ...]


def _rows(sources: Sources, ticket: int, reader: int) -> dict[str, list[Any]]:
    built = _statement(connection.vendor, sources)
    params = list(built.params)
    for place, which in built.places:
        params[place] = (ticket, reader)[which]
    with planned_once(), connection.cursor() as cursor:
        cursor.execute(built.sql, params)
        texts = cursor.fetchall()
    rows: dict[str, list[Any]] = {part.name: [] for part in built.parts}
    for place, text in texts:
        part = built.parts[place]
        rows[part.name] = list(map(part.row, sorted(JSON.decode(text or "[]"), key=itemgetter(0))))
    return rows


@lru_cache(maxsize=8)
def _statement(vendor: str, sources: Sources) -> _Statement:
    sql, params, parts = _compile(vendor, sources, 0)
    places = places_of((int, int), (sql, params), _compile(vendor, sources, 1)[:2])
    return _Statement(sql, tuple(params), tuple(places), tuple(parts))


def _compile(vendor: str, sources: Sources, number: int) -> tuple[str, list[Any], list[_Part]]:
    """With the first or the second set of stand-ins for ticket and reader."""
    selects, params, parts = [], [], []
    for place, (name, source) in enumerate(sources):
        queryset = source(*stand_ins(number, int, int))
        compiler = queryset.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        fields = [column.target for column, _sql, _alias in compiler.select]
        names_there = [alias or field.column for field, (_col, _sql, alias) in zip(fields, compiler.select, strict=True)]
        columns = [_column(vendor, field, there) for field, there in zip(fields, names_there, strict=True)]
        selects.append(_as_json(vendor, place, sql, columns))
        params += given
        names = [field.attname for field in fields]
        make = _tuple_maker(names) if queryset.query.values_select else _model_maker(queryset.model, names)
        parts.append(_Part(name, make, tuple(map(_reader, fields))))
    return " UNION ALL ".join(selects), params, parts


def _model_maker(model: type[models.Model], names: Sequence[str]) -> Maker:
    return lambda values: model.from_db(connection.alias, names, values)


def _tuple_maker(names: Sequence[str]) -> Maker:
    row: Any = namedtuple("Row", names)  # type: ignore[misc]
    return row._make


def _as_json(vendor: str, place: int, sql: str, columns: Sequence[str]) -> str:
    """All rows of a statement of the ORM as one pair of `place` and text: a list of lists."""
    gather, make = ("json_agg", "json_build_array") if vendor == "postgresql" else ("json_group_array", "json_array")
    return f"SELECT {place} AS place, CAST({gather}({make}({', '.join(columns)})) AS text) FROM ({sql}) AS source"  # noqa: S608 - the ORM's own


def _column(vendor: str, field: models.Field, name: str) -> str:
    """SQLite keeps JSON as text: unpacked, or it would be quoted twice."""
    quoted = connection.ops.quote_name(name)
    return f"json({quoted})" if isinstance(field, models.JSONField) and vendor == "sqlite" else quoted


def _reader(field: models.Field) -> Callable[[Any], object] | None:
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
