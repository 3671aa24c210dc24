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


SEALED = _(
    "It is sealed: only those who freeze it or decide can read it, each look is recorded, and it is deleted %(days)d days after the"
    " complaint is closed and nothing is frozen any more."
)
LATER = ("category", "respondent_name")


class FreezeForm(OperationForm):
    """`categories`: pairs of key and the customer's own words."""

    key = "freeze"
    not_me = tick_field(_("This was not me"))
    category = choice_field(_("What happened?"), [])

    def __init__(self, categories: Sequence[tuple[str, Any]], *args: Any, days: int, **kwargs: Any) -> None:
        """Nothing is chosen beforehand. `days`: how long the account is kept after closing. What happened may be left for later."""
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        asked = respondent_fields(needs_account=True)
        self.sealed = SEALED % {"days": days}
        asked["account"].label = _("Which account?")
        asked["account"].help_text = _("Its name, phone number or e-mail address, as in the app.")
        asked["respondent"].label = _("In which app?")
        self.fields = {**asked, **self.fields}

    def first(self) -> list[forms.BoundField]:
        """What is asked above the red button; the rest may be left empty."""
        return [field for field in self.visible_fields() if field.name not in LATER]

    def later(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in LATER]


class FreezeWithEmailForm(ReachedForm, FreezeForm):
    """A visitor's."""
