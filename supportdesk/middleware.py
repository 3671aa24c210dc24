"""What every request goes through, whatever room it is for."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import MiddlewareNotUsed
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.urls import is_valid_path

from lib.request_id import choose_id, current_id
from lib.requester import current_network, network_of
from supportdesk.errors import busy

log = logging.getLogger(__name__)
NUL = "\x00"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
COMPRESSED = ("text/html", "application/json", "application/problem+json", "application/vnd.oai.openapi")
COMPRESSED_FILES = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")


class RequestIdMiddleware:
    """First of all: what goes wrong in any other one names its request too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = choose_id(request.headers.get("X-Request-Id", ""))
        current_id.set(name)  # until the next request of this thread: Django writes its line when all of this is over
        response = self.get_response(request)
        response.headers["X-Request-Id"] = name
        return response


class FeaturesMiddleware:
    """What no page of ours asks of a device, nothing that gets into one asks either. (A photo is taken by the device's own camera.)"""

    OFF = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = self.OFF
        return response


class RequesterMiddleware:
    """From which network it comes, for what is counted further down: a proxy of ours tells it, where there is one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2] if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        token = current_network.set(network_of(told or request.META.get("REMOTE_ADDR", "")))
        try:
            return self.get_response(request)
        finally:
            current_network.reset(token)


class BothSpellingsMiddleware:
    """An address with and without its last slash is one address: to programs always, to browsers whenever something is sent.

    Django redirects to the slash, and whoever follows that asks with GET: what was sent is lost, and the list that is read instead
    looks like success. So a permanent redirect of what was sent (to https) is a 308 as well, which clients follow with all of it.
    Before SecurityMiddleware and CommonMiddleware, which redirect.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.endswith("/") and (_is_for_programs(request) or (request.method not in SAFE and _lacks_slash(path))):
            request.path_info, request.path = f"{path}/", f"{request.path}/"
        response = self.get_response(request)
        if response.status_code == 301 and request.method not in SAFE:
            response.status_code = 308
        return response


class BusyDatabaseMiddleware:
    """A database that is away, or a row that another holds for too long: 503 in words, and when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        log.error("The database did not answer in time: %s", type(error.__cause__ or error).__name__, exc_info=error)
        return busy(request)


def _lacks_slash(path: str) -> bool:
    return not is_valid_path(path) and bool(is_valid_path(f"{path}/"))


class CompressedPagesMiddleware(GZipMiddleware):
    """Pages, and what programs read: lists shrink to a tenth. Evidence is compressed already.

    Both hold secrets beside what somebody typed: Django's padding of random length and masked tokens keep the size from telling them.
    The ETag of what was compressed is weak, as it must be; If-Match and If-None-Match take it so.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith(COMPRESSED)
        return super().process_response(request, response) if is_text else response


class CompressedFilesMiddleware(GZipMiddleware):
    """Style sheets and scripts of an install that has not run collectstatic, which compresses them once: on a slow line they are what
    the first page waits for. Before WhiteNoise, whose answers it takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.STATIC_MANIFEST:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_file = request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
        is_text = response.get("Content-Type", "").startswith(COMPRESSED_FILES)
        return super().process_response(request, response) if is_file and is_text else response


class PrivatePagesMiddleware:
    """What somebody signed in is shown, and what they typed before they did, is kept by no cache: not even for the Back button of the
    next one at a shared phone. Whoever leaves takes along what the browser has kept. Files and a stranger's pages are left alone.

    After SessionMiddleware. Asks for no session where no cookie names one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        was_signed_in = not request.session.is_empty() and SESSION_KEY in request.session
        response = self.get_response(request)
        if (was_signed_in or not request.session.is_empty()) and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        if was_signed_in and SESSION_KEY not in request.session:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


class WithoutNulMiddleware:
    """PostgreSQL keeps no NUL and fails on one, which would be an error page. Nobody types it: it comes by paste, or on purpose.

    After CsrfViewMiddleware, which reads forms first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") and not _is_for_programs(request):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if NUL in request.path_info:
            raise Http404
        if request.method != "POST" or _is_for_programs(request):
            return
        if any(NUL in value for name, values in request.POST.lists() for value in (name, *values)):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]


class WithoutNulCookiesMiddleware:
    """Before SessionMiddleware: a quoted cookie may spell one out, and the session's key reaches a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        return self.get_response(request)


def _is_for_programs(request: HttpRequest) -> bool:
    """The API refuses by itself, and says why."""
    return request.path_info.startswith("/api/")


def _without_nul(said: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in said.lists():
        found.setlist(name.replace(NUL, ""), [str(value).replace(NUL, "") for value in values])
    return found
