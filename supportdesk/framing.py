"""The customer's pages inside a frame of the platform's app: which may be framed by whom, and what their cookies say."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.roles import is_staff_member

NEVER = ("/desk/", "/admin/", "/api/")
FRAMES = ("iframe", "frame")

# Known to http.cookies from Python 3.14 on.
Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
Morsel._flags.add("partitioned")  # type: ignore[attr-defined]


class FramingMiddleware:
    """Around all that sets a cookie, and within what writes the Content-Security-Policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.FRAMED_BY or request.path_info.startswith(NEVER):
            return self.get_response(request)
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and (user.is_staff or is_staff_member(user)):
            return response
        response._csp_replace = {"frame-ancestors": settings.FRAMED_BY}  # type: ignore[attr-defined]
        response.headers.pop("X-Frame-Options", None)
        if request.headers.get("Sec-Fetch-Dest") in FRAMES:  # what a script asks for in there sets no cookie that anything waits for
            partition_cookies(response)
        return response


def partition_cookies(response: HttpResponseBase) -> None:
    for cookie in response.cookies.values():
        cookie["samesite"], cookie["secure"], cookie["partitioned"] = "None", True, True
