"""One GET of JSON from an address that the operator set: limited in time and size, no redirect followed. It may be private."""

from __future__ import annotations

import json
from http.client import HTTPException
from urllib.request import Request, build_opener

from lib.signed_http import TIMEOUT_SECONDS, NoRedirect

LARGEST = 256 * 1024


def get_json(url: str) -> object:
    """What is there, or None for whatever went wrong. Never inside a transaction."""
    if not url.startswith(("https://", "http://")):
        return None
    request = Request(url, headers={"Accept": "application/json", "User-Agent": "Supportdesk"})  # noqa: S310 - looked at just now
    try:
        with build_opener(NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as answer:
            body = answer.read(LARGEST + 1)
        return json.loads(body) if len(body) <= LARGEST else None
    except (OSError, HTTPException, ValueError, RecursionError):
        return None
