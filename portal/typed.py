"""What a visitor typed before signing in: kept for the one the code goes to, as long as the code works, unreadable where it lies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.boxes import box

KEY = "portal_typed"
PURPOSE = "portal typed before signing in"


def remember(request: HttpRequest, email: str, said: Mapping[str, Any]) -> None:
    told = json.dumps({"email": _plain(email), "said": dict(said)}).encode()
    request.session[KEY] = box(PURPOSE).encrypt_at_time(told, _now()).decode()


def recall(request: HttpRequest) -> dict[str, Any]:
    """What the person who is signed in typed before. Empty, and forgotten for good, where it is too old or another's."""
    if KEY not in request.session or not request.user.is_authenticated:
        return {}
    told = _opened(request.session[KEY])
    if told.get("email") != _plain(request.user.email):
        forget(request)
        return {}
    return told["said"]


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def _opened(sealed: str) -> dict[str, Any]:
    try:
        return json.loads(box(PURPOSE).decrypt_at_time(sealed.encode(), settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT, _now()))
    except InvalidToken:
        return {}


def _plain(email: str) -> str:
    return email.strip().lower()


def _now() -> int:
    return int(timezone.now().timestamp())
