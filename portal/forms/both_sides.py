"""Complainant and respondent, as the first page of a dossier names them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.forms.operation_form import OperationForm, text_field


class SidesForm(OperationForm):
    """What a place asks of both sides. Goes onto the first page of the dossier and is kept nowhere."""

    name = text_field(_("Your name"), autocomplete="name")
    phone = text_field(_("Your telephone"), autocomplete="tel", inputmode="tel")
    address = text_field(_("Your postal address"), autocomplete="street-address")
    respondent_name = text_field(_("Name of the company you complain about"), hint=_("As it stands on the bill or in the app's terms."))
    respondent_address = text_field(_("Its address"), hint=_("In the app's terms or its business licence."))
