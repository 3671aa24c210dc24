"""Two-step verification: who needs it, who has it, and whether this session has shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.roles import is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.forms import Form

    from accounts.models import User


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """The five groups, adapters, and whoever may open the admin."""
    return user.is_authenticated and (user.is_staff or user.is_superuser or is_staff_member(user))


def has_second_factor(user: User | AnonymousUser) -> bool:
    return bool(is_mfa_enabled(user))


def passed_second_factor(request: HttpRequest) -> bool:
    """This session has shown a code or a key (at sign-in, when asked again, or by setting one up)."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def has_fresh_factor(request: HttpRequest) -> bool:
    """It was shown within the last minutes: what moves money or rights, or shows what is sealed, asks for it again."""
    since = (timezone.now() - settings.STAFF_FACTOR).timestamp()
    return any(record["method"] == "mfa" and record["at"] > since for record in get_authentication_records(request, request.user))


def has_passkey(user: str) -> Exists:
    """To annotate rows with; `user` is their column. Strangers' guesses can shut out whoever has nothing but codes and a password."""
    return Exists(Authenticator.objects.filter(user=OuterRef(user), type=Authenticator.Type.WEBAUTHN))


class ActivateTOTP(ActivateTOTPView):
    """Setting up an app proves it: without this the next page would ask for a code that was just used."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


class AddSecurityKey(AddWebAuthnView):
    """Adding a key proves it."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn")
        return response
