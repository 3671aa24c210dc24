"""The admin names everything in the language of its reader: whatever Django would make of a field's name is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.test import RequestFactory
from django.utils import translation

from accounts.models import User

pytestmark = pytest.mark.django_db

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COLUMN = re.compile(r" (zh|en|wd|hmac)$|_")
# Called so in Chinese too.
SAME = {"ID", "SHA-256", "Webhook"}
REGISTERED = sorted(admin.site._registry.values(), key=lambda shown: shown.model._meta.label)


@pytest.fixture
def request_of_admin(rf: RequestFactory) -> Any:
    request = rf.get("/admin/")
    request.user = User.objects.create_superuser(email="admin@example.com", password="only-for-this-test")
    return request


def labels(shown: Any, request: Any) -> Iterator[tuple[str, str]]:
    """What the pages of one model say, each with where it stands."""
    meta = shown.model._meta
    yield from (("room", meta.app_config.verbose_name), ("model", meta.verbose_name), ("models", meta.verbose_name_plural))
    yield from fields(shown, {}, shown.get_list_display(request))
    yield from fields(shown, shown.get_form(request).base_fields, flatten_fieldsets(shown.get_fieldsets(request)))
    yield from (("part of the form", title) for title, _said in shown.get_fieldsets(request) if title)
    yield from (("action", words % model_of(shown)) for _act, _name, words in shown.get_actions(request).values())
    yield from filters(shown, request)
    for inline in shown.get_inline_instances(request):
        yield from (("lines", inline.verbose_name), ("lines", inline.verbose_name_plural))
        form = inline.get_formset(request).form
        yield from fields(inline, form.base_fields, flatten_fieldsets(inline.get_fieldsets(request)))


def model_of(shown: Any) -> dict[str, Any]:
    return {"verbose_name": shown.model._meta.verbose_name, "verbose_name_plural": shown.model._meta.verbose_name_plural}


def fields(shown: Any, form: Any, names: Any) -> Iterator[tuple[str, str]]:
    for name in names:
        if name != "__str__":
            yield name, (name in form and form[name].label) or label_for_field(name, shown.model, shown)
            yield from choices(shown.model, name)


def choices(model: Any, name: str) -> Iterator[tuple[str, str]]:
    said = next((field.choices for field in model._meta.fields if field.name == name), None)
    yield from ((f"{name}: {value}", words) for value, words in said or () if value not in ("", None))


def filters(shown: Any, request: Any) -> Iterator[tuple[str, str]]:
    for each in shown.get_list_filter(request):
        if isinstance(each, str):
            yield f"filter {each}", label_for_field(each, shown.model, shown)
        elif not isinstance(each, tuple):
            yield f"filter {each.__name__}", each.title


@pytest.mark.parametrize("shown", REGISTERED, ids=lambda shown: shown.model._meta.label)
def test_it_speaks_chinese_to_a_chinese_admin(shown, request_of_admin) -> None:
    with translation.override("zh-hans"):
        said = [(where, str(words)) for where, words in labels(shown, request_of_admin)]
    assert [(where, words) for where, words in said if not CHINESE.search(words) and words not in SAME] == []


@pytest.mark.parametrize("shown", REGISTERED, ids=lambda shown: shown.model._meta.label)
def test_it_speaks_no_chinese_to_an_english_one_and_no_names_of_columns(shown, request_of_admin) -> None:
    with translation.override("en"):
        said = [(where, str(words)) for where, words in labels(shown, request_of_admin)]
    assert [(where, words) for where, words in said if CHINESE.search(words) or COLUMN.search(words)] == []
