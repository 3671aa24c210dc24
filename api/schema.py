"""How the OpenAPI schema is drawn up: inputs from the core's own description of them, problems on every endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from evidence.intake.fields import FIELDS, NUMBERS
from evidence.kinds import KINDS, NOT_UPLOADED
from tickets.cases.intake import DESK, FILING, STATEMENT
from tickets.operations.conversation import ATTACHMENTS, MESSAGE
from tickets.operations.payments_handed_over import FIELDS as PAYMENT
from tickets.operations.splitting import SPLIT
from tickets.workflow import Input
from tickets.workflow.inputs import MOST_NOTES, NOTE_LIMIT
from tickets.workflow.vocabulary import CURRENCIES, DEMANDS, FACTS, ISSUERS, MONEY_REMEDIES, REMEDIES, REPRESENTING, RETURNS, Fact

# JSON schema: a tree of dicts, lists and texts that are put together here and read by nobody but its readers.
Shape: TypeAlias = dict[str, Any]
MONEY: Shape = {"type": "string", "pattern": r"^\d{1,10}(\.\d{1,2})?$", "examples": ["1280.00"]}
SIGNED_MONEY: Shape = {**MONEY, "pattern": r"^-?\d{1,10}(\.\d{1,2})?$"}
INSTANT: Shape = {"type": "string", "format": "date-time", "examples": ["2026-03-10T20:15:00+08:00"]}
DAY: Shape = {"type": "string", "format": "date", "examples": ["2026-03-10"]}
TEXT: Shape = {"type": "string"}
PERSON: Shape = {"type": "string", "format": "email", "description": "An e-mail address."}
ORDER: Shape = {
    "type": "object",
    "properties": {"issuer": {"type": "string", "enum": list(ISSUERS)}, "number": {"type": "string"}},
    "required": ["issuer", "number"],
    "additionalProperties": False,
}
REPRESENTATIVE: Shape = {
    "type": "object",
    "description": "Who acts for the customer, as what, and on which document.",
    "properties": {"name": TEXT, "as": {"type": "string", "enum": list(REPRESENTING)}, "document": {"type": ["string", "null"]}},
    "required": ["name", "as"],
    "additionalProperties": False,
}


class Schema(AutoSchema):
    """Grouped by what stands first in the path."""

    def get_override_parameters(self) -> list[Any]:
        """What may be asked with stands at the view, which refuses everything else."""
        return list(getattr(self.view, "queries", ())) if self.method == "GET" else []

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


# ---- Inputs
def shape_of(fields: Iterable[Input], extra: Mapping[str, Shape] | None = None) -> Shape:
    """The JSON schema of these fields, and of nothing else."""
    listed = tuple(fields)
    shape: Shape = {
        "type": "object",
        "properties": {**{each.name: _kind(each) for each in listed}, **(extra or {})},
        "additionalProperties": False,
    }
    required = [each.name for each in listed if each.required]
    return {**shape, "required": required} if required else shape


def _kind(field: Input) -> Shape:
    codes: Shape = {"type": "string", "enum": list(field.choices)} if field.choices else TEXT
    shapes: dict[str, Shape] = {
        **{kind: {"type": "string", "maxLength": field.limit} for kind in ("text", "as_said", "account", "reference", "number", "order")},
        "code": codes,
        "names": {"type": "array", "items": codes, "maxItems": 50},
        "bool": {"type": "boolean"},
        **{kind: {"type": "integer", "minimum": 0, "maximum": 1_000_000} for kind in ("int", "freeze")},
        "money": MONEY,
        "signed_money": SIGNED_MONEY,
        "currency": {"type": "string", "enum": sorted(CURRENCIES)},
        "metadata": {"type": "object", "additionalProperties": {"type": "string", "maxLength": NOTE_LIMIT}, "maxProperties": MOST_NOTES},
        "represents": REPRESENTATIVE,
        "instant": INSTANT,
        "date": DAY,
        "ids": {"type": "array", "items": {"type": "integer"}, "maxItems": 100},
        "answers": {"type": "object", "properties": dict.fromkeys(DEMANDS, TEXT), "additionalProperties": False},
        "remedies": {"type": "array", "items": _remedy(), "minItems": 1, "maxItems": 20},
        "amounts": {"type": "object", "properties": dict.fromkeys(sorted(MONEY_REMEDIES | RETURNS), MONEY), "additionalProperties": False},
        "unavailable": {"type": "array", "items": _pair("kind", "reason")},
        "points": {"type": "array", "items": _point(), "maxItems": len(DEMANDS)},
        "entries": {"type": "array", "items": _entry(), "maxItems": 500},
    }
    return shapes[field.kind]


def _remedy() -> Shape:
    kinds = {"type": "string", "enum": sorted(REMEDIES), "description": f"In money: {', '.join(sorted(MONEY_REMEDIES))}."}
    return {"type": "object", "properties": {"kind": kinds, "amount": MONEY}, "required": ["kind"]}


def _point() -> Shape:
    shape = _pair("demand", "text")
    return {**shape, "properties": {"demand": {"type": "string", "enum": list(DEMANDS)}, "text": TEXT}}


def _entry() -> Shape:
    shape = _pair("at", "text", "amount")
    return {**shape, "properties": {"at": INSTANT, "text": TEXT, "amount": MONEY}, "required": ["at", "amount"]}


def _pair(*names: str) -> Shape:
    return {"type": "object", "properties": dict.fromkeys(names, TEXT), "required": list(names), "additionalProperties": False}


def _fact(fact: Fact) -> Shape:
    codes: Shape = {"type": "string", "enum": list(fact.choices)}
    shapes: dict[str, Shape] = {
        "choice": codes,
        "choices": {"type": "array", "items": codes},
        "money": SIGNED_MONEY,
        "instant": INSTANT,
        "flag_or_text": {"type": ["boolean", "string"]},
    }
    return shapes.get(fact.type) or _kind(Input(fact.key, fact.type, limit=200))


NESTED: dict[str, Shape] = {
    "order_numbers": {"type": "array", "items": ORDER, "maxItems": 20},
    "statement": shape_of(STATEMENT),
    "facts": {"type": "object", "properties": {name: _fact(fact) for name, fact in FACTS.items()}, "additionalProperties": False},
}
FILING_BODY = {**shape_of(FILING, NESTED), "required": ["category"]}
# The payment at which the platform's app opens the desk: the same fields of a filing, and no others.
PAYMENT_BODY = shape_of([each for each in FILING if each.name in PAYMENT], {"order_numbers": NESTED["order_numbers"]})
AMENDMENT_BODY = shape_of((*FILING, *DESK), NESTED)
SPLIT_BODY = shape_of(SPLIT)
MERGE_BODY = shape_of((Input("into", "reference", True, limit=20),))
MESSAGE_BODY = shape_of((*MESSAGE, ATTACHMENTS))
EVIDENCE_BODY = shape_of(
    FIELDS, {**dict.fromkeys(NUMBERS, TEXT), "kind": {"type": "string", "enum": [kind for kind in KINDS if kind not in NOT_UPLOADED]}}
) | {"required": ["kind"]}
EVIDENCE_FORM = {**EVIDENCE_BODY, "properties": {**EVIDENCE_BODY["properties"], "file": {"type": "string", "format": "binary"}}}
UPLOAD_BODY = {
    **EVIDENCE_BODY,
    "properties": {
        **EVIDENCE_BODY["properties"],
        "name": TEXT,
        "size": {"type": "integer", "minimum": 1, "description": "Of the whole file, in bytes."},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Of the whole file; compared when the last part is here."},
    },
    "required": ["kind", "size"],
}
PART_BODY = {"type": "string", "format": "binary"}
REVIEW_BODY = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["accepted", "rejected"]}, "reason": TEXT},
    "required": ["verdict"],
    "additionalProperties": False,
}
CALLBACK_BODY = {
    "type": "object",
    "properties": {
        "freeze_id": {"type": "integer"},
        "state": {"type": "string", "enum": ["active", "failed", "lifted"]},
        "reference": TEXT,
        "reason": TEXT,
        "type": TEXT,
    },
    "required": ["freeze_id", "state"],
}


# ---- Answers and parameters
def page_of(row: type[serializers.Serializer]) -> serializers.Serializer:
    """One page of a list."""
    return inline_serializer(
        f"{row.__name__.removesuffix('Serializer')}Page",
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": row(many=True),
        },
    )


def query(name: str, shape: Shape, text: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, shape, OpenApiParameter.QUERY, description=text)


def several(name: str, shape: Shape) -> OpenApiParameter:
    return query(name, {"type": "array", "items": shape}, "One or several: said again, or with commas between.")


def header(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string"}, OpenApiParameter.HEADER, description=text)


PAGING = [
    query("cursor", TEXT, "From next or previous of an earlier answer."),
    query("page_size", {"type": "integer", "minimum": 1, "maximum": 100}),
]
ONCE = [header("Idempotency-Key", "The same key, user and body within 24 hours: the first answer again.")]
IF_MATCH = [header("If-Match", "The ETag last seen; another version gives 412.")]
UPLOAD_OFFSET = OpenApiParameter(
    "Upload-Offset",
    {"type": "integer", "minimum": 0},
    OpenApiParameter.HEADER,
    required=True,
    description="Where in the file this part begins.",
)
BINARY = OpenApiResponse({"type": "string", "format": "binary"}, description="The safe copy.")
ARCHIVE = OpenApiResponse({"type": "string", "format": "binary"}, description="A ZIP: dossier.pdf, evidence/, SHA256SUMS, manifest.json.")
EMPTY = OpenApiResponse(description="Done.")
