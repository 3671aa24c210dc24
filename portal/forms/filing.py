"""The pages of a filing: what kind, when and how much, the facts, the story and what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.types import Context, Text
from portal.forms.facts import asked_facts, fact_fields, fact_initial, pick_prefixed
from portal.forms.freezing import ReachedForm
from portal.forms.operation_form import (
    OperationForm,
    choice_field,
    choices_field,
    local_text,
    long_field,
    moment_field,
    money_field,
    text_field,
    tick_field,
)
from portal.forms.respondent import respondent_fields, respondent_initial, said_respondent
from sla.policies import snapshot
from tickets.cases.checklist import may_lack_amount
from tickets.models import Representation, Ticket
from tickets.policy.playbooks import Playbook
from tickets.words import DEMAND, ISSUER, LANE
from tickets.workflow.inputs import REQUIRED

GOODS, CHARGE = "goods", "charge"
# Most people look at one app; "another number" stands last.
ISSUER_HINT = _("Copy it from the order or bill. Spaces do not matter. If you do not have it yet, go on without it.")


class CategoryForm(OperationForm):
    key = "category"
    category = choice_field(_("What happened?"), [], required=True)

    def __init__(self, categories: Sequence[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]


class CategoryWithEmailForm(ReachedForm, CategoryForm):
    """A visitor's."""


class StepForm(OperationForm):
    """One page of the wizard. `draft_changes` is the body of a correction of the draft."""

    def __init__(self, playbook: Playbook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.playbook = playbook

    def gaps(self) -> dict[str, list[Text]]:
        """Questions this page cannot go on without."""
        raw = self.raw()
        return {name: [REQUIRED] for name, field in self.fields.items() if field.required and not raw[name]}

    def draft_changes(self) -> Context:
        return self.raw()

    @staticmethod
    def draft_initial(ticket: Ticket) -> Context:
        """What the draft already says, as this page shows it."""
        return {}


class RoutingForm(StepForm):
    key = "routing"
    routing = choice_field(
        _("Which of these is it?"),
        [
            (CHARGE, _("I was charged wrongly: twice, too much, or without my agreement")),
            (GOODS, _("I am unhappy with the goods or the service I bought")),
        ],
        required=True,
    )

    @staticmethod
    def draft_initial(ticket: Ticket) -> Context:
        """Nobody who came further than this page chose the other way."""
        return {"routing": CHARGE} if ticket.incident_at or ticket.statement else {}


class DetailsForm(StepForm):
    key = "details"

    def __init__(self, playbook: Playbook, *args: Any, **kwargs: Any) -> None:
        super().__init__(playbook, *args, **kwargs)
        needs_amount = not may_lack_amount(playbook)
        self.fields.update(respondent_fields(playbook.needs_account, self.initial.get("account_known", "")))
        self.fields["incident_at"] = moment_field(
            _("When did it happen?"), required=True, hint=_("If you are not sure, an estimate will do.")
        )
        self.fields["discovered_at"] = moment_field(
            _("When did you notice?"), hint=_("Left empty, we take the moment you began to write this.")
        )
        self.fields["amount"] = money_field(_("How much is it about? (yuan)"), required=needs_amount, hint=_("Such as 128.00"))
        self.fields["issuer"] = choice_field(_("Where does the order number come from?"), ISSUER.items())
        self.fields["order_numbers"] = text_field(
            _("Order or transaction number"), hint=ISSUER_HINT, autocomplete="off", spellcheck="false"
        )

    def draft_changes(self) -> Context:
        raw = self.raw()
        said = {name: raw[name] for name in ("incident_at", "discovered_at") if raw[name]}
        body = {**said, "amount": raw["amount"], "statement": {"occurred_at": raw["incident_at"], "amount": raw["amount"]}}
        named = raw["order_numbers"].strip()
        body["order_numbers"] = [{"issuer": raw["issuer"] or "other", "number": named}] if named else []
        return {**body, **said_respondent(raw)}

    @staticmethod
    def draft_initial(ticket: Ticket) -> Context:
        order = ticket.order_references.last()
        return {
            "incident_at": local_text(ticket.incident_at),
            "discovered_at": local_text(ticket.discovered_at) if ticket.incident_at else "",
            "amount": ticket.amount if ticket.amount is not None else "",
            "issuer": order.issuer if order else "",
            "order_numbers": order.number if order else "",
            **respondent_initial(ticket),
        }


class FactsForm(StepForm):
    key = "facts"

    def __init__(self, playbook: Playbook, *args: Any, **kwargs: Any) -> None:
        super().__init__(playbook, *args, **kwargs)
        self.fields.update(fact_fields(playbook))
        if playbook.platform_freeze:
            hint = _("The fast lane is for a freeze after a sign-in from abroad. It needs your passport and a proof of your stay.")
            self.fields["lane"] = choice_field(
                _("How shall it be handled?"), [(each, LANE[each]) for each in ("standard", "overseas_24h")], hint=hint
            )

    def draft_changes(self) -> Context:
        raw = self.raw()
        return {"facts": pick_prefixed(raw, "facts"), **({"lane": raw["lane"]} if raw.get("lane") else {})}

    @staticmethod
    def draft_initial(ticket: Ticket) -> Context:
        return {**fact_initial(ticket.facts), "lane": ticket.lane}


def story_fields(least: int, demands: Iterable[str]) -> dict[str, forms.Field]:
    hint = _(
        "At least %(least)s characters: what you saw, in which app, and what you did. Never write passwords, codes or full card numbers."
    )
    wanted = _("Choose all that apply. Each of them gets an answer.")
    told = hint % {"least": least}
    return {
        "statement.symptom": long_field(_("What happened, in your own words?"), required=True, hint=told),
        "demands": choices_field(_("What do you want?"), [(each, DEMAND[each]) for each in demands], required=True, hint=wanted),
    }


def demand_choices(playbook: Playbook, told: Iterable[str]) -> list[str]:
    """What this category can give, and what was asked for already: nobody's wish vanishes from the page."""
    return list(dict.fromkeys([*playbook.offered_demands, *(each for each in told if each in DEMAND)]))


class StoryForm(StepForm):
    """`least`: the shortest story, where the version is a draft and so not remembered yet."""

    key = "story"

    def __init__(self, playbook: Playbook, *args: Any, least: int | None = None, **kwargs: Any) -> None:
        super().__init__(playbook, *args, **kwargs)
        shortest = snapshot(playbook.policy_version).statement_min_chars if least is None else least
        self.fields.update(story_fields(shortest, demand_choices(playbook, self.initial.get("demands", []))))

    def draft_changes(self) -> Context:
        raw = self.raw()
        return {"statement": pick_prefixed(raw, "statement"), "demands": raw["demands"]}

    @staticmethod
    def draft_initial(ticket: Ticket) -> Context:
        return {"statement.symptom": ticket.statement.get("symptom", ""), "demands": ticket.demands}


STEPS: Mapping[str, type[StepForm]] = {form.key: form for form in (RoutingForm, DetailsForm, FactsForm, StoryForm)}


def steps_of(playbook: Playbook) -> list[str]:
    """The pages this category needs, in their order. Only where a shop sells something is the routing question asked."""
    asked = {"routing": playbook.parties_by_payee, "facts": bool(asked_facts(playbook)) or playbook.platform_freeze}
    return [key for key in STEPS if asked.get(key, True)]


# ---- For somebody else
OTHER = tick_field(_("It is for somebody else"), hint=_("Your child, your parents, or somebody you act for by law."))
RELATIONS = [
    ("guardian", _("My child, or somebody whose guardian I am")),
    ("helper", _("Somebody I help, such as my parents")),
    ("authorised", _("Somebody who has authorised me, as a lawyer for instance")),
    ("heir", _("Somebody who has died and whose heir I am")),
]


class StartForm(CategoryForm):
    other = OTHER


class StartWithEmailForm(CategoryWithEmailForm):
    other = OTHER


class WhomForm(OperationForm):
    key = "whom"
    relation = choice_field(_("Who is it?"), RELATIONS, required=True)
    whom = text_field(_("Their name"), required=True, limit=150, autocomplete="off")
    contact = text_field(
        _("Their own mobile number or e-mail address"),
        hint=_("We ask them there whether they agree. Not needed for a child or somebody who has died."),
        autocomplete="off",
        autocapitalize="none",
    )


def whom_initial(row: Representation | None) -> dict[str, object]:
    return {} if row is None else {"relation": row.relation, "whom": row.whom, "contact": row.contact}
