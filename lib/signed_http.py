"""One signed POST to a program of the operator's: JSON, a time limit, no redirect followed. Its address may be private."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from lib.standard_webhooks import signed_headers

TIMEOUT_SECONDS = 5


class NoRedirect(HTTPRedirectHandler):
    """A redirect would turn the POST into a GET and count as success."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post_signed(url: str, secret: str, payload: Mapping[str, object]) -> str:
    """The HMAC of the body in X-Signature. Returns "" or what went wrong. Never inside a transaction."""
    body = json.dumps(payload).encode()
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _post(url, body, {"Content-Type": "application/json", "X-Signature": f"sha256={made}", "User-Agent": "Supportdesk"})


def post_webhook(url: str, secrets: Sequence[str], message_id: str, now: datetime, payload: Mapping[str, object]) -> str:
    """Signed as Standard Webhooks. Returns as `post_signed`."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    return _post(url, body, signed_headers(secrets, message_id, now, body))


def post_ping(url: str) -> str:
    """Says nothing but that somebody lives. Returns as `post_signed`."""
    return _post(url, b"", {"User-Agent": "Supportdesk"})


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> str:
    if not url.startswith(("https://", "http://")):
        return "not an http address"
    request = Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - looked at just now
    try:
        with build_opener(NoRedirect).open(request, timeout=TIMEOUT_SECONDS):
            return ""
    except HTTPError as error:
        with error:
            return f"HTTP {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"
