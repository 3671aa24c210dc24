"""Errors as RFC 9457 problem+json: every refusal of an operation and every exception of the framework."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import is_staff_member
from tickets.words.refusals import Audience, code_in_words
from tickets.workflow import STATUS_OF_CODE, Block, Invalid, Refusal

MEDIA_TYPE = "application/problem+json"
TITLE = {
    400: _("The request cannot be used as it is"),
    401: _("Please sign in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not possible here"),
    409: _("Not possible now"),
    412: _("Changed meanwhile"),
    413: _("Too large"),
    415: _("Format not supported"),
    422: _("Not complete yet"),
    429: _("Too many requests"),
    503: _("Away for the moment"),
}
RETRY_AFTER = "60"
# What the framework or this door refuses. What operations refuse stands in tickets/words/blocks.py.
DETAIL = {
    "unauthenticated": _("Sign in, or send a valid token in the header Authorization: Bearer …"),
    "method_not_allowed": _("This address does not know this method."),
    "unsupported_media_type": _(
        "Send JSON (application/json); files as multipart/form-data, parts of one as application/offset+octet-stream."
    ),
    "too_large": _("The request is larger than this address accepts."),
    "throttled": _("Too many requests in a short time. Try again after the seconds named in Retry-After."),
    "SIGNATURE_INVALID": _("This call is not signed with a secret that both sides know."),
    "SIGNATURE_EXPIRED": _("This call was signed too long ago, or with a clock that is wrong. Sign it anew with the time of now."),
    "WRONG_FREEZE": _("The body names another freeze than the address: one signature stands for one freeze."),
    "EXCHANGE_OFF": _("This desk has no key of the platform, so it lets nobody in on its word (PLATFORM_JWT_KEYS)."),
    "ASSERTION_MALFORMED": _("This is no signed token (JWT) as we read it."),
    "ASSERTION_ALGORITHM": _("Sign it with RS256 or ES256, as the key named by `kid` does."),
    "ASSERTION_KEY_UNKNOWN": _("We have no key of the name in its header, `kid`."),
    "ASSERTION_SIGNATURE": _("Its signature does not fit the key named by `kid`."),
    "ASSERTION_ISSUER": _("It was issued by somebody else than we know (`iss`)."),
    "ASSERTION_AUDIENCE": _("It was made for somebody else (`aud`)."),
    "ASSERTION_EXPIRED": _("Its time is over (`exp`). Make another one."),
    "ASSERTION_NOT_YET": _("It counts from a time that is still to come (`nbf`, `iat`). Look at the clock."),
    "ASSERTION_TOO_LONG": _("It may live for five minutes at most (`exp`)."),
    "ASSERTION_CLAIM_MISSING": _("A claim is missing: `claims` names it."),
    "ASSERTION_CLAIM_INVALID": _("A claim does not have the shape it needs: `claims` names it."),
    "ASSERTION_USED": _("This token was taken already (`jti`). Make another one."),
    "PERSON_AMBIGUOUS": _("Its address and its number belong to two accounts here. The customer joins one of them first."),
    "PERSON_REFUSED": _("Nobody is let in as this person: a colleague, a program, or an account that is closed."),
    "IDEMPOTENCY_KEY_REUSED": _("This Idempotency-Key was used for another request. Use a new key."),
    "IDEMPOTENCY_KEY_RUNNING": _("The first request with this Idempotency-Key is still running. Try again in a moment."),
}
CODE_OF_STATUS = {
    400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    415: "unsupported_media_type", 429: "throttled",
}  # fmt: skip


def problem(
    status: int, code: str, headers: Mapping[str, str] | None = None, audience: Audience = Audience.PROGRAM, **members: object
) -> Response:
    """One problem document. `members` stand beside the code."""
    body = {
        "type": f"urn:supportdesk:problem:{code}",
        "title": str(TITLE.get(status, TITLE[400])),
        "status": status,
        "detail": sentence_of(status, code, audience),
        "code": code,
        **members,
    }
    return Response(body, status=status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def sentence_of(status: int, code: str, audience: Audience = Audience.PROGRAM) -> str:
    if code in STATUS_OF_CODE and code not in DETAIL:
        return code_in_words(code, audience)
    return str(DETAIL.get(code) or TITLE.get(status, TITLE[400]))


# What is answered with a problem; anything else is a fault of ours.
EXPECTED_ERRORS = (Refusal, exceptions.APIException, Http404, PermissionDenied, RequestDataTooBig)


def handle(error: Exception, context: Mapping[str, object]) -> Response | None:
    """DRF's exception handler. None: not ours to explain, so Django answers 500."""
    asked = context.get("request")
    return answer(error, asked if isinstance(asked, Request) else None) if isinstance(error, EXPECTED_ERRORS) else None


def answer(error: Exception, request: Request | None) -> Response:
    """The problem for one of EXPECTED, in words for whoever asked."""
    audience = _audience_of(request)
    if isinstance(error, Refusal):
        return refusal_problem(error, audience)
    if isinstance(error, Http404):
        return problem(404, "not_found", audience=audience)
    if isinstance(error, PermissionDenied):
        return problem(403, "forbidden")
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large")
    if isinstance(error, exceptions.APIException):
        return _of_framework(error, audience)
    raise error


def _audience_of(request: Request | None) -> Audience:
    """Asking who it is fails where the token is wrong, and a limit is counted before anybody asks."""
    try:
        return Audience.PROGRAM_OF_DESK if request is not None and is_staff_member(request.user) else Audience.PROGRAM
    except exceptions.APIException:
        return Audience.PROGRAM


def refusal_problem(refusal: Refusal, audience: Audience) -> Response:
    """What an operation said no to: code, what is missing, when it opens, and every guard that failed."""
    members = block(refusal.block)
    code = members.pop("code")
    if isinstance(refusal, Invalid):
        members["errors"] = refusal.errors
    if refusal.status in (409, 422):
        members["blocked_by"] = [block(each) for each in refusal.blocked_by]
    return problem(refusal.status, code, _retry_after(refusal), audience, **members)


def _retry_after(refusal: Refusal) -> Mapping[str, str] | None:
    if refusal.status == 429 and refusal.block.available_from is not None:
        return {"Retry-After": str(max(1, math.ceil((refusal.block.available_from - timezone.now()).total_seconds())))}
    return {"Retry-After": RETRY_AFTER} if refusal.status in (429, 503) else None


def block(guard: Block) -> dict[str, Any]:
    """A failing guard as JSON."""
    return block_json(guard.as_dict())


def block_json(shown: Mapping[str, object]) -> dict[str, object]:
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in shown.items()}


def instant(at: datetime | None) -> str | None:
    """ISO 8601 with the offset of the zone the desk counts in."""
    return None if at is None else timezone.localtime(at).isoformat()


def _of_framework(error: exceptions.APIException, audience: Audience) -> Response:
    status = error.status_code
    code = CODE_OF_STATUS.get(status, str(error.default_code))
    headers: dict[str, str] = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    members: dict[str, object] = {}
    if auth_header and status == 403:
        members["detail"] = str(error.detail)
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(max(1, math.ceil(getattr(error, "wait", None) or 1)))
    if status == 400:
        members["errors"] = _errors(error)
    return problem(status, code, headers, audience, **members)


def _errors(error: exceptions.APIException) -> dict[str, list[str]]:
    detail = error.detail
    if isinstance(detail, dict):
        return {str(name): _texts(value) for name, value in detail.items()}
    return {"non_field_errors": _texts(detail)}


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}: {text}" for name, texts in value.items() for text in _texts(texts)]
    return [str(text) for text in value] if isinstance(value, (list, tuple)) else [str(value)]
