"""What a request says, as plain values. What cannot be read is handed on as it is: the operation refuses it at its turn."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.request import Request

DEEPEST = 20  # a ticket's body has four levels
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Unreadable:
    """A body that is no JSON. Operations take objects, so it fails as a 400 after 404, 403, 412 and 409."""


def body_of(request: Request) -> Any:
    """The body as a value: {} when there is none, Unreadable when it is no JSON.

    Raises UnsupportedMediaType (415) for other formats, RequestDataTooBig (413).
    """
    kind = _kind(request)
    if kind in FORMS:
        return _form(request)
    raw = request.body
    if not raw.strip():
        return {}
    if kind not in ("", "application/json"):
        raise UnsupportedMediaType(kind)
    return _json(raw)


def _kind(request: Request) -> str:
    return (request.content_type or "").partition(";")[0].strip().lower()


def _form(request: Request) -> Any:
    try:
        data = request.data
    except ParseError:
        return Unreadable()
    if not isinstance(data, QueryDict):
        return {}
    fields = {name: values[0] if len(values) == 1 else values for name, values in data.lists()}
    return _plain(fields)


def _json(raw: bytes) -> Any:
    try:
        value = _plain(json.loads(raw.decode(), parse_constant=_reject_constant))
    except (ValueError, RecursionError):
        return Unreadable()
    return Unreadable() if value is None else value


def _reject_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _plain(value: object) -> object:
    """Without NUL, which PostgreSQL cannot keep. Raises ValueError for half a surrogate pair and for infinity, which nobody can, and
    for what is nested deeper than anything this API takes.
    """
    return _plain_within(value, DEEPEST)


def _plain_within(value: object, depth: int) -> object:
    if isinstance(value, str):
        value.encode()
        return value.replace("\x00", "")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number without end")
    if depth == 0 and isinstance(value, Mapping | list):
        raise ValueError("too deep")
    if isinstance(value, Mapping):
        return {_plain_within(name, depth): _plain_within(each, depth - 1) for name, each in value.items()}
    return [_plain_within(each, depth - 1) for each in value] if isinstance(value, list) else value


def digest_of(request: Request) -> str:
    """SHA-256 of what the body says: a multipart body sent again has another boundary but the same parts."""
    if _kind(request) not in FORMS:
        return hashlib.sha256(request.body).hexdigest()
    found = hashlib.sha256()
    for name, value in _parts(request):
        said = value.read() if isinstance(value, UploadedFile) else str(value).encode(errors="replace")
        found.update(f"{name}={hashlib.sha256(said).hexdigest()};".encode(errors="replace"))
        if isinstance(value, UploadedFile):
            value.seek(0)
    return found.hexdigest()


def _parts(request: Request) -> list[tuple[str, object]]:
    try:
        data = request.data
    except ParseError:
        return []
    return [(name, value) for name, values in sorted(data.lists()) for value in values] if isinstance(data, QueryDict) else []


def expected_version(request: Request) -> int | None:
    """If-Match as a version: None when absent or *, -1 (which no ticket has) when it is none of ours."""
    tag = request.headers.get("If-Match", "").strip()
    if tag in ("", "*"):
        return None
    number = tag.removeprefix("W/").strip('"')
    return int(number) if number.isascii() and number.isdigit() and len(number) < 12 else -1
