"""What the OpenAPI document says beyond single views: actions by address, codes and kinds by name, problems, headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import override

from api.problems import CODE_OF_STATUS, sentence_of
from api.schema import INSTANT, TEXT, Shape, shape_of
from evidence.kinds import KINDS
from tickets.workflow import ACTIONS, EVENTS, STATUS_OF_CODE, TIMERS
from tickets.workflow.vocabulary import REMEDIES, TARGETS

ACTION_PATH = "/api/v1/tickets/{ref}/actions/{action}/"
PROBLEM_STATUSES = {
    "400": "The input has the wrong shape; errors names each field.",
    "401": "Nobody is signed in.",
    "403": "The caller sees it but may not do this.",
    "404": "It does not exist, or the caller may not know that it does.",
    "409": "Not possible now: the status, or a guard.",
    "412": "If-Match names an older version.",
    "413": "Larger than this address accepts.",
    "415": "A format that is not taken here.",
    "422": "Incomplete; or the Idempotency-Key was used for another request.",
    "429": "Too many requests; see Retry-After.",
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. What a code needs stands beside it.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"$ref": "#/components/schemas/Code"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        "missing": {"type": "array", "items": TEXT},
        "available_from": INSTANT,
        "blocked_by": {"type": "array", "items": {"$ref": "#/components/schemas/Block"}},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
# A name for codes that stand in several shapes → the codes, and where they stand.
NAMED: Mapping[str, tuple[Iterable[str], tuple[str, ...]]] = {
    "Code": ((), ("Block.code",)),
    "EventKind": ((*EVENTS, *ACTIONS), ("Event.kind", "EventOfAll.kind")),
    "EvidenceKind": (KINDS, ("Evidence.kind", "Attachment.kind")),
    "TimerKey": (TIMERS, ("Timer.key", "ExplainedTimer.key")),
    "EscalationTarget": (TARGETS, ("Escalation.target", "TargetEntry.target", "Target.key")),
    "RemedyKind": (sorted(REMEDIES), ("Remedy.kind",)),
    "ActionKey": (ACTIONS, ("ActionEntry.action",)),
}
HEADERS: Mapping[str, Shape] = {
    "X-Request-Id": {"description": "The name of this request in our log: yours where you sent a plain one.", "schema": TEXT},
    "RateLimit-Limit": {"description": "Requests allowed in the window that is nearest to its end.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Of these, how many are left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the window ends.", "schema": {"type": "integer"}},
    "ETag": {"description": "Of a ticket its version. Send it as If-Match or If-None-Match.", "schema": TEXT},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to sign in; for a token that does not reach far enough, the scope it lacks.", "schema": TEXT},
}
ALWAYS = ("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
SOMETIMES = {"401": ("WWW-Authenticate",), "403": ("WWW-Authenticate",), "429": ("Retry-After",)}
# What this door refuses by itself, beside what the framework does.
OF_THIS_DOOR: Mapping[str, int] = {
    "too_large": 413, "not_found": 404, "IDEMPOTENCY_KEY_REUSED": 422, "IDEMPOTENCY_KEY_RUNNING": 409,
    "SIGNATURE_INVALID": 401, "SIGNATURE_EXPIRED": 401, "WRONG_FREEZE": 400,
    "EXCHANGE_OFF": 409, "ASSERTION_MALFORMED": 400, "ASSERTION_ALGORITHM": 400, "ASSERTION_KEY_UNKNOWN": 400, "ASSERTION_SIGNATURE": 400,
    "ASSERTION_ISSUER": 400, "ASSERTION_AUDIENCE": 400, "ASSERTION_EXPIRED": 400, "ASSERTION_NOT_YET": 400, "ASSERTION_TOO_LONG": 400,
    "ASSERTION_CLAIM_MISSING": 400, "ASSERTION_CLAIM_INVALID": 400, "ASSERTION_USED": 409, "PERSON_AMBIGUOUS": 409, "PERSON_REFUSED": 403,
}  # fmt: skip
ABOUT = (
    "Complaints, their freezes, evidence and deadlines, for programs. Addresses are the same with and without their last slash; unknown"
    " parameters and fields are refused by name; errors are RFC 9457 problems whose `code` is one of `Code`. The guide stands in docs/api"
    " of the source."
)


def codes() -> dict[str, int]:
    """Every code of a problem → its status."""
    framework = {code: status for status, code in CODE_OF_STATUS.items()}
    return {**framework, **STATUS_OF_CODE, **OF_THIS_DOOR}


def complete(result: Shape, generator: object, request: object, public: bool) -> Shape:
    paths, components = result["paths"], result["components"]
    result["servers"] = [{"url": "/"}]
    result.setdefault("info", {})["description"] = ABOUT
    if ACTION_PATH in paths:
        general = paths.pop(ACTION_PATH)
        for action in ACTIONS:
            paths[ACTION_PATH.replace("{action}", action)] = {"post": _action(general["post"], action)}
    components.setdefault("schemas", {}).update(Problem=PROBLEM, Code=_code_shape())
    components["headers"] = dict(HEADERS)
    _name_codes(components["schemas"])
    for operations in paths.values():
        for method, operation in operations.items():
            _finish(operation, method)
    tags = {tag for each in paths.values() for operation in each.values() for tag in operation.get("tags", ())}
    result["tags"] = [{"name": name} for name in sorted(tags)]
    return result


def _action(general: Shape, action: str) -> Shape:
    parameters = [parameter for parameter in general["parameters"] if parameter["name"] != "action"]
    body = {"required": False, "content": {"application/json": {"schema": shape_of(ACTIONS[action].inputs)}}}
    roles = ", ".join(sorted(str(role) for role in ACTIONS[action].roles))
    statuses = ", ".join(sorted(str(status) for status in ACTIONS[action].statuses))
    named = {"operationId": f"action_{action}", "summary": action, "description": f"Roles: {roles}. In: {statuses}."}
    return {**general, **named, "parameters": parameters, "requestBody": body}


def _code_shape() -> Shape:
    with override("en"):
        lines = [f"- `{code}` ({status}): {sentence_of(status, code)}" for code, status in sorted(codes().items())]
    return {"type": "string", "enum": sorted(codes()), "description": "\n".join(lines)}


def _name_codes(shapes: Shape) -> None:
    for name, (known, places) in NAMED.items():
        shapes.setdefault(name, {"type": "string", "enum": list(dict.fromkeys(known))})
        for shape, field in (place.split(".") for place in places if place.partition(".")[0] in shapes):
            shapes[shape]["properties"][field] = {"$ref": f"#/components/schemas/{name}"}


def _finish(operation: Shape, method: str) -> None:
    """A summary, whether the body may be left out, problems and headers."""
    told = str(operation.get("description") or operation["operationId"])
    operation.setdefault("summary", told.split("\n")[0].split(". ")[0].rstrip("."))
    body = operation.get("requestBody", {})
    if any("required" in each["schema"] or each["schema"]["type"] != "object" for each in body.get("content", {}).values()):
        body["required"] = True
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, text in PROBLEM_STATUSES.items():
        if method != "get" or status in ("400", "401", "403", "404", "409", "429"):
            operation["responses"].setdefault(status, {"description": text, "content": content})
    if method == "get":
        operation["responses"]["304"] = {"description": "As If-None-Match has it."}
    for status, response in operation["responses"].items():
        names = (*ALWAYS, *SOMETIMES.get(status, ()), *(("ETag",) if method == "get" and status in ("200", "304") else ()))
        response.setdefault("headers", {}).update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
