"""Forms that show what an operation takes. The operation alone judges it; its refusal comes back to the fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from lib.types import Text
from tickets.words.refusals import Audience, refusal_in_words
from tickets.workflow import Invalid, Refusal
from tickets.workflow.questions import Question

# What a form's widgets give, by name: text, lists of codes, files, ticks. Only the operation knows what each has to be.
Raw: TypeAlias = dict[str, Any]
CURRENCY_MARKS = str.maketrans("", "", "¥￥元 ")


class MomentInput(forms.DateTimeInput):
    """Date and time in the viewer's zone."""

    input_type = "datetime-local"


class MoneyInput(forms.TextInput):
    """An amount, typed with whatever keyboard is at hand."""


class OperationForm(forms.Form):
    """`key` keeps ids apart where a page holds several forms, and names the one that was sent."""

    key = ""

    def __init__(self, data: Any = None, files: Any = None, *, initial: Mapping[str, object] | None = None, key: str = "") -> None:
        self.key = key or self.key
        super().__init__(data, files, initial=dict(initial or {}), auto_id=f"{self.key or 'id'}-%s")

    def raw(self) -> Raw:
        """What was typed, as operations read it: instants with their zone, amounts without marks."""
        return {name: self._raw(name) for name in self.fields}

    def _raw(self, name: str) -> object:
        widget = self.fields[name].widget
        value = widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if value is None and isinstance(widget, forms.TextInput | forms.Textarea):
            return ""  # left out altogether, which no page of ours does
        if not isinstance(value, str):
            return value
        if isinstance(widget, MomentInput):
            return aware_text(value)
        return unicodedata.normalize("NFKC", value).translate(CURRENCY_MARKS) if isinstance(widget, MoneyInput) else value

    def texts(self) -> list[tuple[Text, str]]:
        """Label and words of every field that was typed into: shown back where the form itself has no place any more."""
        typed = [name for name, field in self.fields.items() if isinstance(field.widget, forms.TextInput | forms.Textarea)]
        said = [(self.fields[name].label or "", self.data.get(self.add_prefix(name), "")) for name in typed]
        return [(label, words) for label, words in said if words.strip()]

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal at the fields it names, the rest above the form. What was typed stays."""
        if isinstance(refusal, Invalid):
            self.mark(refusal.errors)
        else:
            self.mark({"non_field_errors": [reason(block.as_dict(), self.kinds_in_scan()) for block in refusal.blocked_by]})

    def kinds_in_scan(self) -> frozenset[str]:
        """Kinds of evidence that are there and still being checked: nobody is told that they are missing."""
        return frozenset()

    def mark(self, errors: Mapping[str, Iterable[object]]) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        named = [name for name in errors if name in self.fields]
        for name, texts in errors.items():
            # "facts" only repeats the names that stand beside it as "facts.<name>".
            if name in self.fields or not (name == "facts" and named):
                self.add_error(name if name in self.fields else None, [str(text) for text in texts])


def aware_text(value: str) -> str:
    """What a date field sends, with the viewer's zone. What is no date stays as it is: the operation says so."""
    try:
        at = parse_datetime(unicodedata.normalize("NFKC", value).strip())
    except ValueError:
        return value
    if at is None:
        return value
    return (timezone.make_aware(at) if timezone.is_naive(at) else at).isoformat()


def local_text(at: datetime | str | None) -> str:
    """An instant (or its ISO text) as a date field shows it, in the viewer's zone."""
    moment = parse_datetime(at) if isinstance(at, str) else at
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" if moment else ""


def reason(block: Mapping[str, Any], in_scan: frozenset[str] = frozenset()) -> str:
    """One failing guard of a menu or a refusal, as the customer reads it."""
    return refusal_in_words(block, Audience.CUSTOMER, in_scan)


# ---- Fields in short
def text_field(label: Text, *, required: bool = False, hint: Text = "", limit: int = 200, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=hint, max_length=limit, widget=forms.TextInput(attrs=attrs))


def long_field(label: Text, *, required: bool = False, hint: Text = "", rows: int = 5) -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}))


def money_field(label: Text, *, required: bool = False, hint: Text = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        widget=MoneyInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}),
    )


def moment_field(label: Text, *, required: bool = False, hint: Text = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=hint, widget=MomentInput(attrs={"class": "short"}))


def choice_field(label: Text, choices: Iterable[tuple[str, Text]], *, required: bool = False, hint: Text = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=required, help_text=hint, widget=forms.RadioSelect)


def choices_field(
    label: Text, choices: Iterable[tuple[str, Text]], *, required: bool = False, hint: Text = ""
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), required=required, help_text=hint, widget=forms.CheckboxSelectMultiple
    )


def yes_no_field(label: Text, *, required: bool = False, hint: Text = "") -> forms.ChoiceField:
    return choice_field(label, [("true", _("Yes")), ("false", _("No"))], required=required, hint=hint)


def tick_field(label: Text, *, hint: Text = "", required: bool = False) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=required, help_text=hint)


def field_of(asked: Question) -> forms.Field:
    """The field of one question of an action, where no form says more of it."""
    if asked.widget in ("select", "checks"):
        make = choice_field if asked.widget == "select" else choices_field
        return make(asked.label, [(code, code) for code in asked.choices], required=asked.required, hint=asked.hint)
    return PLAIN_FIELDS.get(asked.widget, text_field)(asked.label, required=asked.required, hint=asked.hint)


PLAIN_FIELDS: Mapping[str, Callable[..., forms.Field]] = {
    "area": long_field,
    "check": tick_field,
    "moment": moment_field,
    "money": money_field,
    "yesno": yes_no_field,
}
