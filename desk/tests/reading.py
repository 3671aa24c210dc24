"""Pages as a person fills them in: the forms that stand on them, with every field's name and what it holds."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from tickets.workflow import is_decision


class Found:
    """One form of a page. `values` is what a browser would send if nobody touched it."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.values: dict[str, list[str]] = {}
        self.names: set[str] = set()

    def filled(self, **typed: Any) -> dict[str, Any]:
        """`typed` over what stands. Raises AssertionError for a field the form has not."""
        for name in typed:
            assert name in self.names, f"{self.action} has no field {name}: {sorted(self.names)}"
        return {**self.values, **typed}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Found] = []
        self._select = self._area = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.forms.append(Found(given.get("action", ""), given.get("method", "get")))
            return
        if not self.forms or tag not in ("input", "select", "textarea", "option", "button"):
            return
        form, name = self.forms[-1], given.get("name", "")
        if name:
            form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
        elif tag == "option" and "selected" in given:
            form.values.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and name and given.get("type") not in ("checkbox", "radio", "file", "submit"):
            form.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and "checked" in given:
            form.values.setdefault(name, []).append(given.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self.forms.append(Found("", ""))  # what follows belongs to none

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            form = self.forms[-1]
            form.values[self._area] = ["".join([*form.values.get(self._area, []), data]).removeprefix("\n")]


def forms(html: str) -> list[Found]:
    reader = _Reader()
    reader.feed(html)
    return [form for form in reader.forms if form.action]


def form_of(html: str, action: str, item: int = 0) -> Found:
    """The form on a ticket page that posts this action. Raises AssertionError when there is none."""
    fitting = [form for form in forms(html) if form.action.endswith(f"/{action}/")]
    fitting = [form for form in fitting if not item or form.values.get("item") == [str(item)]]
    assert fitting, f"no form for {action}; there are {[form.action for form in forms(html)]}"
    return fitting[0]


def actions(html: str) -> set[str]:
    """What the forms of a ticket page post."""
    return {form.action.rstrip("/").rpartition("/")[2] for form in forms(html) if "/desk/tickets/" in form.action}


def do(client: Client, ref: str, action: str, /, item: int = 0, **typed: Any) -> Any:
    """Open the ticket's page, fill in the form of the action, send it. The response. A decision is confirmed after its letter."""
    if is_decision(action):
        return decide(client, ref, action, **typed)
    page = client.get(f"/desk/tickets/{ref}/").content.decode()
    form = form_of(page, action, item)
    sure = {"sure": "on"} if "sure" in form.names else {}  # a grave act is asked again: they mean it
    return client.post(form.action, form.filled(**{**sure, **typed}))


def decision_form(client: Client, ref: str, action: str) -> Found:
    return form_of(client.get(f"/desk/tickets/{ref}/decide/?as={action}").content.decode(), "decide")


def letter(client: Client, ref: str, action: str, /, **typed: Any) -> Any:
    """The form of the decision sent: the letter, or the form again with what is wrong."""
    form = decision_form(client, ref, action)
    return client.post(form.action, form.filled(**typed))


def decide(client: Client, ref: str, action: str, /, **typed: Any) -> Any:
    shown = letter(client, ref, action, **typed)
    if shown.status_code != 200:
        return shown
    form = form_of(shown.content.decode(), action)
    return client.post(form.action, form.values)


def refs(response: Any) -> list[str]:
    """References of a page of the queue, in the order of its rows."""
    html = response.content.decode()
    return [part.partition("/")[0] for part in html.split('<a class="queue-ref" href="/desk/tickets/')[1:]]
