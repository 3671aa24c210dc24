"""What is the same as last time is not sent again: If-None-Match, for whatever programs read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified


class ConditionalMiddleware:
    """A ticket brings its version as ETag; whatever else is read gets one from what it says.

    `moved_by_time` on a response: the clock has moved what is shown and nobody has written it yet, so the version does not tell.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        asked = request.method in ("GET", "HEAD") and request.path_info.startswith("/api/")
        if not asked or not isinstance(response, HttpResponse) or response.status_code != 200:
            return response
        if "ETag" not in response.headers:
            response.headers["ETag"] = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        known = not getattr(response, "moved_by_time", False) and _is_known(request, response)
        return _not_modified(response) if known else response


def _is_known(request: HttpRequest, response: HttpResponse) -> bool:
    """Weakly, as RFC 9110 has it here: compressed or not, it says the same."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in known or response.headers["ETag"].removeprefix("W/") in known


def _not_modified(response: HttpResponse) -> HttpResponseNotModified:
    """Without what speaks of a body."""
    short = HttpResponseNotModified()
    short.cookies = response.cookies
    for name, value in response.headers.items():
        if not name.lower().startswith("content-"):
            short.headers[name] = value
    return short
