"""It is really you: a fresh code by e-mail, or a passkey, before something that cannot be undone, whoever holds the unlocked phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
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
from accounts.phone_numbers import mask_number
from accounts.phones import consume_text_allowance, send_code
from accounts.trusted_contacts import is_settled, proving_address, proving_number

ASKED, PROVEN, PRESSED = "accounts_fresh_code", "accounts_fresh_until", "accounts_fresh_pressed"
WORKS, LASTS = timedelta(minutes=10), timedelta(minutes=10)
View = Callable[..., HttpResponseBase]


def is_fresh(request: HttpRequest) -> bool:
    """By a code of this page, or because one has come in by a code or a passkey just now."""
    return bool(request.session.get(PROVEN, 0) > timezone.now().timestamp()) or _came_by_proof(request)


def _came_by_proof(request: HttpRequest) -> bool:
    """By a code to an address or number that counts as proof already, or by a passkey."""
    if not isinstance(request.user, User):
        return False
    since = (timezone.now() - LASTS).timestamp()
    fresh = [each for each in get_authentication_records(request, request.user) if each["at"] > since]
    if any(each["method"] == "mfa" and each.get("type") == "webauthn" for each in fresh):
        return True
    records = [each for each in fresh if each["method"] == "code"]
    addresses = {each["email"] for each in records if each.get("email")}
    numbers = {each["phone"] for each in records if each.get("phone")}
    by_letter = bool(addresses) and proving_address(request.user) in addresses
    return (
        by_letter
        or (bool(numbers) and proving_number(request.user) in numbers)
        or any(is_settled(request.user, number) for number in numbers)
    )


def require_fresh_code(back: str = "") -> Callable[[View], View]:
    """Ask for a code first; afterwards one comes to the page named `back`, or to this one where it can be looked at."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if is_fresh(request):
                return view(request, *args, **kwargs)
            return ask_for_proof(request, reverse(back) if back else request.get_full_path())

        return wrapper

    return decorate


def ask_for_proof(request: HttpRequest, back: str) -> HttpResponse:
    """To the page that asks for a code, which leads on to `back`."""
    request.session[PRESSED] = request.method == "POST"
    return HttpResponseRedirect(f"{reverse('account_fresh')}?{urlencode({'next': back})}")


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


def send_fresh_code(request: HttpRequest, person: User) -> str:
    """A code, on its way to where it proves who one is; "" where too many were asked for."""
    if not ratelimit.consume(request, action="fresh_code", key=f"{person.pk}"):
        return ""
    code = str(get_adapter().generate_login_code())
    if number := proving_number(person):
        if not consume_text_allowance(request, number):
            return ""
        send_code(number, code)
        return code
    get_adapter().send_mail("account/email/fresh_code", proving_address(person), {"request": request, "code": code})
    return code


def _send(request: HttpRequest, person: User) -> HttpResponse:
    if not ask_in_session(request, person):
        messages.error(request, _("Too many codes were asked for. Wait a few minutes."))
        return _page(request, FreshCodeForm(), 429)
    return HttpResponseRedirect(f"{request.path}?{urlencode({'next': _next(request)})}")


def ask_in_session(request: HttpRequest, person: User) -> bool:
    """Send a code that this session can be proven with. False: too many were asked for."""
    code = send_fresh_code(request, person)
    if code:
        request.session[ASKED] = {"code": code, "until": (timezone.now() + WORKS).timestamp()}
    return bool(code)


def code_in_session(request: HttpRequest) -> str:
    """What was sent to this session, while it works; each look is one guess."""
    asked = request.session.get(ASKED)
    if asked and asked["until"] >= timezone.now().timestamp() and register_attempt(asked["code"]):
        return str(asked["code"])
    request.session.pop(ASKED, None)
    return ""


def prove_session(request: HttpRequest) -> datetime:
    """Until when it counts as proven."""
    request.session.pop(ASKED, None)
    until = timezone.now() + LASTS
    request.session[PROVEN] = until.timestamp()
    return until


def _take(request: HttpRequest, form: FreshCodeForm) -> HttpResponse:
    expected = code_in_session(request)
    if not expected:
        messages.error(request, _("This code does not work any more. Ask for another one."))
        return _page(request, FreshCodeForm(), 400)
    if not form.is_valid():
        return _page(request, form, 400)
    if not compare_user_code(actual=form.cleaned_data["code"], expected=expected):
        form.add_error("code", _("This is not the code we sent. Look at the newest message."))
        return _page(request, form, 400)
    prove_session(request)
    pressed = request.session.pop(PRESSED, False)
    messages.success(request, _("Confirmed. Now press the button once more.") if pressed else _("Confirmed. You can go on."))
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    following = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure())
    return following if safe else reverse("account_profile")


def _page(request: HttpRequest, form: FreshCodeForm, status: int = 200) -> HttpResponse:
    address = proving_address(request.user) if isinstance(request.user, User) else ""
    number = proving_number(request.user) if isinstance(request.user, User) else ""
    has_key = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN).exists()
    data = {
        "form": form,
        "asked": ASKED in request.session,
        "next": _next(request),
        "address": address,
        "number": mask_number(number) if number else "",
        "has_key": has_key,
    }
    return render(request, "account/fresh.html", data, status=status)
