"""Before one's eyes when money is decided: the claim, what came back of it, how it was filed, and who else names the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Sum
from django.urls import reverse

from accounts.models import User
from desk.shell.formatting import moment_text, money
from lib.types import Context
from tickets.cases.case import Case
from tickets.cases.money import came_back, outstanding
from tickets.models import OrderReference, Refund, Ticket
from tickets.words import REFUND_TIER, REMEDY, STATUS

Twins = Mapping[int, list[Context]]


def money_facts(case: Case, twins: Twins) -> Context:
    """For one complaint; `twins` by its key, as `twins_of` finds them."""
    ticket = case.ticket
    return {
        "claim": money(ticket.amount, ticket.currency),
        "tier": REFUND_TIER.get(ticket.refund_tier or "", ""),
        "late": ticket.late_claim,
        "returned": money(came_back(case), ticket.currency) if case.refunds else "",
        "outstanding": money(outstanding(case), ticket.currency) if ticket.amount is not None else "",
        "refunds": [refund_row(row) for row in case.refunds],
        "raises": [(money(row.before), money(row.after), row.reason, moment_text(row.at)) for row in case.claim_raises],
        "twins": twins.get(ticket.pk, []),
    }


def refund_row(row: Refund) -> Context:
    return {
        "amount": money(row.amount, row.currency),
        "at": moment_text(row.at),
        "reference": row.reference,
        "kind": REMEDY.get(row.kind, ""),
        "source": row.get_source_display(),
        "number": row.number,
    }


def twins_of(tickets: Iterable[Ticket], viewer: User) -> Twins:
    """Other complaints that name the same order, with what came back on them. As many queries for ten as for one."""
    keys = [ticket.pk for ticket in tickets]
    mine = list(OrderReference.objects.filter(ticket__in=keys).values_list("ticket", "number").distinct())
    seen = Ticket.objects.visible_to(viewer).exclude(status="draft")
    named = defaultdict(set)
    for number, ticket in OrderReference.objects.filter(number__in={number for _key, number in mine}).values_list("number", "ticket"):
        named[number].add(ticket)
    others = set().union(*named.values())
    rows = {row["id"]: row for row in seen.filter(pk__in=others).order_by("id").values("id", "ref", "status", "amount", "currency")}
    back = dict(Refund.objects.filter(ticket__in=others).order_by().values_list("ticket").annotate(total=Sum("amount")))
    found: dict[int, dict[int, Context]] = defaultdict(dict)
    for key, number in mine:
        for pk in sorted((named[number] & rows.keys()) - {key}):
            row = rows[pk]
            found[key][pk] = {
                "ref": row["ref"],
                "address": reverse("desk:ticket", args=[row["ref"]]),
                "status": STATUS[row["status"]],
                "claim": money(row["amount"], row["currency"]),
                "returned": money(back[pk], row["currency"]) if pk in back else "",
            }
    return {key: list(rows.values()) for key, rows in found.items()}
