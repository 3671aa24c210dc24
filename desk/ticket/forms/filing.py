"""Filing for a caller: what one asks on the phone, with the questions of the category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from desk.shell.fields import Choice, Field, Form
from desk.shell.posted_values import local_moment
from lib.types import Context
from tickets.models import Respondent
from tickets.policy.playbooks import Playbook
from tickets.words import CHANNEL, DEMAND, FACT, FACT_CHOICE, ISSUER
from tickets.workflow.vocabulary import COMPLAINT_CHANNELS, FACTS, ISSUERS, Fact

FORM = "file"
# A caller does not come by these.
# Where somebody tells a person; the others are doors of their own.
CHANNELS_OF_CALLS = tuple(channel for channel in COMPLAINT_CHANNELS if channel not in ("web", "in_app", "api"))
MOMENTS = ("incident_at", "discovered_at")
WIDGET_OF_FACT = {"bool": "select", "int": "text", "money": "money", "instant": "moment", "choice": "select", "choices": "checks"}


def opening_form(titles: Mapping[str, str], given: QueryDict) -> Form:
    """First: who calls, how, and what about."""
    fields = [
        Field(FORM, "on_behalf_of", _("The caller's number or address"), required=True, value=given.get("on_behalf_of", ""), limit=254),
        Field(FORM, "channel", _("Came by"), "select", required=True, value=given.get("channel", "phone"), choices=_channels()),
        Field(FORM, "category", _("Category"), "select", required=True, value=given.get("category", ""), choices=list(titles.items())),
    ]
    fields[0].hint = _("A mobile number or an e-mail address. They sign in with a code sent there and find the complaint.")
    return Form(FORM, _("File for a caller"), _("Go on"), fields)


def filing_form(playbook: Playbook, said: QueryDict) -> Form:
    """Then: the case itself. Nothing but the category's own questions is needed; evidence comes later."""
    facts = [_fact_field(name, playbook, said) for name in playbook.facts]
    fields = [*_case_fields(playbook, said), *_story_fields(playbook, said), *facts]
    return Form(FORM, _("File for a caller"), _("File it"), fields)


def _case_fields(playbook: Playbook, said: QueryDict) -> list[Field]:
    def case_field(name: str, label: str, widget: str = "text", **more: Any) -> Field:
        return Field(FORM, name, label, widget, value=said.get(name, ""), **more)

    hint = _("Needed for a freeze. It is sealed, and shown masked.")
    if playbook.needs_account:
        hint = _("Needed before this complaint can be submitted. It is sealed, and shown masked.")
    return [
        case_field("request_freeze", _("Freeze an account now"), "check"),
        case_field("not_me", _("The caller says: this was not me"), "check"),
        case_field("respondent", _("About which app or company"), "select", choices=_register()),
        case_field("respondent_name", _("If it is another one: its name"), limit=200),
        case_field("account", _("Account there"), hint=hint, limit=200),
        case_field("amount", _("Amount"), "money"),
        case_field("incident_at", _("Happened"), "moment"),
        case_field("discovered_at", _("Noticed"), "moment", hint=_("Empty: just now.")),
        case_field("issuer", _("Kind of order number"), "select", choices=[(key, ISSUER[key]) for key in ISSUERS]),
        case_field("order_number", _("Order number"), limit=64),
    ]


def _register() -> list[Choice]:
    return [(each.key, each.name) for each in Respondent.objects.all()]


def _story_fields(playbook: Playbook, said: QueryDict) -> list[Field]:
    demands = [(demand, DEMAND[demand]) for demand in playbook.offered_demands]
    return [
        Field(FORM, "statement_symptom", _("What happened, in the caller's words"), "area", value=said.get("statement_symptom", "")),
        Field(FORM, "demands", _("What the caller wants"), "checks", value=said.getlist("demands"), choices=demands),
    ]


def _channels() -> list[Choice]:
    return [(channel, CHANNEL[channel]) for channel in CHANNELS_OF_CALLS]


def _fact_field(name: str, playbook: Playbook, said: QueryDict) -> Field:
    fact, field_name = FACTS[name], f"fact_{name}"
    widget = WIDGET_OF_FACT.get(fact.type, "text")
    value = said.getlist(field_name) if widget == "checks" else said.get(field_name, "")
    needed = name in playbook.required_facts
    return Field(FORM, field_name, FACT[name], widget, required=needed, value=value, choices=_fact_choices(fact), limit=0)


def _fact_choices(fact: Fact) -> list[Choice]:
    if fact.type == "bool":
        return [("true", _("yes")), ("false", _("no"))]
    return [(code, FACT_CHOICE.get((fact.key, code), code)) for code in fact.choices]


# ---- What the operation takes
def filing_input(post: QueryDict, facts: Iterable[str]) -> Context:
    """The raw input of file_ticket. Empty fields are not sent."""
    raw: dict[str, object] = {name: post.get(name, "").strip() for name in ("category", "on_behalf_of", "channel", "account", "amount")}
    raw |= {name: local_moment(post.get(name, "")) for name in MOMENTS}
    raw |= {name: post.get(name) == "on" for name in ("request_freeze", "not_me")}
    raw["respondent"] = post.get("respondent") or post.get("respondent_name", "").strip()
    raw["demands"] = post.getlist("demands")
    raw["facts"] = _facts(post, facts)
    raw["statement"] = _statement(post, raw)
    if post.get("order_number", "").strip():
        raw["order_numbers"] = [{"issuer": post.get("issuer") or "other", "number": post["order_number"]}]
    return {name: value for name, value in raw.items() if value not in ("", [], {})}


def _statement(post: QueryDict, raw: Mapping[str, object]) -> Context:
    """The caller says once when it happened and how much it is about: the statement repeats it."""
    symptom = post.get("statement_symptom", "").strip()
    if not symptom:
        return {}
    parts = {"symptom": symptom, "occurred_at": raw["incident_at"] or raw["discovered_at"], "amount": raw["amount"]}
    return {name: value for name, value in parts.items() if value}


def _facts(post: QueryDict, names: Iterable[str]) -> Context:
    given = {name: _fact(FACTS[name], post) for name in names}
    return {name: value for name, value in given.items() if value not in ("", [])}


def _fact(fact: Fact, post: QueryDict) -> object:
    name = f"fact_{fact.key}"
    if fact.type == "choices":
        return post.getlist(name)
    value = post.get(name, "").strip()
    return local_moment(value) if fact.type == "instant" else value


def fields_of(errors: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Errors by the names of this form's fields. What only lists other fields is left out."""
    names = {
        "order_numbers": "order_number",
        "respondent": "respondent_name",
        "statement.amount": "amount",
        "statement.occurred_at": "incident_at",
    }
    found: dict[str, list[str]] = {}
    for name, texts in errors.items():
        if name == "facts" and any(other.startswith("facts.") for other in errors):
            continue
        plain = names.get(name, name.replace("facts.", "fact_").replace("statement.", "statement_"))
        kept = found.setdefault(plain, [])
        kept += [text for text in texts if text not in kept]
    return found
