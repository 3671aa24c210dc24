"""Whom the complaint is about, and which account there: asked together, of everybody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.types import Context, Record
from portal.forms.operation_form import choice_field, text_field
from tickets.models import Respondent, Ticket

OTHER = "other"


def respondent_fields(needs_account: bool, known: str = "") -> dict[str, forms.Field]:
    """The register to choose from, a name to type where it is not there, and the account. `known`: its end, where there is one."""
    choices = [(each.key, each.name) for each in Respondent.objects.all()]
    named_hint = _("Such as the name of the shop, the game or the bank, as it stands on the bill.")
    fresh = _("Its number, phone number or e-mail address, as in the app. Never a password.")
    hint = _("Leave it empty for %(account)s.") % {"account": known} if known else fresh
    account = text_field(
        _("Which account there?"),
        required=needs_account and not known,
        hint=hint,
        autocomplete="off",
        autocapitalize="none",
        spellcheck="false",
    )
    return {
        "respondent": choice_field(_("Which app or company is it about?"), [*choices, (OTHER, _("Another one"))]),
        "respondent_name": text_field(_("If it is another one: its name"), hint=named_hint, autocomplete="off"),
        "account": account,
    }


def said_respondent(raw: Record) -> Context:
    """As operations take it; what was left empty is not sent, so what stands stays."""
    typed = str(raw["respondent_name"]).strip()
    chosen = "" if raw["respondent"] == OTHER else raw["respondent"] or ""
    said = {"respondent": chosen or typed, "account": str(raw["account"]).strip()}
    return {name: value for name, value in said.items() if value}


def respondent_initial(ticket: Ticket) -> Context:
    """An account is not shown back: it is known, and only its end is told."""
    known = Respondent.objects.filter(key=ticket.respondent).exists() if ticket.respondent else False
    typed = ticket.respondent if not known else ""
    return {
        "respondent": ticket.respondent if known else OTHER if typed else "",
        "respondent_name": typed,
        "account_known": ticket.account_masked,
    }
