"""The facts of a category as questions with the right kind of field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.types import Context, Record
from portal.forms.operation_form import choice_field, choices_field, local_text, moment_field, money_field, text_field, yes_no_field
from tickets.policy.playbooks import Playbook
from tickets.words import FACT, FACT_CHOICE
from tickets.workflow.vocabulary import FACTS, OF_PAYMENTS, Fact


def asked_facts(playbook: Playbook) -> list[str]:
    """The category's own questions, then those that open an emergency or a place to turn to. What the respondent tells is not asked."""
    needed = (target.needs_fact for target in playbook.targets if target.needs_fact not in ("", OF_PAYMENTS))
    opening = [*playbook.emergency_facts, *needed]
    business = [] if playbook.never_consumer else ["is_business_use"]
    return list(dict.fromkeys([*playbook.facts, *opening, *business]))


def fact_fields(playbook: Playbook) -> dict[str, forms.Field]:
    """Fields named `facts.<name>`, as a refusal names them."""
    return {f"facts.{name}": _field(FACTS[name], name in playbook.required_facts) for name in asked_facts(playbook)}


def fact_initial(facts: Mapping[str, object]) -> Context:
    return {f"facts.{name}": _initial_value(FACTS[name], value) for name, value in facts.items() if name in FACTS}


def pick_prefixed(raw: Record, prefix: str) -> dict[str, Any]:
    """Pick "<prefix>.<name>" out of a flat form."""
    return {name.removeprefix(f"{prefix}."): value for name, value in raw.items() if name.startswith(f"{prefix}.")}


def fact_text(name: str, value: Any) -> object:
    """An answer as people read it. Instants and amounts are for the template to format."""
    fact = FACTS[name]
    if fact.type == "choice":
        return FACT_CHOICE.get((name, value), value)
    if fact.type == "choices":
        return [FACT_CHOICE.get((name, each), each) for each in value]
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value


def _field(fact: Fact, required: bool) -> forms.Field:
    label = FACT[fact.key]
    if fact.type == "bool":
        return yes_no_field(label, required=required)
    if fact.type == "money":
        return money_field(label, required=required)
    if fact.type == "instant":
        return moment_field(label, required=required)
    if fact.type in ("choice", "choices"):
        build = choice_field if fact.type == "choice" else choices_field
        return build(label, [(each, FACT_CHOICE[fact.key, each]) for each in fact.choices], required=required)
    made = text_field(label, required=required)
    if fact.type == "int":
        made.widget.attrs |= {"inputmode": "numeric", "class": "short"}
    return made


def _initial_value(fact: Fact, value: Any) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return local_text(value) if fact.type == "instant" else value
