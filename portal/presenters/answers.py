"""The answers of a draft, to be checked before it is filed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from lib.types import Text
from portal.forms.facts import asked_facts, fact_text
from portal.forms.filing import steps_of
from tickets.models import Respondent, Ticket
from tickets.policy.playbooks import Playbook, title
from tickets.words import DEMAND, FACT, ISSUER, LANE
from tickets.workflow.vocabulary import FACTS


@dataclass(frozen=True)
class FactAnswer:
    """`form` says how the value is written: text, moment, money or list. `step` is the page to change it on."""

    label: Text
    value: object
    form: str
    step: str

    @property
    def is_given(self) -> bool:
        return self.value not in (None, "", [])


def answers(ticket: Ticket, playbook: Playbook) -> list[FactAnswer]:
    return [*_core(ticket, playbook), *_facts(ticket, playbook), *_story(ticket)]


def _core(ticket: Ticket, playbook: Playbook) -> Iterator[FactAnswer]:
    yield FactAnswer(_("What happened"), title(playbook), "text", "category")
    yield FactAnswer(_("Which app or company"), Respondent.objects.name_of(ticket.respondent), "text", "details")
    yield FactAnswer(_("Account there"), ticket.account_masked, "text", "details")
    yield FactAnswer(_("When it happened"), ticket.incident_at, "moment", "details")
    yield FactAnswer(_("When you noticed"), ticket.discovered_at, "moment", "details")
    yield FactAnswer(_("Amount"), ticket.amount, "money", "details")
    orders = [f"{ISSUER.get(order.issuer, order.issuer)}: {order.number}" for order in ticket.order_references.all()]
    yield FactAnswer(_("Order numbers"), orders, "list", "details")


def _facts(ticket: Ticket, playbook: Playbook) -> Iterator[FactAnswer]:
    if "facts" not in steps_of(playbook):
        return
    for name in asked_facts(playbook):
        value = ticket.facts.get(name)
        yield FactAnswer(FACT[name], fact_value(name, value), fact_form(name), "facts")
    if playbook.platform_freeze:
        yield FactAnswer(_("How it is handled"), LANE.get(ticket.lane, ticket.lane), "text", "facts")


def fact_answers(ticket: Ticket) -> list[FactAnswer]:
    """The facts that were told, for the page of a filed complaint."""
    return [FactAnswer(FACT[name], fact_value(name, value), fact_form(name), "") for name, value in ticket.facts.items() if name in FACT]


def _story(ticket: Ticket) -> Iterator[FactAnswer]:
    yield FactAnswer(_("Your account of what happened"), ticket.statement.get("symptom"), "text", "story")
    yield FactAnswer(_("What you want"), [DEMAND.get(each, each) for each in ticket.demands], "list", "story")


def fact_form(name: str) -> str:
    return {"instant": "moment", "money": "money", "choices": "list"}.get(FACTS[name].type, "text")


def fact_value(name: str, value: object) -> object:
    """Typed for its form; None where nothing was said."""
    if value is None:
        return None
    return parse_datetime(str(value)) if FACTS[name].type == "instant" else fact_text(name, value)
