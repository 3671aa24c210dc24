"""One screen to freeze an account: which, what happened, and how to reach the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.shaped import OperationForm, choice_field, text_field, tick_field


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send you a six-digit code to go on. No password, no account needed before."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}),
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


class FreezeWithEmailForm(FreezeForm):
    email = email_field()
