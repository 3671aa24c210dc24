"""Facts as they come in: the typed answers to a category's questions, checked by the parsers of every other input. Pure but for words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tickets.workflow.errors import Invalid
from tickets.workflow.inputs import PARSERS, SHORT_LIMIT, Data, Input, text
from tickets.workflow.vocabulary import FACTS, Fact

FACT_KINDS = {
    "bool": "bool", "int": "int", "money": "signed_money", "instant": "instant", "text": "text", "choice": "code", "choices": "names",
}  # fmt: skip


def clean_facts(raw: object) -> dict[str, object]:
    """Facts as JSON values (instants as UTC ISO 8601, money as text). Raises Invalid at `facts.<name>`."""
    if raw in (None, ""):
        return {}
    if not isinstance(raw, Mapping):
        raise Invalid({"facts": [_("Send an object with named facts.")]})
    errors: dict[str, list[object]] = {}
    cleaned: Data = {}
    for name, value in raw.items():
        try:
            cleaned[name] = _fact(FACTS[name], value)
        except KeyError:
            errors[f"facts.{name}"] = [_("There is no such fact.")]
        except ValueError as error:
            errors[f"facts.{name}"] = [error.args[0]]
    if errors:
        raise Invalid({**errors, "facts": [", ".join(sorted(name.removeprefix("facts.") for name in errors))]})
    return {name: value for name, value in cleaned.items() if value is not None}


def _fact(fact: Fact, value: object) -> object:
    if value is None or value == "":
        return None
    if fact.type == "flag_or_text":
        return value if isinstance(value, bool) else text(value, Input(fact.key, limit=SHORT_LIMIT))
    kind = FACT_KINDS[fact.type]
    parsed = PARSERS[kind](value, Input(fact.key, kind, choices=fact.choices, limit=SHORT_LIMIT))
    if isinstance(parsed, datetime):
        return parsed.isoformat()
    return str(parsed) if isinstance(parsed, Decimal) else parsed
