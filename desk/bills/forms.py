"""Which column of a bill is which, as a form."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from desk.shell.fields import Field, Form
from tickets.bills.statuses import STATES
from tickets.models import Bill
from tickets.words import CHARGE_STATE

KEY = "layout"


def layout_form(row: Bill, typed: QueryDict | None = None) -> Form:
    """Empty, or with what was typed."""
    headings = [(str(place), heading) for place, heading in enumerate(row.headings) if heading]

    def value_of(name: str) -> str:
        return typed.get(name, "") if typed is not None else ""

    def column(name: str, label: str, required: bool = False) -> Field:
        return Field(KEY, name, label, "select", required=required, value=value_of(name), choices=headings)

    def words(state: str) -> Field:
        label = _("Words of the state that mean “%s”, with commas between").replace("%s", str(CHARGE_STATE[state]))
        return Field(KEY, state, label, value=value_of(state), limit=400)

    fields = [
        column("number", _("Transaction number"), required=True),
        column("order", _("Merchant's order number")),
        column("amount", _("Amount"), required=True),
        column("status", _("State")),
        column("refund", _("Amount paid back")),
        *map(words, STATES),
    ]
    note = _(
        "We do not know this bill. Say once what its columns mean, then hand the file in again: "
        "from then on such bills are read by themselves."
    )
    return Form(KEY, _("Which column is which?"), _("Remember the columns"), fields, note=note)
