"""The sentences of *Two people*, read from the rows alone: not one line of it is shared with the guards that keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from lib.prepared_queries import PreparedQuery
from tickets.models import ClaimRaise, Decision, OrderReference, Refund, Remedy, Ticket
from tickets.policy.playbooks import playbooks

THRESHOLD = Decimal("1000.00")
NOUGHT = Decimal(0)


@dataclass(frozen=True)
class Facts:
    """What stands in the database about some complaints."""

    tickets: dict[int, Any]
    decisions: dict[int, Any]
    remedies: list[Any]
    refunds: dict[int, Any]
    raises: dict[int, Any]
    about: set[tuple[int, int]]
    orders: set[tuple[int, str]]
    supervisors: set[int]

    @property
    def marks(self) -> tuple[object, ...]:
        return tuple((row.version, row.status, row.amount) for row in self.tickets.values())

    def of(self, decision: Any) -> list[Any]:
        return [row for row in self.remedies if row.decision_id == decision.pk]


# What the sentences read of a complaint. Rows of these alone: it is asked after each of thousands of acts.
TOLD = (
    "pk", "version", "status", "amount", "currency", "category", "policy_id", "demands", "late_claim", "refund_tier", "owner_id",
    "filed_by_id", "submitted_at",
)  # fmt: skip


@PreparedQuery.of(str)
def _ticket(ref: str) -> QuerySet:
    return Ticket.objects.filter(ref=ref).order_by("pk").values_list(*TOLD, named=True)


@PreparedQuery.of(int)
def _orders(ticket: int) -> QuerySet:
    return OrderReference.objects.filter(ticket=ticket).order_by().values_list("ticket_id", "number")


@PreparedQuery.of(int)
def _about(ticket: int) -> QuerySet:
    return Ticket.complained_about.through.objects.filter(ticket=ticket).values_list("ticket_id", "user_id")


@PreparedQuery.of()
def _supervisors() -> QuerySet:
    return User.groups.through.objects.filter(group__name="supervisors").values_list("user_id", flat=True)


_decisions = PreparedQuery(lambda ticket: Decision.objects.filter(ticket=ticket), int)
_remedies = PreparedQuery(lambda ticket: Remedy.objects.filter(decision__ticket=ticket), int)
_refunds = PreparedQuery(lambda ticket: Refund.objects.filter(ticket=ticket), int)
_raises = PreparedQuery(lambda ticket: ClaimRaise.objects.filter(ticket=ticket), int)


def facts_of(refs: Iterable[str]) -> Facts:
    """In the order of keys. The ORM would build these eight statements anew for each of thousands of acts."""
    tickets = {row.pk: row for row in sorted((row for ref in refs for row in _ticket(ref)), key=lambda row: row.pk)}

    def found(query: PreparedQuery) -> list[Any]:
        return sorted((row for pk in tickets for row in query(pk)), key=lambda row: row.pk)

    return Facts(
        tickets,
        {row.pk: row for row in found(_decisions)},
        found(_remedies),
        {row.pk: row for row in found(_refunds)},
        {row.pk: row for row in found(_raises)},
        {pair for pk in tickets for pair in _about(pk)},
        {pair for pk in tickets for pair in _orders(pk)},
        set(_supervisors()),
    )


def broken_sentences(before: Facts, after: Facts) -> list[str]:
    """Of the act between the two."""
    told = [*_one(before, after), *_two(after), *_three(after), *_four(before, after), *_five(before, after)]
    return [f"{number}: {what}" for number, what in told]


def _one(before: Facts, after: Facts) -> Iterator[tuple[int, str]]:
    """Money of ours or a right goes out only on a decision in effect."""
    for ticket in after.tickets.values():
        mine = [row for row in after.decisions.values() if row.ticket_id == ticket.pk and row.state == "effective"]
        given = [row for row in mine if row.verdict != "rejected"]
        if ticket.status == "remedy_pending" and (not mine or mine[-1].verdict == "rejected"):
            yield 1, "a remedy is pending without a decision"
        back = [row for row in after.refunds.values() if row.ticket_id == ticket.pk and row.kind != "compensation"]
        out = sum((row.amount for row in back if row.source == "remedy"), NOUGHT)
        if out and out > (ticket.amount or NOUGHT):
            yield 1, "more went out than was claimed"
        for row in after.refunds.values():
            if row.ticket_id == ticket.pk and row.source == "remedy":
                decided = [each for each in after.remedies for one in given if each.decision_id == one.pk and each.kind == row.kind]
                if not any(each.state == "done" and row.amount <= (each.decided_amount or NOUGHT) for each in decided):
                    yield 1, "money went out that nobody decided"
        for one in given:
            yield from _gives_what_was_asked(ticket, one, after)
    for number in {number for _ticket, number in after.orders}:
        named = {ticket for ticket, each in after.orders if each == number}
        total = sum((row.amount for row in after.refunds.values() if row.ticket_id in named and row.kind != "compensation"), NOUGHT)
        if total > max((after.tickets[pk].amount or NOUGHT for pk in named), default=NOUGHT) and len(after.refunds) > len(before.refunds):
            yield 1, "more came back for an order than was paid"


def _gives_what_was_asked(ticket: Any, decision: Any, after: Facts) -> Iterator[tuple[int, str]]:
    kinds = {row.kind for row in after.of(decision)}
    if not kinds <= set(playbooks(ticket.policy_id)[ticket.category].remedies):
        yield 1, "what the category does not know was given"
    if not decision.granted:
        yield 1, "an approval gives nothing"
    if decision.verdict == "approved" and not set(ticket.demands) <= set(decision.granted):
        yield 1, "approved, and a demand was refused"


def _two(after: Facts) -> Iterator[tuple[int, str]]:
    """At or above the threshold, for compensation, late or discretionary claims and foreign currency, author and signatory differ."""
    for row in after.decisions.values():
        if row.state != "effective" or row.verdict == "rejected":
            continue
        ticket, remedies = after.tickets[row.ticket_id], after.of(row)
        money = sum((each.decided_amount or each.amount or NOUGHT for each in remedies), NOUGHT)
        kinds = {each.kind for each in remedies}
        full = money and (money >= (ticket.amount or money) or "refund_full" in kinds)
        needs = money >= THRESHOLD or "compensation" in kinds or ticket.late_claim or (money and ticket.currency != "CNY")
        if (needs or (full and ticket.refund_tier == "discretionary")) and row.countersigned_by_id in (None, row.author_id):
            yield 2, "one person alone decided it"


def _three(after: Facts) -> Iterator[tuple[int, str]]:
    """The author is neither owner, filer nor among those complained about; nor is who signs."""
    for row in after.decisions.values():
        ticket = after.tickets[row.ticket_id]
        partial = {ticket.owner_id, ticket.filed_by_id} | {user for pk, user in after.about if pk == ticket.pk}
        if row.state in ("effective", "awaiting_countersignature") and partial & {row.author_id, row.countersigned_by_id}:
            yield 3, "somebody with a part in it decided"


def _four(before: Facts, after: Facts) -> Iterator[tuple[int, str]]:
    """Whoever confirms that money went out is not the author; an agent names the payment."""
    done = {row.pk for row in before.remedies if row.state == "done"}
    for pk in after.refunds.keys() - before.refunds.keys():
        row = after.refunds[pk]
        authors = {each.author_id for each in after.decisions.values() if each.ticket_id == row.ticket_id}
        if row.source in ("desk", "bill") and row.by_id in authors:
            yield 4, "who decided here recorded the refund"
        if row.source in ("desk", "bill") and not row.reference:
            yield 4, "a refund was recorded without a reference"
        if row.source == "remedy":
            decided = [each.decision_id for each in after.remedies if each.state == "done" and each.pk not in done]
            if any(after.decisions[each].author_id == row.by_id for each in decided):
                yield 4, "the author confirmed the payment"


def _five(before: Facts, after: Facts) -> Iterator[tuple[int, str]]:
    """The claim is fixed at the first submission; only a supervisor raises it, who then neither decides nor signs on this complaint."""
    fresh = [row for pk, row in after.raises.items() if pk not in before.raises]
    for pk, ticket in after.tickets.items():
        was = before.tickets[pk]
        mine = [row for row in fresh if row.ticket_id == pk]
        if was.submitted_at is not None and ticket.amount != was.amount and not mine:
            yield 5, "the claim changed after it was handed in"
        if any(row.by_id not in after.supervisors or row.after <= (row.before or NOUGHT) or not row.reason for row in mine):
            yield 5, "somebody else than a supervisor raised it"
        raisers = {row.by_id for row in before.raises.values() if row.ticket_id == pk}
        for key, row in after.decisions.items():
            old = before.decisions.get(key)
            if row.ticket_id == pk and old is None and row.author_id in raisers:
                yield 5, "who raised the claim decided"
            signed = row.countersigned_by_id if row.state == "effective" and (old is None or old.state != "effective") else None
            if row.ticket_id == pk and signed in raisers:
                yield 5, "who raised the claim signed"
            if row.ticket_id == pk and old is not None and old.state != row.state == "effective" and row.author_id in raisers:
                yield 5, "the decision of who raised the claim took effect"
