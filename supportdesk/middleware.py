"""What every request goes through, whatever room it is for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.gzip import GZipMiddleware

NUL = "\x00"


class CompressedPagesMiddleware(GZipMiddleware):
    """Pages only: they are four fifths of what a phone waits for. Evidence is compressed already, and programs compare ETags.

    A page holds secrets beside what somebody typed: Django's padding of random length and masked tokens keep its size from telling them.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


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
