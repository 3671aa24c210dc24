"""What each request owes the signed-in person: their language and time zone, a second factor for staff, whether they are freshly proven."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.reauthentication import is_fresh
from accounts.second_factor import has_fresh_factor, has_second_factor, needs_second_factor, passed_second_factor
from accounts.staff_sessions import goes_on
from lib.zones import zone_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Pages one must reach to set up or show the second factor, or to leave.
OPEN_NAMES = frozenset(
    {
        "account_reauthenticate",
        "account_fresh",
        "account_not_me",
        "account_logout",
        "account_confirm_email",
        "account_email_verification_sent",
        "set_language",
    }
)


class PreferencesMiddleware:
    """After LocaleMiddleware and AuthenticationMiddleware: what a person chose wins over what the browser says."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without a login in the session there is nobody to look up: no query for visitors and for programs with tokens.
        user = request.user if SESSION_KEY in request.session else None
        if user and user.is_authenticated:
            user.fresh_proof = partial(is_fresh, request)
            if settings.REQUIRE_STAFF_2FA and needs_second_factor(user):
                user.fresh_factor = partial(has_fresh_factor, request)
        if user and user.is_authenticated and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        zone = user.timezone if user and user.is_authenticated else ""
        with timezone.override(zone_of(zone)):
            return self.get_response(request)


class StaffSessionMiddleware:
    """A session of staff ends after its hours, or when nothing was done for a while. A token brings no session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if SESSION_KEY not in request.session or not needs_second_factor(request.user) or goes_on(request):
            return None
        logout(request)
        said = _("Your session has ended, because nothing was done for a while or because it was a long day. Sign in again.")
        if not _asks_for_page(request):
            return _problem(401, "Unauthorized", "unauthenticated", said)
        messages.info(request, said)
        return _led_to(request, "account_login")


class SecondFactorMiddleware:
    """Staff work only in a session that has shown a second factor. Binds sessions; a token brings no session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not settings.REQUIRE_STAFF_2FA or SESSION_KEY not in request.session or _is_open(request):
            return None
        if not needs_second_factor(request.user) or passed_second_factor(request):
            return None
        return _sent_to_second_factor(request)


def _is_open(request: HttpRequest) -> bool:
    name = request.resolver_match.url_name if request.resolver_match else None
    return bool(name) and (name in OPEN_NAMES or str(name).startswith("mfa_"))


def _sent_to_second_factor(request: HttpRequest) -> HttpResponse:
    if not _asks_for_page(request):
        return _problem(403, "Forbidden", "forbidden", _("Staff sessions need two-step verification."))
    return _led_to(request, "mfa_reauthenticate" if has_second_factor(request.user) else "mfa_index")


def _asks_for_page(request: HttpRequest) -> bool:
    """A program that names no format takes HTML too."""
    return not request.path.startswith("/api/") and request.accepts("text/html")


def _problem(status: int, title: str, code: str, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _led_to(request: HttpRequest, page: str) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else "/"
    address = f"{reverse(page)}?next={quote(back)}"
    if request.headers.get("HX-Request"):
        # A redirect would be followed inside the fragment: htmx moves the whole page on this header.
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
