"""What a complaint asks for and what it got: the claim, what came back of it, and what a decision grants. Reads, never writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from django.db.models import Q, Sum

from tickets.cases.case import Case
from tickets.models import BillFinding, Decision, OrderReference, Refund, Remedy, Ticket
from tickets.workflow.vocabulary import MEETS, RETURNS

NOUGHT = Decimal(0)
# On what one number means the same payment: an issuer that nobody knows fits every other.
ANY_ISSUER = "other"


def came_back(case: Case) -> Decimal:
    """Of the claim, by whatever way. Compensation comes on top of it."""
    return sum((row.amount for row in case.refunds if row.kind != "compensation"), NOUGHT)


def outstanding(case: Case) -> Decimal:
    """What is left of the claim."""
    return max((case.ticket.amount or NOUGHT) - came_back(case), NOUGHT)


def sum_of(remedies: Iterable[Mapping[str, object]], kinds: Iterable[str]) -> Decimal:
    """Of the remedies of these kinds, as an operation gets them."""
    wanted = frozenset(kinds)
    amounts = (row["amount"] for row in remedies if row["kind"] in wanted)
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), NOUGHT)


def demands_met(case: Case, kinds: Iterable[str]) -> list[str]:
    """Demands that these remedies meet, in the order they were made; then those that nobody made and a remedy gives all the same.

    An explanation gives nothing of itself: it meets a demand to look into it, where that was made.
    """
    given = frozenset(kinds)
    made = [demand for demand in case.ticket.demands if given & MEETS.get(demand, frozenset())]
    more: list[str] = []
    for kind in sorted(given):
        own = [demand for demand, ways in MEETS.items() if kind in ways and demand != "investigate"]
        if own and not set(own) & {*case.ticket.demands, *more}:
            more.append(own[0])
    return made + more


def grants_of(case: Case, data: Mapping[str, object]) -> list[str]:
    """The demands that an approval grants: those it names, else all that its remedies meet; and always what nobody had asked for."""
    rows: list[dict[str, object]] = data["remedies"]  # type: ignore[assignment]
    met = demands_met(case, [str(row["kind"]) for row in rows])
    named = data.get("granted")
    if not isinstance(named, list):
        return met
    return [demand for demand in met if demand in named or demand not in case.ticket.demands]


def verdict(case: Case, grants: Iterable[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Approved where every demand is granted and, where money was asked for, all that is outstanding comes back; else approved in part."""
    whole = set(case.ticket.demands) <= set(grants)
    rows = [*rows]
    kept = [{"kind": row.kind, "amount": row.amount} for row in owed_remedies(case) if row not in replaced_by(case, rows)]
    if "refund" in case.ticket.demands and sum_of([*rows, *kept], RETURNS) < outstanding(case):
        whole = False
    return Decision.Verdict.APPROVED if whole else Decision.Verdict.PARTLY_APPROVED


def granted_by(case: Case) -> list[Decision]:
    """Every decision in effect that gave something: a later one that refuses the rest takes nothing of it back."""
    return [each for each in case.decisions if each.state == Decision.State.EFFECTIVE and each.favours_customer]


def owed_remedies(case: Case) -> list[Remedy]:
    """What was granted and is not done yet, whatever became of the complaint since."""
    return [row for decision in granted_by(case) for row in decision.remedies.all() if row.state == Remedy.State.PENDING]


def pending_money(case: Case) -> list[Remedy]:
    """Sums that a decision in effect promised and that have not gone out."""
    return [row for row in owed_remedies(case) if row.amount is not None]


def replaced_by(case: Case, remedies: Iterable[Mapping[str, object]]) -> list[Remedy]:
    """What is owed of earlier decisions and becomes part of a new one with these remedies: what comes back of the claim as a whole,
    the rest by its kind."""
    kinds = {str(row["kind"]) for row in remedies}
    whole = RETURNS if kinds & RETURNS else frozenset()
    return [row for row in owed_remedies(case) if row.kind in kinds | whole]


# ---- One order, over all complaints
def returned_too_often(case: Case, amount: Decimal, number: str = "") -> list[str] | None:
    """Where more would come back of a payment than was made: the complaints on which it came back already. None: all is well.

    What was paid stands in a bill; where none tells, the largest claim counts. A sum that nobody bound to one of several numbers counts for
    each of them. What a customer says of their own complaint binds no stranger's.
    """
    orders = [order for order in case.order_references if number in ("", order.number)]
    bills = [_paid_by_bill(order) for order in orders]
    for order, paid in zip(orders, bills, strict=True):
        tickets = _tickets_about(order)
        bound = Q(number="") | Q(number=order.number)
        theirs = Q(source=Refund.Source.OWNER) & ~Q(ticket__owner=case.ticket.owner_id)
        rows = Refund.objects.filter(bound, ticket__in=tickets, currency=case.ticket.currency).exclude(theirs | Q(kind="compensation"))
        before = rows.aggregate(total=Sum("amount"))["total"] or NOUGHT
        most = _most(case, tickets, paid, bills)
        if (most is None and before) or (most is not None and before + amount > most):
            return sorted(set(rows.values_list("ticket__ref", flat=True)))
    return None


def returned_of(ticket: Ticket, numbers: Collection[str]) -> Decimal:
    """What our rows say came back of the payments with these numbers, over all complaints that name one; each sum once.

    What a stranger says of their own complaint does not count here either.
    """
    about = OrderReference.objects.filter(number__in=numbers).values("ticket")
    theirs = Q(source=Refund.Source.OWNER) & ~Q(ticket__owner=ticket.owner_id)
    rows = Refund.objects.filter(Q(number="") | Q(number__in=numbers), ticket__in=about, currency=ticket.currency)
    return rows.exclude(theirs | Q(kind="compensation")).aggregate(total=Sum("amount"))["total"] or NOUGHT


def _tickets_about(order: OrderReference) -> list[int]:
    """Every complaint that names it, whoever's."""
    same = OrderReference.objects.filter(number=order.number)
    if order.issuer != ANY_ISSUER:
        same = same.filter(issuer__in=[order.issuer, ANY_ISSUER])
    return list(same.values_list("ticket", flat=True).distinct())


def _paid_by_bill(order: OrderReference) -> Decimal | None:
    """As a bill says that somebody has read; None where none does: one that tells of the refund alone says nothing of the payment."""
    told = BillFinding.objects.filter(ticket__in=_tickets_about(order)).exclude(state=BillFinding.State.DISMISSED)
    lines = [line for row in told.values_list("transactions", flat=True) for line in row if line.get("number") == order.number]
    paid = [line.get("paid", line["amount"]) for line in lines]
    return max((Decimal(each) for each in paid if each is not None), default=None)


def _most(case: Case, tickets: list[int], paid: Decimal | None, bills: list[Decimal | None]) -> Decimal | None:
    """The most that may come back of one payment. A sum that is bound to no number may be for all that the complaint names."""
    known = [each for each in bills if each is not None]
    if paid is not None and len(known) == len(bills):
        return sum(known, NOUGHT)
    claims = Ticket.objects.filter(pk__in=tickets, currency=case.ticket.currency, amount__isnull=False)
    largest = claims.order_by("-amount").values_list("amount", flat=True).first()
    return largest if paid is None else max(paid, largest or NOUGHT)
