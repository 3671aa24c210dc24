"""What a form asks for an action, whoever fills it in: each input with its label, its hint and the kind of field it is typed into."""

from __future__ import annotations

from typing import NamedTuple

from lib.types import Text
from tickets.words import ACTION_WORDS, FIELD_LABEL
from tickets.workflow.actions import ACTIONS
from tickets.workflow.inputs import TEXT_LIMIT, Input

WIDGETS = {
    "code": "select",
    "names": "checks",
    "ids": "checks",
    "freeze": "select",
    "bool": "check",
    "money": "money",
    "instant": "moment",
    "remedies": "remedies",
    "entries": "area",
    "signed_money": "text",
    "reference": "text",
    "number": "text",
    "order": "select",
    "answers": "parts",
    "points": "parts",
    "amounts": "parts",
    "unavailable": "parts",
}


class Question(NamedTuple):
    """`widget`: text, area, select, checks, check, yesno, moment, money or remedies; `parts` for what takes one
    field for each demand or kind. A door draws each in its own way.
    """

    name: str
    label: Text
    hint: Text
    widget: str
    required: bool
    limit: int
    choices: tuple[str, ...]


def questions(action: str) -> list[Question]:
    """In the order of the table."""
    return [question(action, each) for each in ACTIONS[action].inputs]


def question(action: str, each: Input) -> Question:
    words = ACTION_WORDS[action]
    label = words.labels.get(each.name) or FIELD_LABEL.get(each.name) or each.name
    return Question(each.name, label, words.hints.get(each.name, ""), widget_of(each), each.required, each.limit, each.choices)


def widget_of(each: Input) -> str:
    if each.kind == "bool" and each.required:
        return "yesno"
    if each.kind == "text" and each.choices:
        return "select"
    if each.kind in ("text", "as_said", "account"):
        return "area" if each.limit == TEXT_LIMIT else "text"
    return WIDGETS[each.kind]
