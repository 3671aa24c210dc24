"""A field as a page shows it: label, widget, what was typed, what is wrong with it. Checking is the operation's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Text = str | Promise
Choice = tuple[str, Text]


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
