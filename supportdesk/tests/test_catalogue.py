"""Every text of the product can be read in Chinese."""

import re

import polib
import pytest

from scripts import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def catalogue() -> dict[tuple[str, str], polib.POEntry]:
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(messages.CATALOGUE)) if not entry.obsolete}


def chinese(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_text_has_a_translation(catalogue: dict[tuple[str, str], polib.POEntry]) -> None:
    missing = []
    for text in messages.texts():
        entry = catalogue.get((text.context, text.id))
        if entry is None or entry.fuzzy or not all(chinese(entry)):
            missing.append(f"{text.place}: {text.id}")
    assert missing == [], "run `make messages`, then translate"


def test_no_translation_waits_for_a_second_look(catalogue: dict[tuple[str, str], polib.POEntry]) -> None:
    """`make messages` offers the Chinese of a reworded sentence as fuzzy: read both, correct it, take the mark away."""
    waiting = [f"{entry.msgid} (was: {entry.previous_msgid})" for entry in catalogue.values() if entry.fuzzy]
    assert waiting == []


def test_translations_keep_their_placeholders(catalogue: dict[tuple[str, str], polib.POEntry]) -> None:
    broken = []
    for entry in catalogue.values():
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        broken += [entry.msgid for text in chinese(entry) if text and set(PLACEHOLDER.findall(text)) != wanted]
    assert broken == []


def test_texts_are_found_by_whatever_name_a_module_calls_gettext() -> None:
    code = 'from django.utils.translation import gettext as now, pgettext as _\nx = now("One") + _("verb", "File")'
    assert {(text.context, text.id) for text in messages._in_python(code, "a.py")} == {("", "One"), ("verb", "File")}


def test_texts_are_found_in_code_and_in_templates() -> None:
    code = 'x = _("One") + ngettext("%(n)s day", "%(n)s days", n) + pgettext("verb", "File")'
    template = '{% load i18n %}{% translate "Two" %}{% blocktranslate with a=b %}Three {{ a }}{% endblocktranslate %}{{ _("Four") }}'
    jinja = '{% if a %}{{ b if c else _("Five") }}{% endif %}{{ pgettext("verb", "Six") }}{{ ngettext("%(n)s day", "%(n)s days", 7) }}'
    texts = [*messages._in_python(code, "a.py"), *messages._in_template(template, "a.html"), *messages._in_jinja(jinja, "b.html")]
    found = {(text.context, text.id) for text in texts}
    assert found == {
        ("", "One"),
        ("", "%(n)s day"),
        ("verb", "File"),
        ("", "Two"),
        ("", "Three %(a)s"),
        ("", "Four"),
        ("", "Five"),
        ("verb", "Six"),
    }
