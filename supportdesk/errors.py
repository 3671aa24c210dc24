"""The pages for what goes wrong before or around a view. Programs get the same as problem+json."""

import sys
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Texts = tuple[str, Promise, Promise]  # code, title, what to do now

TEXTS: dict[int, Texts] = {
    400: ("invalid", _("We could not read this request"), _("Go back, check what was sent and try again.")),
    403: ("forbidden", _("You may not do this"), _("Your role does not allow it. If it should, ask an administrator.")),
    404: ("not_found", _("There is no such page"), _("The address is wrong, or what it names is not yours to see.")),
    500: (
        "error",
        _("Something broke on our side"),
        _("What you sent just now may not have been taken in: look for it before you send it again. All that was there before is safe."),
    ),
    503: (
        "busy",
        _("The desk is busy just now"),
        _("Please try again in a few seconds. If you sent something, look for it first: it may have been taken in."),
    ),
}
# Seconds after which it is worth another try.
BUSY_FOR = 5
LONG_TEXTS = ("body", "reason", "note", "statement.symptom")  # fields in which people write sentences
CSRF: Texts = ("forbidden", _("This form has expired"), _("Go back, reload the page and send it again. Cookies must be allowed."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, TEXTS[400])


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, TEXTS[403])


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, TEXTS[404])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """With the words that somebody typed: the browser has lost what shows that it was them, and they would be lost too."""
    lost = [request.POST[name] for name in LONG_TEXTS if request.POST.get(name, "").strip()]
    return _answer(request, 403, CSRF, lost)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the error is handled. Where a middleware asks the database who somebody is, no view is there to say that it is away,
    and nobody has asked yet which language they read."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        with translation.override(translation.get_language_from_request(request)):
            return busy(request)
    return _answer(request, 500, TEXTS[500])


def busy(request: HttpRequest) -> HttpResponse:
    """The database is away, or would have let this request wait too long."""
    response = _answer(request, 503, TEXTS[503])
    response.headers["Retry-After"] = str(BUSY_FOR)
    return response


def _answer(request: HttpRequest, status: int, texts: Texts, lost: Sequence[str] = ()) -> HttpResponse:
    code, title, advice = texts
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": str(title), "status": status, "detail": str(advice), "code": code}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    # Without the request: no session, no user, no query, for the database may be what broke.
    page = loader.render_to_string("error.html", {"status": status, "title": title, "advice": advice, "lost": lost})
    return HttpResponse(page, status=status)
