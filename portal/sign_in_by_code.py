"""In by a code, before there is an account: who types an e-mail address or a number here gets one when the code comes back."""

from __future__ import annotations

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.code_limits import APP, TOO_MANY, long_codes, refused_until, short_codes
from accounts.forms import RequestLoginCodeForm
from accounts.new_accounts import account_with, send_code_to_new
from accounts.phone_numbers import international, looks_like_one
from accounts.phones import owner_of
from accounts.reserved_addresses import NOBODYS, is_reserved
from accounts.sms import has_phones
from accounts.text_budget import SCARCE
from tickets.workflow import Invalid


def send_code(request: HttpRequest, typed: str, following: str) -> HttpResponseRedirect:
    """Send a sign-in code and lead to the page that asks for it; `following` is the address to come back to.

    By e-mail; to a number where phones are on. Known and unknown ones look the same from outside.
    Raises Invalid at email (no address or number, or too many tries).
    """
    kind, form = _parse_contact(typed)
    if not form.is_valid():
        raise _invalid(kind, form)
    short_codes(request)
    return _send(request, kind, form.cleaned_data[kind], following)


def send_urgent_code(request: HttpRequest, typed: str, following: str) -> HttpResponseRedirect:
    """As send_code, for who freezes. What strangers asked for this address uses up the ordinary limit, never this door.

    Beyond that limit each network address has codes of its own for each address, long ones: more letters, no more to guess.
    Raises Invalid at email.
    """
    kind, form = _parse_contact(typed)
    if form.is_valid():
        short_codes(request)
        return _send(request, kind, form.cleaned_data[kind], following)
    if not {error.code for error in form.errors.as_data().get(kind, [])} & {TOO_MANY, "too_many_texts", SCARCE}:
        raise _invalid(kind, form)
    where = international(typed) if kind == "phone" else typed.strip().lower()
    key = f"{ratelimit.get_ip(request)} {where}"
    if not ratelimit.consume(request, app=APP, action="urgent_code", key=key):
        meanwhile = _("Until then freeze it yourself in the app: how, stands at the end of this page.")
        raise Invalid({"email": [f"{refused_until(request, 'urgent_code', key)} {meanwhile}"]})
    long_codes(request)
    return _send(request, kind, where, following)


def _parse_contact(typed: str) -> tuple[str, RequestLoginCodeForm]:
    if not typed.strip():
        raise Invalid({"email": [_("Enter your e-mail address, such as mei@example.com.")]})
    if has_phones() and looks_like_one(typed):
        return "phone", RequestLoginCodeForm({"phone": typed})
    return "email", RequestLoginCodeForm({"email": typed.strip().lower()})


def _invalid(kind: str, form: RequestLoginCodeForm) -> Invalid:
    return Invalid({"email": form.errors.get(kind) or form.non_field_errors()})


def _send(request: HttpRequest, kind: str, where: str, following: str) -> HttpResponseRedirect:
    if kind == "phone":
        _send_text(request, where)
    else:
        _send_letter(request, where)
    return HttpResponseRedirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': following})}")


def _send_text(request: HttpRequest, number: str) -> None:
    """Who may not sign in gets no code."""
    owner = owner_of(number)
    if owner is None:
        send_code_to_new(request, phone=number)
        return
    LoginCodeVerificationProcess.initiate(request=request, user=owner if owner.is_active else None, phone=number)


def _send_letter(request: HttpRequest, email: str) -> None:
    """Who may not sign in stays out: no code goes there."""
    user = account_with(email)
    may_sign_in = user is not None and user.is_active and not user.is_service
    if not may_sign_in and is_reserved(email):
        raise Invalid({"email": [NOBODYS]})
    if user is None:
        send_code_to_new(request, email=email)
        return
    if may_sign_in:  # the code proves the address; without this row a second code would be asked for
        EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    LoginCodeVerificationProcess.initiate(request=request, user=user if may_sign_in else None, email=email)
