"""The form of one kind of evidence: the files it takes, what is typed beside them, the consent it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from evidence.kinds import CONSENT_VERSION, KINDS, Kind
from evidence.words import consent, reason
from lib.types import Context, Text
from portal.evidence_examples import Example, example_of
from portal.forms.operation_form import OperationForm, choice_field, long_field, moment_field, money_field, text_field, tick_field
from sla.policies import PolicySnapshot
from tickets.models import EscalationTarget
from tickets.policy.retention import days_kept
from tickets.words import EVIDENCE_HINT, EVIDENCE_KIND, ISSUER
from tickets.workflow.vocabulary import STATEMENT_SLOTS

# Asked for these alone, an iPhone sends its picture as JPEG.
WITHOUT_HEIC = "image/jpeg,image/png,image/webp"
ACCEPT_ATTRIBUTE = {
    "image": "image/*,.heic,.heif",
    "pdf": "application/pdf,.pdf",
    "csv": "text/csv,.csv",
    "bill": "text/csv,.csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,.xlsx",
    "text": "text/plain,.txt",
    "json": "application/json,.json",
}


class FilesInput(forms.FileInput):
    """Several at once, whatever number of inputs of that name the page has."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: object, files: object, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


def _order_no() -> forms.Field:
    return text_field(_("Order or transaction number on it"), autocomplete="off", spellcheck="false")


def _voucher() -> dict[str, forms.Field]:
    return {"order_no": _order_no(), "amount": money_field(_("Amount on it (yuan)")), "paid_at": moment_field(_("When it was paid"))}


def _order_fields() -> dict[str, forms.Field]:
    return {
        "issuer": choice_field(_("Where does the number come from?"), ISSUER.items()),
        "text": text_field(_("Order or transaction number"), required=True, autocomplete="off", spellcheck="false"),
    }


# What is typed beside the file, or instead of one.
TYPED_FIELDS: Mapping[str, Callable[[], dict[str, forms.Field]]] = {
    "payment_voucher": _voucher,
    "order_number": _order_fields,
    "bank_card_masked": lambda: {
        "text": text_field(_("Bank and last four digits"), required=True, hint=_("Such as: ICBC 1234"), autocomplete="off")
    },
    "passport": lambda: {"expires_on": _day(_("Valid until"))},
    "cs_conversation": lambda: {"external_ticket_no": text_field(_("Their case number, if there is one"))},
    "police_receipt": lambda: {"number": text_field(_("Number of the receipt"))},
    "authorisation_letter": lambda: {"expires_on": _day(_("Valid until"))},
    "outside_decision": lambda: {
        "target": choice_field(_("Who decided?"), [(row.key, row.title) for row in EscalationTarget.objects.all()]),
        "number": text_field(_("Number on it")),
    },
    "pos_record": lambda: {"order_no": _order_no(), "shown_at": moment_field(_("Time on the record"))},
    "bank_statement_screenshot": lambda: {"order_no": _order_no()},
}


def _day(label: Text) -> forms.Field:
    return forms.CharField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date", "class": "short"}))


def may_be_uploaded(key: str) -> bool:
    """By the customer, on a form of its own; the statement has a page of its own."""
    return key in KINDS and not KINDS[key].of_desk and bool(KINDS[key].forms) and key not in STATEMENT_SLOTS


class UploadForm(OperationForm):
    """`body` is what every file of the form is sent with."""

    def __init__(self, kind: str, policy: PolicySnapshot, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, key=f"add-{kind}", **kwargs)
        self.kind: Kind = KINDS[kind]
        self.kept_days = days_kept(policy, kind)
        self.title, self.hint = EVIDENCE_KIND[kind], EVIDENCE_HINT[kind]
        self.example: Example | None = example_of(kind)
        self.forms_taken = " ".join(sorted(self.kind.forms))
        self.wrong_type = reason("type_not_allowed", policy, self.kind.forms)
        if self.kind.takes_files:
            self.fields["file"] = _file(self.kind)
        if self.kind.takes_files and "text" in self.kind.forms:
            self.fields["text"] = long_field(_("Or type it here"), rows=3)
        self.fields.update(TYPED_FIELDS.get(kind, dict[str, forms.Field])())
        if self.kind.is_sensitive:
            self.fields["consent"] = tick_field(
                _("I agree"),
                required=True,
                hint=_("%(text)s (version %(version)s)") % {"text": consent(policy, kind), "version": CONSENT_VERSION},
            )

    @property
    def takes_pictures(self) -> bool:
        return self.kind.takes_files and "image" in self.kind.forms

    def beside(self) -> list[forms.BoundField]:
        """What is typed or ticked beside the file."""
        return [field for field in self.visible_fields() if field.name != "file"]

    def sent_files(self) -> list[UploadedFile]:
        return self.raw().get("file") or []

    def body(self) -> Context:
        said = {name: value for name, value in self.raw().items() if name != "file" and value not in ("", None)}
        return {"kind": self.kind.key, **said}


def _file(kind: Kind) -> forms.Field:
    label, hint = (_("Choose a file"), "") if kind.single else (_("Choose files"), _("Several at once if you like."))
    return files_field(kind, label, hint=hint, required=not kind.forms & {"text"})


def files_field(kind: Kind, label: Text, *, hint: Text = "", required: bool = False) -> forms.Field:
    types = ACCEPT_ATTRIBUTE if settings.HEIC else {**ACCEPT_ATTRIBUTE, "image": WITHOUT_HEIC}
    accept = ",".join(types[form] for form in ("image", "pdf", "csv", "bill", "text", "json") if form in kind.forms)
    widget = FilesInput(attrs={"accept": accept, **({} if kind.single else {"multiple": True})})
    return forms.FileField(label=label, help_text=hint, required=required, widget=widget)
