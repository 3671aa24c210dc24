"""One screen to freeze an account: which, what happened, and how to reach the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sms import has_phones
from portal.forms.operation_form import OperationForm, choice_field, text_field, tick_field
from portal.forms.respondent import respondent_fields


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
            hint = _("We send you a six-digit code to go on. No password, no account needed before.")
            self.fields["email"] = text_field(
                _("Your e-mail address or mobile number"), required=True, hint=hint, autocomplete="email", autocapitalize="none"
            )


class FreezeForm(OperationForm):
    """`categories`: pairs of key and the customer's own words."""

    key = "freeze"
    category = choice_field(_("What happened?"), [], required=True)
    not_me = tick_field(_("This was not me"), hint=_("Tick this if you did not make the payment or the sign-in yourself."))

    def __init__(self, categories: Sequence[tuple[str, Any]], *args: Any, days: int, **kwargs: Any) -> None:
        """Nothing is chosen beforehand. `days`: how long the account is kept after closing."""
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        asked = respondent_fields(needs_account=True)
        hint = _(
            "Its name, phone number or e-mail address, as in the app. It is sealed: only those who freeze it or decide can read it, each"
            " look is recorded, and it is deleted %(days)d days after the complaint is closed and nothing is frozen any more."
        )
        asked["account"].help_text = hint % {"days": days}
        self.fields = {"account": asked.pop("account"), **asked, **self.fields}


class FreezeWithEmailForm(ReachedForm, FreezeForm):
    """A visitor's."""
