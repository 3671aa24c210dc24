"""Forms of the accounts room: one page to sign in by code or by password, sign-up, profile."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal.httpkit import headed_redirect_response
from django import forms
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.code_limits import count_code
from accounts.models import EmailFrequency, Language, User
from accounts.new_accounts import account_with, send_code_to_new
from accounts.phone_numbers import international, looks_like_one
from accounts.phones import check_pace, owner_of
from accounts.reserved_addresses import is_reserved
from accounts.sms import has_phones
from lib.types import Text
from lib.zones import DEFAULT_ZONE, zone_choices

BY_CODE, BY_PASSWORD = "code", "password"


class LoginForm(allauth_forms.LoginForm):
    """One e-mail field for both ways in. `by` is the button that was pressed; Enter alone means what was typed decides."""

    is_new = False
    by = forms.ChoiceField(choices=[(BY_CODE, ""), (BY_PASSWORD, "")], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address or mobile number") if has_phones() else _("E-mail address")
        keyboard = {} if has_phones() else {"inputmode": "email"}
        self.fields["login"].widget.attrs.update({"autocomplete": "username webauthn", "autocapitalize": "none", **keyboard})
        self.fields["login"].widget.attrs.pop("placeholder", None)
        password = self.fields["password"]
        password.required = password.widget.is_required = False
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        """A number as it is kept, or words that say how to write it."""
        login = super().clean_login()
        return international(login) if has_phones() and looks_like_one(login) else login

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, object]:
        if not email and not phone:
            self.add_error("login", _("Enter an e-mail address such as mei@example.com."))
            return self.cleaned_data
        form = RequestLoginCodeForm({"phone": phone} if phone else {"email": email})
        if form.is_valid():
            self.user, self.is_new = form._user, form.is_new
        for errors in form.errors.as_data().values():
            self.add_error("login", errors)
        return self.cleaned_data

    def _login_by_code(self, request: HttpRequest, redirect_url: str | None, credentials: dict[str, str]) -> HttpResponse:
        """Who is new here gets a code like others: it makes the account when it comes back."""
        if not self.is_new:
            return super()._login_by_code(request, redirect_url, credentials)
        phone = credentials.get("phone")
        send_code_to_new(request, phone=phone) if phone else send_code_to_new(request, email=credentials["email"].lower())
        query = {REDIRECT_FIELD_NAME: redirect_url} if redirect_url else None
        return headed_redirect_response("account_confirm_login_code", query=query)

    def clean(self) -> dict[str, object]:
        by = self.cleaned_data.get("by")
        if by == BY_PASSWORD and not self.cleaned_data.get("password") and "password" not in self.errors:
            self.add_error("password", _("Enter your password, or let us send you a code."))
        if by == BY_CODE:
            # A password manager may have filled the field; the button says what is wanted.
            self.cleaned_data.pop("password", None)
        return super().clean()


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """As allauth's, but for how codes are counted: what strangers ask for does not use up what a known device may."""

    _user: User | None = None
    is_new = False  # nobody has this address or number, and somebody may

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email:
            count_code(email)
            self._user = next(iter(filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)), None)
            self.is_new = self._user is None and account_with(email.lower()) is None and not is_reserved(email)
        return email

    def clean_phone(self) -> str:
        number: str = self.cleaned_data["phone"]
        if number:
            check_pace(number)
            count_code(number)
            owner = owner_of(number)
            self._user = owner if owner is not None and owner.is_active else None
            self.is_new = owner is None
        return number


class ChangePhoneForm(allauth_forms.ChangePhoneForm):
    def clean_phone(self) -> str:
        number = super().clean_phone()
        check_pace(number)
        return number


class SignupForm(allauth_forms.SignupForm):
    """E-mail and, if wanted, a name and a password. Who has no password signs in by code."""

    name = forms.CharField(label=_("Your name"), max_length=150, required=False, help_text=_("How we address you."))
    field_order = ["email", "name", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["password1"].help_text = _("At least 10 characters. Without one we e-mail you a code each time.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email: str = super().clean_email()
        count_code(email)
        return email


class ChoosingForm(forms.Form):
    """Fields are columns of the user, by name."""

    user: User

    def apply(self) -> None:
        """Write what was chosen. Call only when valid."""
        for name in self.fields:
            setattr(self.user, name, self.cleaned_data[name])
        self.user.save(update_fields=list(self.fields))


class ProfileForm(ChoosingForm):
    name = forms.CharField(label=_("Your name"), max_length=150, required=False, help_text=_("How we address you."))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, help_text=_("For these pages and for our e-mails."))
    timezone = forms.ChoiceField(label=_("Time zone"), help_text=_("Every date and deadline is shown in it."))

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        initial = {
            "name": user.name,
            "language": user.language or get_language(),
            "timezone": user.timezone or DEFAULT_ZONE,
        }
        super().__init__(data, initial=initial)
        self.user = user
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["timezone"].choices = zone_choices()  # type: ignore[attr-defined]


def _choices(*paces: EmailFrequency) -> list[tuple[str, Text]]:
    return [(pace.value, pace.label) for pace in paces]


class NoticesForm(ChoosingForm):
    """What comes by e-mail and when. What may not be silent has no such choice; what comes at once always is not asked."""

    steps_by_mail = forms.ChoiceField(
        label=_("Steps of your complaint"),
        help_text=_("Received, submitted, carried out, a date that moved."),
        choices=_choices(EmailFrequency.AT_ONCE, EmailFrequency.DAILY),
    )
    reminders_by_mail = forms.ChoiceField(
        label=_("Reminders"),
        help_text=_("Your own dates while days are left, a file that could not be used, a complaint that closed."),
        choices=_choices(EmailFrequency.AT_ONCE, EmailFrequency.DAILY),
    )
    news_by_mail = forms.ChoiceField(
        label=_("News that ask nothing of you"),
        help_text=_("A review has begun, your complaint was taken further."),
        choices=_choices(EmailFrequency.AT_ONCE, EmailFrequency.DAILY, EmailFrequency.NEVER),
    )
    digest_hour = forms.TypedChoiceField(label=_("Time of the daily e-mail"), coerce=int, choices=[(n, f"{n:02}:00") for n in range(24)])
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, help_text=_("For these pages and for our e-mails."))
    timezone = forms.ChoiceField(label=_("Time zone"), help_text=_("Every date and deadline is shown in it."))

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        kept = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(data, initial={**kept, "language": user.language or get_language(), "timezone": user.timezone or DEFAULT_ZONE})
        self.user = user
        self.fields["timezone"].choices = zone_choices()  # type: ignore[attr-defined]
