"""Once: a POST with an Idempotency-Key is answered once; the same request again gets the first answer.

The key's row is locked while the operation runs, and the answer is written in the operation's own transaction: they stand
together or not at all. What was refused (4xx) or broke (5xx) did nothing and is not kept: once it is mended, by another body
or by what was missing, the same key may be used for it. A process that dies half-way leaves a row without an answer and without
a lock, so the next try runs.
What goes over a network (files to the store) is done before that transaction, by each of two rivals, and undone by the loser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api import problems
from api.bodies import digest_of
from api.models import IdempotencyKey

KEEP = timedelta(hours=24)
KEPT_HEADERS = ("ETag", "Location", "WWW-Authenticate")
LOCK_NOT_AVAILABLE = "55P03"


class StillRunning(Exception):
    """Another request holds the key."""


PrepareAnswer = Callable[[], AbstractContextManager[Callable[[], Response]]]


def answer_once(request: Request, prepare: PrepareAnswer, secret_fields: tuple[str, ...] = ()) -> Response:
    """The answer of what `prepare` hands over, or the first one given to this key. `secret_fields` of an answer are never kept.

    `prepare` does beforehand what does not belong inside a transaction, and undoes it where it was not needed. Without a key (or
    without a user) all just runs. What is handed over returns a problem for what it refuses; what it raises is a fault, undoes
    everything and leaves the key free. Raises ValidationError for a key that is none.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or not request.user.is_authenticated:
        with prepare() as run:
            return run()
    if not key.strip() or len(key) > 255 or not key.isprintable():
        raise ValidationError({"Idempotency-Key": [_("Send 1 to 255 printable characters.")]})
    said = f"{request.method} {request.path}"[:255], digest_of(request)
    row = _row(request.user.pk, key, *said)
    return _earlier(row, said) or _answer_under_lock(row, said, prepare, secret_fields)


def _earlier(row: IdempotencyKey, said: tuple[str, str]) -> Response | None:
    """What this key says already: its first answer, or that it is another request's. None: nothing was done under it yet."""
    if not row.status_code:
        return None
    if (row.request, row.digest) != said:
        return problems.problem(422, "IDEMPOTENCY_KEY_REUSED")
    return _replay_answer(row)


def _answer_under_lock(row: IdempotencyKey, said: tuple[str, str], prepare: PrepareAnswer, secret_fields: tuple[str, ...]) -> Response:
    """Asked again under the lock: another request may have come first while this one prepared."""
    with prepare() as run:
        try:
            with transaction.atomic():
                locked = _lock_row(row)
                return _earlier(locked, said) or _first(locked, said, run(), secret_fields)
        except StillRunning:
            return problems.problem(409, "IDEMPOTENCY_KEY_RUNNING", {"Retry-After": "1"})


def _row(user_id: int, key: str, name: str, digest: str) -> IdempotencyKey:
    """The row of the key, made now when there is none or when its time is over. Committed before anything runs."""
    now = timezone.now()
    IdempotencyKey.objects.filter(user_id=user_id, key=key, created_at__lte=now - KEEP).delete()
    fresh = {"request": name, "digest": digest, "created_at": now}
    return IdempotencyKey.objects.get_or_create(user_id=user_id, key=key, defaults=fresh)[0]


def _lock_row(row: IdempotencyKey) -> IdempotencyKey:
    """Raises StillRunning when another request holds it (PostgreSQL). SQLite has one writer at a time anyway."""
    try:
        return IdempotencyKey.objects.select_for_update(nowait=True).get(pk=row.pk)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise


def _first(row: IdempotencyKey, said: tuple[str, str], response: Response, secret_fields: tuple[str, ...]) -> Response:
    if response.status_code >= 400:
        return response
    row.request, row.digest = said  # the row may be of a try that was refused, with another body
    row.status_code = response.status_code
    row.content_type = response.content_type or ""
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.body = JSONRenderer().render(_without(response.data, secret_fields)).decode()
    row.save()
    return response


def _without(data: object, secret_fields: tuple[str, ...]) -> object:
    if not isinstance(data, Mapping) or not secret_fields:
        return data
    return {name: None if name in secret_fields else value for name, value in data.items()}


def _replay_answer(row: IdempotencyKey) -> Response:
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return Response(_Rendered(row.body), status=row.status_code, headers=headers, content_type=row.content_type or None)


class _Rendered(str):
    """JSON text as it stood in the first answer."""


class Renderer(JSONRenderer):
    """JSON in UTF-8; an answer given again is given word by word."""

    def render(self, data: object, accepted_media_type: str | None = None, renderer_context: Mapping[str, object] | None = None) -> bytes:
        if isinstance(data, _Rendered):
            return data.encode()
        return super().render(data, accepted_media_type, renderer_context)
