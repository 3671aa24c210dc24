"""What a visitor typed before signing in: kept for the one the code goes to, a little longer than it works, unreadable where it lies."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.phone_numbers import international, looks_like_one
from accounts.phones import number_of
from lib.encryption import fernet_for
from lib.types import Context, Record
from tickets.operations.freeze_requests import KEPT, keep_freeze_request, open_freeze_request

KEY = "portal_typed"
PURPOSE = "portal typed before signing in"


def remember(request: HttpRequest, typed: str, said: Mapping[str, object]) -> None:
    """As a request of its own. Where too many wait, in this browser's session alone: nothing that was typed is lost."""
    contact, before = contact_of(typed), request.session.get(KEY)
    kept = keep_freeze_request(contact, said, timezone.now(), before if isinstance(before, int) else None)
    request.session[KEY] = kept or _seal({"contact": contact, "said": dict(said)})


def recall(request: HttpRequest) -> Context:
    """What the person who is signed in typed before. Empty, and forgotten for good, where it is too old or another's."""
    if KEY not in request.session or not request.user.is_authenticated:
        return {}
    told = _open(request.session[KEY])
    if not told or told["contact"] not in contacts_of(request.user):
        forget(request)
        return {}
    return told["said"]


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def contact_of(typed: str) -> str:
    """An address as it is kept, or a number."""
    plain = typed.strip().lower()
    try:
        return international(plain) if looks_like_one(plain) else plain
    except ValidationError:
        return plain


def contacts_of(person: User) -> tuple[str, ...]:
    """What this person has proven."""
    return tuple(filter(None, (person.email, number_of(person))))


def _seal(told: Record) -> str:
    return fernet_for(PURPOSE).encrypt_at_time(json.dumps(told).encode(), _now()).decode()


def _open(kept: int | str) -> Record:
    if isinstance(kept, int):
        return open_freeze_request(kept, timezone.now())
    try:
        return json.loads(fernet_for(PURPOSE).decrypt_at_time(kept.encode(), int(KEPT.total_seconds()), _now()))
    except InvalidToken:
        return {}


def _now() -> int:
    return int(timezone.now().timestamp())
