"""Macros in the admin: written in both languages, checked against what the desk knows."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.models import Macro
from desk.ticket.macros import PLACE, PLACES
from evidence.kinds import KINDS, NOT_UPLOADED
from lib import memo
from lib.types import Context, Text
from tickets.words import EVIDENCE_KIND, LIABILITY, REASON_CODE, REMEDY, ROOT_CAUSE

TEXTS = ("body_zh", "body_en", "answer_zh", "answer_en")
PAIRS = (("body_zh", "body_en"), ("answer_zh", "answer_en"))
FINDING = ("root_cause", "liability", "reason_code", "remedy", "answer_zh", "answer_en")
STEPS = ("assign_me", "waive_wait", "start_review", "ask_for")


def _choices(words: Mapping[str, Text]) -> list[tuple[str, Text]]:
    return [("", "—"), *words.items()]


class MacroForm(forms.ModelForm):
    ask_for = forms.MultipleChoiceField(
        label=gettext_lazy("ask for evidence"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(key, EVIDENCE_KIND.get(key, key)) for key, kind in KINDS.items() if not kind.of_desk and key not in NOT_UPLOADED],
    )  # fmt: skip
    root_cause = forms.ChoiceField(label=gettext_lazy("root cause"), required=False, choices=_choices(ROOT_CAUSE))
    liability = forms.ChoiceField(label=gettext_lazy("who answers for it"), required=False, choices=_choices(LIABILITY))
    reason_code = forms.ChoiceField(label=gettext_lazy("reason for the rejection"), required=False, choices=_choices(REASON_CODE))
    remedy = forms.ChoiceField(label=gettext_lazy("remedy"), required=False, choices=_choices(REMEDY))

    class Meta:
        model = Macro
        fields = (
            "purpose", "title_zh", "title_en", "body_zh", "body_en", "eta_amount", "eta_unit", *STEPS, *FINDING, "position", "is_active",
        )  # fmt: skip

    def clean(self) -> Context:
        """A text in one language needs the other; a place nobody fills would reach the customer."""
        data = super().clean() or {}
        for name in TEXTS:
            strange = sorted(set(PLACE.findall(data.get(name) or "")) - set(PLACES))
            if strange:
                self.add_error(
                    name, _("Nothing fills {%(name)s}. There are: %(places)s.") % {"name": strange[0], "places": ", ".join(PLACES)}
                )
        for one, other in PAIRS:
            if bool(data.get(one)) != bool(data.get(other)):
                self.add_error(other if data.get(one) else one, _("Customers read either language: write both."))
        self._check_purpose(data)
        return data

    def _check_purpose(self, data: dict[str, object]) -> None:
        wrong = FINDING if data.get("purpose") == Macro.Purpose.REPLY else STEPS
        for name in wrong:
            if data.get(name):
                self.add_error(name, ValidationError(_("This belongs to another purpose.")))


@admin.register(Macro)
class MacroAdmin(admin.ModelAdmin):
    form = MacroForm
    list_display = ["title_en", "title_zh", "purpose", "position", "is_active"]
    list_filter = ["purpose", "is_active"]
    list_editable = ["position", "is_active"]
    fieldsets = [
        (None, {"fields": ["purpose", ("title_zh", "title_en"), "body_zh", "body_en", ("position", "is_active")]}),
        (gettext_lazy("After a reply"), {"fields": [("eta_amount", "eta_unit"), "assign_me", "waive_wait", "start_review", "ask_for"]}),
        (gettext_lazy("A finding"), {"fields": ["root_cause", "liability", "reason_code", "remedy", "answer_zh", "answer_en"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Macro, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        memo.forget_all()
