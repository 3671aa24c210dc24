"""A field as a page shows it: label, widget, what was typed, what is wrong with it. Checking is the operation's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from lib.pages import join_html, render_macro
from tickets import words

Text = str | Promise
Choice = tuple[str, Text]
# What is typed is drawn and forgotten; what is only chosen or left empty is drawn once.
CACHED_LENGTH = 40


def vocabulary_choices(vocabulary: str, codes: Iterable[str]) -> tuple[Choice, ...]:
    """These codes as choices in the active language; `vocabulary` is what `tickets.words` calls them."""
    return _vocabulary_choices(vocabulary, tuple(codes), get_language() or "")


@lru_cache(maxsize=256)
def _vocabulary_choices(vocabulary: str, codes: tuple[str, ...], language: str) -> tuple[Choice, ...]:
    known = getattr(words, vocabulary)
    with override(language):
        return tuple((code, str(known.get(code, code))) for code in codes)


@dataclass
class Field:
    """`widget`: text, area, select, checks, check, yesno, moment, day, money, file, files or remedies.

    `form` makes its id unique on the page.
    """

    form: str
    name: str
    label: Text
    widget: str = "text"
    required: bool = False
    value: Any = ""
    choices: Sequence[Choice] = ()
    hint: Text = ""
    limit: int = 0
    ticks_all: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.form}-{self.name}"

    @property
    def described_by(self) -> str:
        """Ids of what explains the field, for aria-describedby."""
        parts = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*parts, *([f"{self.id}-error"] if self.errors else [])])


@dataclass
class Form:
    """One act as a form. `key` is the act; `errors` belong to no field."""

    key: str
    title: Text
    button: Text
    fields: list[Field] = field(default_factory=list)
    note: Text = ""
    danger: bool = False
    is_next: bool = False
    is_likely: bool = True
    errors: list[str] = field(default_factory=list)
    is_open: bool = False
    item: int = 0
    kept: bool = False  # what is typed is kept as a draft

    @property
    def has_file(self) -> bool:
        return any(each.widget in ("file", "files") for each in self.fields)

    @property
    def fields_html(self) -> SafeString:
        """The fields as HTML. Most are the same on every complaint: they are drawn once for each language."""
        language = get_language() or ""
        return join_html(_html(each, language) for each in self.fields)

    @property
    def wrong(self) -> list[Field]:
        return [each for each in self.fields if each.errors]

    def refuse(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Put each error at its field; what fits none stands above the form."""
        by_name = {each.name: each for each in self.fields}
        for name, texts in errors.items():
            if name in by_name:
                by_name[name].errors += texts
            else:
                self.errors += texts
        self.is_open = True


def _html(each: Field, language: str) -> SafeString:
    value = tuple(each.value) if isinstance(each.value, list) else each.value
    if each.errors or len(str(value)) > CACHED_LENGTH:
        return render_macro("desk/fields.html", "field", each)
    said = (each.form, each.name, str(each.label), each.widget, each.required, value, tuple(each.choices), str(each.hint), each.limit)
    return _render_field(language, *said)


@lru_cache(maxsize=1024, typed=True)
def _render_field(language: str, *said: Any) -> SafeString:
    return render_macro("desk/fields.html", "field", Field(*said))
