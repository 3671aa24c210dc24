"""Metadata to read in the admin: what operations wrote, its codes in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from lib.dates import deadline_text, moment_text
from sla.explanations import explain
from sla.policies import current
from tickets.models import Timer
from tickets.policy.comparison import join_texts
from tickets.policy.playbooks import playbooks, title

Words = Mapping[str, object]
# By which something is due or over: told as everywhere, "… 24:00".
ENDS = ("due_at", "overrun_at", "eta_at", "legal_hold_until")


def titles_in_force() -> dict[str, str]:
    """Of all categories, by key, in the active language."""
    return {key: title(book) for key, book in playbooks(current(timezone.now()).version).items()}


class InWords(admin.AllValuesFieldListFilter):
    """A filter whose choices are told as the page's other columns are."""

    def __init__(self, field: Any, request: HttpRequest, params: Any, model: type[Model], model_admin: Any, field_path: str) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.words: Words = model_admin.words[field_path]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": self.words.get(str(choice["display"]), choice["display"])}


class ByCategory(admin.AllValuesFieldListFilter):
    """Categories as the policy in force calls them; one that it does not know keeps its code."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        titles = titles_in_force()
        for choice in super().choices(changelist):
            yield {**choice, "display": titles.get(str(choice["display"]), choice["display"])}


class ReadOnly(admin.ModelAdmin):
    """No statement, no message, nothing of what a case is about: an admin without a group decides nothing and reads no evidence."""

    show_full_result_count = False
    list_per_page = 50
    words: ClassVar[Mapping[str, Words]] = {}  # of a field's codes
    told: ClassVar[Mapping[str, Callable[..., object]]] = {}  # of a field, from its row

    def __init__(self, model: type[Model], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        shown = {*map(str, self.list_display), *map(str, self.fields or ())}
        self._labels = {name: labelled_column(model, name, partial(code_in_words, words)) for name, words in self.words.items()}
        self._labels |= {name: labelled_column(model, name, _end_in_words) for name in ENDS if name in shown}
        self._labels |= {name: told_column(model, name, tell) for name, tell in self.told.items()}

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._display_columns(self.list_display)

    def get_fields(self, request: HttpRequest, obj: object = None) -> Any:
        return self._display_columns(self.fields or ())

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> Any:
        return self._display_columns(self.fields or ())

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [(name, InWords) if name in self.words else name for name in self.list_filter]

    def _display_columns(self, names: Sequence[Any]) -> list[Any]:
        return [self._labels.get(name, name) for name in names]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ToldInWords(BaseModelAdmin):
    """For admins and inlines of what is now written and now only read: then codes and lists of them are told in words.

    `told`: by field, what to say of its row. Where it may be changed, its form has ways of its own.
    """

    told: ClassVar[Mapping[str, Callable[..., object]]] = {}

    @cached_property
    def _columns(self) -> dict[str, str]:
        """Functions, as Django takes them in the place of names; its types know names alone."""
        return cast("dict[str, str]", {name: told_column(self.model, name, tell) for name, tell in self.told.items()})

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # type: ignore[override]
        names = cast("list[str]", [*super().get_fields(request, obj)])
        if not self._reads(request, obj):
            return names
        return [self._columns.get(name, name) for name in names if name not in self._columns.values()]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        names = [*super().get_readonly_fields(request, obj)]
        return [*names, *self._columns.values()] if self._reads(request, obj) else names

    def _reads(self, request: HttpRequest, obj: Model | None) -> bool:
        return obj is not None and not self.has_change_permission(request, obj)


def labelled_column(model: type[Model], name: str, tell: Callable[[Any], object]) -> Callable[[Model], object]:
    """A column or field whose value is told another way than it is kept."""
    return told_column(model, name, lambda row: tell(getattr(row, name)))


def told_column(model: type[Model], name: str, tell: Callable[..., object]) -> Callable[[Model], object]:
    """The same, where more of the row is needed to tell it."""

    @admin.display(description=model._meta.get_field(name).verbose_name, ordering=name)  # type: ignore[union-attr]
    def display(row: Model) -> object:
        value = tell(row)
        return "-" if value is None else value  # beside the name of a field Django would write None

    return display


def code_in_words(words: Words, code: Any) -> object:
    """Of one code, or of several."""
    if isinstance(code, list):
        return join_texts(words.get(each, each) for each in code)
    return words.get(code, code or None)


def _end_in_words(at: datetime | None) -> object:
    return deadline_text(at) if at else None


def _why(timer: Timer) -> str:
    return explain(timer.basis, timer.due_at, get_language() or "", timezone.get_current_timezone())


# What a clock keeps as JSON: when it warns, which warnings were sent, and how its date was counted.
TIMER_TOLD: Mapping[str, Callable[..., object]] = {
    "warn_at": lambda timer: join_texts(moment_text(datetime.fromisoformat(at)) for _level, at in timer.warn_at),
    "warned": lambda timer: join_texts(timer.warned),
    "basis": _why,
}
