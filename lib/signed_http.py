"""One signed POST to a program outside: JSON, its HMAC in a header, a time limit, no redirect followed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_SECONDS = 5


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would turn the POST into a GET and count as success."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post_signed(url: str, secret: str, payload: Mapping[str, object]) -> str:
    """Returns "" or what went wrong. Never inside a transaction."""
    if not url.startswith(("https://", "http://")):
        return "not an http address"
    try:
        with build_opener(_NoRedirect).open(_request(url, secret, payload), timeout=TIMEOUT_SECONDS):
            return ""
    except HTTPError as error:
        with error:
            return f"HTTP {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _request(url: str, secret: str, payload: Mapping[str, object]) -> Request:
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Signature": f"sha256={signature}", "User-Agent": "Supportdesk"}
    return Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - post_signed has looked
