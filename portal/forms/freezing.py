"""One screen to freeze an account: which, what happened, and how to reach the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sms import has_phones
from portal.forms.operation_form import OperationForm, choice_field, text_field, tick_field


class ReachedForm(OperationForm):
    """For a visitor: where the code goes. A number can be named where phones are on."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send you a six-digit code to go on. No password, no account needed before."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_phones():
            hint = _("We send you a six-digit code to go on. A number works if it is in your account here; an e-mail address always does.")
            self.fields["email"] = text_field(
                _("Your e-mail address or mobile number"), required=True, hint=hint, autocomplete="email", autocapitalize="none"
            )


class FreezeForm(OperationForm):
    """`categories`: pairs of key and the customer's own words."""

    key = "freeze"
    account = text_field(
        _("Which account?"),
        required=True,
        hint=_("Its name, phone number or e-mail address, as in the app. We keep it in a form nobody can read back."),
        autocomplete="off",
        autocapitalize="none",
        spellcheck="false",
    )
    category = choice_field(_("What happened?"), [], required=True)
    not_me = tick_field(_("This was not me"), hint=_("Tick this if you did not make the payment or the sign-in yourself."))

    def __init__(self, categories: Sequence[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]


class FreezeWithEmailForm(ReachedForm, FreezeForm):
    """A visitor's."""
