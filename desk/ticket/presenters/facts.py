"""What a complaint is about, as lines of label and value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.unproven import has_address, is_unproven
from desk.shell.formatting import deadline_text, moment_of, moment_text, money
from lib.types import Context, Text
from tickets.cases.case import Case
from tickets.models import Representation, Ticket
from tickets.models.querysets import is_staff_not_owner
from tickets.words import (
    CHANNEL,
    CLOSE_REASON,
    DEMAND,
    FACT_CHOICE,
    FACT_ON_RECORD,
    ISSUER,
    LANE,
    PARTY,
    REFUND_TIER,
    REPRESENTATION_STATE,
    REPRESENTED_AS,
    ROUTING,
)
from tickets.workflow.vocabulary import FACTS

Pair = tuple[Text, object]


def core(case: Case, category: str) -> list[Pair]:
    """Who, what, how much, when. Lines without a value are left out."""
    ticket = case.ticket
    lines: list[Pair] = [
        (_("Category"), category),
        (_("Amount"), money(ticket.amount, ticket.currency)),
        (_("Lane"), LANE.get(ticket.lane, ticket.lane) if ticket.lane != "standard" else ""),
        (_("Happened"), _moment(ticket.incident_at)),
        (_("Noticed"), _moment(ticket.discovered_at)),
        (_("Reported"), _moment(ticket.reported_at)),
        (_("Appeal submitted"), _moment(ticket.submitted_at)),
        (_("Closed"), _closing_text(ticket)),
        (_("About"), str(ticket.registered_respondent or ticket.respondent)),
        (_("Account"), ticket.account_masked),
        (_("Answers for it"), _join_labels(PARTY, ticket.responsible_parties)),
        (_("Routed to"), ROUTING.get(ticket.routing, ticket.routing) if ticket.routing else ""),
        (_("Kind of refund"), REFUND_TIER.get(ticket.refund_tier, "") if ticket.refund_tier else ""),
        (_("Order numbers"), [f"{ISSUER.get(order.issuer, order.issuer)}: {order.number}" for order in case.order_references]),
        (_("Legal hold until"), deadline_text(ticket.legal_hold_until) if ticket.legal_hold_until else ""),
        (_("Incident"), _incident(ticket)),
        (_("Complained about"), _respondent_names(case)),
        (_("Policy"), ticket.policy_id),
    ]
    return _as_text(lines)


def _as_text(lines: Iterable[Pair]) -> list[Pair]:
    """Values as text, or as a list of texts; a lazy text would be taken for a list of letters."""
    return [(label, value if isinstance(value, list) else str(value)) for label, value in lines if value]


def customer(case: Case) -> list[Pair]:
    ticket = case.ticket
    filed = CHANNEL.get(ticket.channel, ticket.channel)
    acting = list(ticket.representations.select_related("person")) if _is_for_another(ticket) else []
    if ticket.filed_by_id not in (ticket.owner_id, *(row.person_id for row in acting)):
        filed = _("%(channel)s, filed by the desk") % {"channel": filed}
    verified = _("yes, no identity document needed") if ticket.owner.real_name_match else _("no")
    unproven = is_unproven(ticket.owner)
    lines = [
        (_("Name"), "" if unproven else ticket.owner.name),
        (_("E-mail"), _address_words(ticket.owner)),
        (_("Contact, not proven yet"), ticket.contact),
        (_("Represented by"), _representative(ticket.represented_by) if not acting else ""),
        *((_("Represented by"), _acting_words(row)) for row in acting),
        (_("The platform's own number"), ticket.external_id),
        (_("Came by"), filed),
        (_("Real name verified"), verified),
    ]
    return _as_text([*lines, *(ticket.metadata or {}).items()])


def _address_words(owner: User) -> str:
    if not has_address(owner):
        return ""
    return _("%(address)s (letters come back)") % {"address": owner.email} if owner.bounced_address == owner.email else owner.email


def _is_for_another(ticket: Ticket) -> bool:
    """Only then is it asked who acts: by far the most complaints are filed by their owners for themselves."""
    return ticket.represented_by is not None or ticket.filed_by_id != ticket.owner_id


def _acting_words(row: Representation) -> str:
    """Who, as what, for whom, and what the owner said."""
    whom = _("for %(name)s") % {"name": row.whom}
    return " · ".join((str(row.person), str(REPRESENTED_AS[row.relation]), whom, str(REPRESENTATION_STATE[row.state])))


def _representative(said: Mapping[str, str] | None) -> str:
    if not said:
        return ""
    return " · ".join(filter(None, (said["name"], str(REPRESENTED_AS[said["as"]]), said.get("document"))))


def story(case: Case) -> Context:
    """The customer's own words and demands."""
    said = case.ticket.statement
    return {
        "symptom": said.get("symptom", ""),
        "occurred_at": moment_of(said["occurred_at"]) if said.get("occurred_at") else "",
        "amount": said.get("amount", ""),
        "demands": [DEMAND.get(each, each) for each in case.ticket.demands],
    }


def answers(facts: Mapping[str, object]) -> list[Pair]:
    """Facts with their answers, in the order of the vocabulary."""
    return _as_text((FACT_ON_RECORD[name], _answer(name, facts[name])) for name in FACTS if facts.get(name) is not None)


def _answer(name: str, value: Any) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    kind = FACTS[name].type
    if kind == "instant":
        return moment_of(value)
    if kind == "money":
        return money(Decimal(str(value)))
    if kind == "choices":
        return gettext(", ").join(str(FACT_CHOICE.get((name, each), each)) for each in value)
    return FACT_CHOICE.get((name, value), value) if kind == "choice" else value


def flags(ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Pairs of tone and text for what must not be overlooked."""
    if ticket.late_claim:
        yield "warn", _("Filed late")
    if ticket.refund_tier == "discretionary":
        yield "neutral", _("Refund at discretion")
    if ticket.police_cooperation:
        yield "warn", _("Police cooperation")
    if ticket.liability_uncertain:
        yield "warn", _("Liability uncertain")
    if ticket.outcome_disputed:
        yield "warn", _("Outcome disputed")
    if ticket.reopen_requested_at:
        yield "bad", _("The customer asks to reopen")


def _respondent_names(case: Case) -> str:
    """Among colleagues."""
    return gettext(", ").join(map(str, case.complained_about)) if is_staff_not_owner(case.ticket, case.person) else ""


def _moment(at: Any) -> str:
    return moment_text(at) if at else ""


def _join_labels(words: Mapping[str, object], codes: Iterable[str]) -> str:
    return gettext(", ").join(str(words.get(code, code)) for code in codes)


def _incident(ticket: Ticket) -> str:
    link = getattr(ticket, "incident_link", None)
    return link.incident.ref if link else ""


def _closing_text(ticket: Ticket) -> str:
    if ticket.closed_at is None:
        return ""
    reason = CLOSE_REASON.get(ticket.close_reason or "", "")
    closed = deadline_text(ticket.closed_at)  # the clock closes at 24:00
    return f"{closed} · {reason}" if reason else closed
