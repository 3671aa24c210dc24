"""An admin walks through every table of a furnished demo: each page opens, in words, and saving it as it stands changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import GuardedChange, User
from desk.tests.reading import Found, forms

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db, pytest.mark.postgres_suffices]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
# Whose form is there in any case: no walk that saves nothing.
WRITTEN = {"accounts.User", "tickets.EscalationTarget", "tickets.Respondent", "sla.CalendarDay"}
ROWS = 2  # of each table the oldest and the newest
# A list or an object of codes, as Python or JSON writes it.
RAW = re.compile(r"""[\[{]\s*(['"]\w+['"]\s*[:,\]}]|\d+\s*,)|\[\]|\{\}""")


@pytest.fixture(scope="module")
def furnished(rows_of_the_module: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    from django.conf import settings

    before = settings.DEMO, settings.STORAGES
    folder = {"location": str(tmp_path_factory.mktemp("evidence"))}
    evidence = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    settings.DEMO, settings.STORAGES = True, {**settings.STORAGES, "evidence": evidence}
    call_command("demo", verbosity=0)
    yield User.objects.get(email="admin@example.com")
    settings.DEMO, settings.STORAGES = before


@pytest.fixture
def as_admin(furnished: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(furnished)
    return client


def some(model: Any) -> list[Any]:
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    return list(dict.fromkeys([*keys[: ROWS - 1], *keys[-1:]]))


def words_on(html: str) -> str:
    """What can be read in the middle of a page, what stands in its fields included."""
    main = html.partition('id="content"')[2].partition('id="footer"')[0]
    typed = re.findall(r'<input(?![^>]*type="hidden")[^>]*\bvalue="([^"]*)"', main)
    written = re.findall(r"<textarea[^>]*>(.*?)</textarea>", main, re.DOTALL)
    shown = re.sub(r"<(script|style|textarea)\b.*?</\1>", " ", main, flags=re.DOTALL)
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", shown), *typed, *written]))


def form_on(html: str, model: Any) -> Found | None:
    """The form that saves this row; none where it is only read."""
    if f'id="{model._meta.model_name}_form"' not in html:
        return None
    found = forms(html.replace("<form ", '<form action="." '))
    return next((form for form in found if form.method == "post" and "_save" in form.names), None)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_list_and_row_opens_in_words_and_saved_unchanged_it_stays(as_admin: Client, model: Any) -> None:
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    answer = as_admin.get(reverse(f"{base}_changelist"))
    assert answer.status_code == 200
    assert RAW.findall(words_on(answer.content.decode())) == [], "the list"
    for key in some(model):
        address = reverse(f"{base}_change", args=[key])
        page = as_admin.get(address)
        assert page.status_code == 200, key
        html = page.content.decode()
        assert RAW.findall(words_on(html)) == [], key
        form = form_on(html, model)
        assert form is not None or model._meta.label not in WRITTEN
        if form is not None:
            before, waiting = rows(), GuardedChange.objects.count()
            sent = as_admin.post(address, {**form.values, "_save": "1"})
            assert sent.status_code in (302, 200), key
            assert not errors(sent), (key, errors(sent))
            changed = {table: (before[table], now) for table, now in rows().items() if before[table] != now}
            assert changed == {}, key
            assert GuardedChange.objects.count() == waiting, key


def errors(answer: Any) -> list[str]:
    return re.findall(r'class="errorlist[^"]*"[^>]*>(.*?)</ul>', answer.content.decode(), re.S) if answer.status_code == 200 else []


def rows() -> dict[str, list[dict[str, Any]]]:
    """Of every table that the admin writes, as it stands. What the admin's own log says is no change of theirs."""
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in MODELS}
