"""It is really you: a fresh code by e-mail before something that cannot be undone, whoever holds the unlocked phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.attempt_counter import register_attempt
from accounts.codes import FreshCodeForm
from accounts.models import User
from accounts.trusted_contacts import is_settled, proving_address

ASKED, PROVEN, PRESSED = "accounts_fresh_code", "accounts_fresh_until", "accounts_fresh_pressed"
WORKS, LASTS = timedelta(minutes=10), timedelta(minutes=10)
View = Callable[..., HttpResponseBase]


def is_fresh(request: HttpRequest) -> bool:
    """By a code of this page, or because one has come in by a code just now."""
    return bool(request.session.get(PROVEN, 0) > timezone.now().timestamp()) or _came_by_code(request)


def _came_by_code(request: HttpRequest) -> bool:
    """To an address or number that counts as proof already."""
    if not isinstance(request.user, User):
        return False
    since = (timezone.now() - LASTS).timestamp()
    records = [each for each in get_authentication_records(request, request.user) if each["method"] == "code" and each["at"] > since]
    addresses = {each["email"] for each in records if each.get("email")}
    numbers = [each["phone"] for each in records if each.get("phone")]
    by_letter = bool(addresses) and proving_address(request.user) in addresses
    return by_letter or any(is_settled(request.user, number) for number in numbers)


def require_fresh_code(back: str = "") -> Callable[[View], View]:
    """Ask for a code first; afterwards one comes to the page named `back`, or to this one where it can be looked at."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if is_fresh(request):
                return view(request, *args, **kwargs)
            request.session[PRESSED] = request.method == "POST"
            following = reverse(back) if back else request.get_full_path()
            return HttpResponseRedirect(f"{reverse('account_fresh')}?{urlencode({'next': following})}")

        return wrapper

    return decorate


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fresh(request: HttpRequest) -> HttpResponse:
    """GET shows; POST sends a code, or takes one."""
    if request.method != "POST" or not isinstance(request.user, User):
        return _page(request, FreshCodeForm())
    if "code" not in request.POST:
        return _send(request, request.user)
    return _take(request, FreshCodeForm(request.POST))


def _send(request: HttpRequest, person: User) -> HttpResponse:
    address = proving_address(person)
    if not ratelimit.consume(request, action="fresh_code", key=f"{person.pk}"):
        messages.error(request, _("Too many codes were asked for. Wait a few minutes."))
        return _page(request, FreshCodeForm(), 429)
    code = get_adapter().generate_login_code()
    request.session[ASKED] = {"code": code, "until": (timezone.now() + WORKS).timestamp()}
    get_adapter().send_mail("account/email/fresh_code", address, {"request": request, "code": code})
    return HttpResponseRedirect(f"{request.path}?{urlencode({'next': _next(request)})}")


def _take(request: HttpRequest, form: FreshCodeForm) -> HttpResponse:
    asked = request.session.get(ASKED)
    if not asked or asked["until"] < timezone.now().timestamp() or not register_attempt(asked["code"]):
        request.session.pop(ASKED, None)
        messages.error(request, _("This code does not work any more. Ask for another one."))
        return _page(request, FreshCodeForm(), 400)
    if not form.is_valid():
        return _page(request, form, 400)
    if not compare_user_code(actual=form.cleaned_data["code"], expected=asked["code"]):
        form.add_error("code", _("This is not the code we sent. Look at the newest e-mail."))
        return _page(request, form, 400)
    del request.session[ASKED]
    request.session[PROVEN] = (timezone.now() + LASTS).timestamp()
    pressed = request.session.pop(PRESSED, False)
    messages.success(request, _("Confirmed. Now press the button once more.") if pressed else _("Confirmed. You can go on."))
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    following = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure())
    return following if safe else reverse("account_profile")


def _page(request: HttpRequest, form: FreshCodeForm, status: int = 200) -> HttpResponse:
    address = proving_address(request.user) if isinstance(request.user, User) else ""
    data = {"form": form, "asked": ASKED in request.session, "next": _next(request), "address": address}
    return render(request, "account/fresh.html", data, status=status)
