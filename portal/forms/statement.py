"""The account of what happened, after filing and until the appeal is submitted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lib.types import Context
from portal.forms.facts import fact_fields, fact_initial, pick_prefixed
from portal.forms.filing import ISSUER_HINT, demand_choices, story_fields
from portal.forms.operation_form import OperationForm, choice_field, local_text, moment_field, money_field, text_field
from portal.forms.respondent import respondent_fields, respondent_initial, said_respondent
from sla.policies import snapshot
from tickets.cases.case import evidence_of
from tickets.cases.checklist import may_lack_amount
from tickets.models import OrderReference, Ticket
from tickets.policy.playbooks import Playbook
from tickets.words import ISSUER


def orders_said(ticket: Ticket) -> list[OrderReference]:
    """Numbers that somebody typed; those on a voucher are mended with the voucher."""
    typed = set(evidence_of(ticket).filter(kind="order_number").values_list("pk", flat=True))
    return [each for each in ticket.order_references.all() if each.evidence_id is None or each.evidence_id in typed]


class StatementForm(OperationForm):
    """What is marked as needed is needed to submit; saved it may be unfinished."""

    key = "statement"

    def __init__(self, playbook: Playbook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(respondent_fields(playbook.needs_account, self.initial.get("account_known", "")))
        self.fields["statement.occurred_at"] = moment_field(
            _("When did it happen?"), required=True, hint=_("If you are not sure, an estimate will do.")
        )
        self.fields["statement.amount"] = money_field(
            _("How much is it about? (yuan)"), required=not may_lack_amount(playbook), hint=_("Such as 128.00")
        )
        demands = demand_choices(playbook, self.initial.get("demands", []))
        self.fields.update(story_fields(snapshot(playbook.policy_version).statement_min_chars, demands))
        self.fields["issuer"] = choice_field(_("Where does the order number come from?"), ISSUER.items())
        for place, order in enumerate(self.initial.get("orders", ())):
            self.initial[f"order.{place}"] = order["number"]
            label = _("Order or transaction number (%(issuer)s)") % {"issuer": ISSUER.get(order["issuer"], order["issuer"])}
            hint = _("Correct it here if it is wrong; emptied, it is taken out.")
            self.fields[f"order.{place}"] = text_field(label, hint=hint, autocomplete="off")
        self.fields["order_numbers"] = text_field(_("Add an order or transaction number"), hint=ISSUER_HINT, autocomplete="off")
        self.fields.update(fact_fields(playbook))

    def amendments(self) -> Context:
        raw = self.raw()
        body = {"statement": pick_prefixed(raw, "statement"), "facts": pick_prefixed(raw, "facts"), "demands": raw["demands"]}
        known = list(self.initial.get("orders", ()))
        named = [{**order, "number": self._order(place, order["number"])} for place, order in enumerate(known)]
        if raw["order_numbers"].strip():
            named.append({"issuer": raw["issuer"] or "other", "number": raw["order_numbers"]})
        if named != known:
            body["order_numbers"] = [order for order in named if order["number"].strip()]
        return {**body, **said_respondent(raw)}

    def _order(self, place: int, known: str) -> str:
        """As it was typed; one that was not shown stays."""
        return str(self.data.get(f"order.{place}", known))

    @staticmethod
    def ticket_initial(ticket: Ticket) -> Context:
        said = ticket.statement
        return {
            "statement.occurred_at": local_text(said.get("occurred_at") or ticket.incident_at),
            "statement.amount": said.get("amount") or ticket.amount or "",
            "statement.symptom": said.get("symptom", ""),
            "demands": ticket.demands,
            "orders": [{"issuer": each.issuer, "number": each.number} for each in orders_said(ticket)],
            **fact_initial(ticket.facts),
            **respondent_initial(ticket),
        }
