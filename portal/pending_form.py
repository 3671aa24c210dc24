"""What a visitor typed before signing in: kept for the one the code goes to, a little longer than it works, unreadable where it lies."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.phone_numbers import international, looks_like_one
from accounts.phones import number_of
from lib.encryption import fernet_for
from lib.types import Context, Record

KEY = "portal_typed"
# Three codes: who was too slow for the first, or lost it, types nothing again.
LIFETIME_SECONDS = 3 * settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
PURPOSE = "portal typed before signing in"


def remember(request: HttpRequest, email: str, said: Mapping[str, object]) -> None:
    told = json.dumps({"email": _plain(email), "said": dict(said)}).encode()
    request.session[KEY] = fernet_for(PURPOSE).encrypt_at_time(told, _now()).decode()


def recall(request: HttpRequest) -> Context:
    """What the person who is signed in typed before. Empty, and forgotten for good, where it is too old or another's."""
    if KEY not in request.session or not request.user.is_authenticated:
        return {}
    told = _decrypt(request.session[KEY])
    if not told or not _is_theirs(told["email"], request.user):
        forget(request)
        return {}
    return told["said"]


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def _decrypt(sealed: str) -> Record:
    try:
        return json.loads(fernet_for(PURPOSE).decrypt_at_time(sealed.encode(), LIFETIME_SECONDS, _now()))
    except InvalidToken:
        return {}


def _is_theirs(typed: str, person: User) -> bool:
    """`typed` is an address, or a number as its person wrote it."""
    if typed == _plain(person.email):
        return True
    number = number_of(person)
    try:
        return bool(number) and looks_like_one(typed) and international(typed) == number
    except ValidationError:
        return False


def _plain(email: str) -> str:
    return email.strip().lower()


def _now() -> int:
    return int(timezone.now().timestamp())
