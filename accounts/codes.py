"""Codes as people type or paste them (full-width digits and blanks are no reason to refuse one), and keys in plain words."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as key_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.attempt_counter import register_attempt


def plain_code(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(char for char in plain if not char.isspace() and unicodedata.category(char) != "Cf")


class TypedCode(forms.Form):
    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_code(self.cleaned_data["code"])
        return super().clean_code()  # type: ignore[misc]


class SentCode(TypedCode):
    """One we sent; phones offer it out of the message. A guess too many is a wrong one, in the same words: nobody learns from them."""

    expected_code: str

    code = forms.CharField(
        label=_("Code"), widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})
    )

    def clean_code(self) -> str:
        if self.expected_code and not register_attempt(self.expected_code):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()


class ConfirmLoginCodeForm(SentCode, account_forms.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(SentCode, account_forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmPasswordResetCodeForm(SentCode, account_forms.ConfirmPasswordResetCodeForm):
    pass


class VerifyPhoneForm(SentCode, account_forms.VerifyPhoneForm):
    pass


class AuthenticateForm(TypedCode, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateForm(TypedCode, mfa_forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(TypedCode, totp_forms.ActivateTOTPForm):
    pass


class FreshCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return plain_code(self.cleaned_data["code"])


class AddKeyForm(key_forms.AddWebAuthnForm):
    """A passkey unless one says otherwise: the way in that nobody can be talked out of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this key")
        self.fields["name"].help_text = _("So that you know it again, such as: my phone.")
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _(
            "Your fingerprint, face or PIN opens it: no password, no code. Without this it is a second step only."
        )
        self.fields["passwordless"].initial = True


class EditKeyForm(key_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this key")
