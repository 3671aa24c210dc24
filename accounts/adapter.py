"""How allauth behaves here: where people land, how letters leave, how secrets of second factors are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as request_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts import phones
from accounts.code_limits import code_for
from accounts.first_verification import start_clean
from accounts.known_devices import counted_with, remember_device
from accounts.letters import queue_letter
from accounts.mail_outage import away_since
from accounts.models import User
from accounts.phone_numbers import NumberField
from accounts.reserved_addresses import check_address
from accounts.roles import STAFF_ROLES, roles_of
from accounts.security_notices import PHONE_ADDED, tell_of_change
from accounts.unproven import NO_ADDRESS
from lib.encryption import fernet_for

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.models import AnonymousUser

SECRETS = "accounts second factor"


def home_of(user: User | AnonymousUser) -> str:
    """The page a person works from: the desk, the admin, or the front door."""
    roles = roles_of(user)
    if not roles.isdisjoint(STAFF_ROLES):
        return _address("desk:queue")
    return _address("admin:index" if user.is_superuser else "portal:home")


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"


class AccountAdapter(DefaultAccountAdapter):
    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "accounts.sign_in_stages.AddressStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def clean_email(self, email: str) -> str:
        """allauth asks where an address is chosen: sign-up, another address."""
        check_address(email)
        return super().clean_email(email)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A program comes with a token: whoever reads its mailbox does not come in as it."""
        return self.respond_user_inactive(request, user) if user.is_service else super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        remember_device(request, response, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth's counts all numbers as one login, and a known device with all strangers."""
        login = str(credentials.get("email") or credentials.get("phone") or credentials.get("username") or "").lower()
        return f"{super()._get_login_attempts_cache_key(request, email=login)}{counted_with(request, login)}"

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        start_clean(request, email_address.user, email_address.email)
        return super().confirm_email(request, email_address)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Written down, and sent by a worker: no page waits for a mail server. What is known to be late is said on the page.

        To nobody's address nothing is sent.
        """
        if email.endswith(f"@{NO_ADDRESS}"):
            return
        request = request_context.request
        about = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        queue_letter(self.render_mail(template_prefix, email, about), has_code="code" in context)
        if request is not None and away_since() is not None:
            messages.warning(request, _("E-mail is late just now: the mail server does not answer. Your letter leaves as soon as it does."))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, object] | None = None, email: str | None = None
    ) -> None:
        """allauth tells one address, in words of its own; ours go to all that is or was proven."""
        tell_of_change(user, template_prefix.rpartition("/")[2])

    def generate_login_code(self) -> str:
        return code_for(request_context.request, super().generate_login_code())

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:
        return code_for(request_context.request, super().generate_phone_verification_code(user=user, phone=phone))

    # ---- Phones; allauth asks for these only where a gateway is configured
    def phone_form_field(self, **kwargs: Any) -> NumberField:
        return NumberField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        number = phones.number_of(user)
        return (number, True) if number else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        if verified:
            self.set_phone_verified(user, phone)

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Also at every sign-in by it: only another one is a change."""
        if phones.number_of(user) == phone:
            return
        if not phones.keep(user, phone):
            messages.error(request_context.request, _("This number belongs to another account. It stays there."))
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_change_phone")))
        tell_of_change(user, PHONE_ADDED)

    def get_user_by_phone(self, phone: str) -> User | None:
        return phones.user_with(phone)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        phones.send_code(phone, code)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        phones.send_unknown(phone)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are encrypted at rest; SECRET_KEY_FALLBACKS still open older ones."""

    def encrypt(self, text: str) -> str:
        return fernet_for(SECRETS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return fernet_for(SECRETS).decrypt(encrypted_text.encode()).decode()
