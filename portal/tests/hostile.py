"""Forms as they are served, to be filled by somebody who means no good: every text field of every form of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from lxml import html

SCRIPT = "<script>steal()</script><img src=x onerror=steal()>\"'>{{ 7|add:7 }}</textarea></title> and words enough to be a statement"
RAW = ("<script>steal()", "<img src=x onerror=steal()", "</textarea></title> and words")
TEXT_TYPES = {"text", "email", "tel", "search", "number", "password", "datetime-local", "date", "url"}


@dataclass(frozen=True)
class SentForm:
    """One form of a page. `texts` are the fields a person types into; `others` what the page itself put there."""

    action: str
    method: str
    texts: tuple[str, ...]
    others: Mapping[str, Any] = field(default_factory=dict)

    def body(self, said: Mapping[str, Any] | str) -> dict[str, Any]:
        """`said` is the text of every field, or texts by name."""
        typed = dict.fromkeys(self.texts, said) if isinstance(said, str) else dict(said)
        return {**self.others, **typed}


def forms_on(response: Any, place: str) -> Iterator[SentForm]:
    """Every form of the page itself. Those of its frame (language, signing out, the demo) take no text."""
    tree = html.fromstring(response.content.decode())
    tree.make_links_absolute(f"http://testserver{place}")
    for form in tree.iter("form"):
        texts, others = _fields(form)
        action = (form.get("action") or f"http://testserver{place}").removeprefix("http://testserver")
        yield SentForm(action, form.get("method", "get").lower(), tuple(texts), others)


def _fields(form: Any) -> tuple[list[str], dict[str, Any]]:
    texts: list[str] = []
    others: dict[str, Any] = {}
    for each in form.iter("input", "textarea", "button"):
        name, kind = each.get("name"), each.get("type", "text") if each.tag == "input" else each.tag
        if not name or kind == "file":
            continue
        if each.tag == "textarea" or kind in TEXT_TYPES:
            texts.append(name)
        elif kind in ("radio", "checkbox", "button"):
            others.setdefault(name, each.get("value", "on"))
        else:
            others[name] = each.get("value", "")
    return texts, others


def text_forms(client: Client, place: str) -> list[SentForm]:
    answer = client.get(place, follow=True)
    assert answer.status_code == 200, (place, answer.status_code)
    where = answer.redirect_chain[-1][0] if answer.redirect_chain else place
    return [form for form in forms_on(answer, where) if form.texts]


def one_of_each(forms: Iterable[SentForm]) -> list[SentForm]:
    """Whatever number of a kind there is: a dossier is asked for in the same form for every authority."""
    return list({(form.action, form.texts, tuple(form.others)): form for form in forms}.values())


def forms_of(client: Client, places: Iterable[str]) -> list[SentForm]:
    return one_of_each(form for place in places for form in text_forms(client, place))


def send(client: Client, form: SentForm, said: Mapping[str, Any] | str) -> Any:
    if form.method == "get":
        return client.get(form.action, form.body(said), follow=True)
    return client.post(form.action, form.body(said), follow=True)


def typed_in(response: Any) -> dict[str, list[str]]:
    """What stands in the text fields of a page."""
    found: dict[str, list[str]] = {}
    for each in html.fromstring(response.content.decode()).iter("input", "textarea"):
        if each.get("name"):
            found.setdefault(each.get("name"), []).append(each.get("value", "") if each.tag == "input" else (each.text or ""))
    return found
