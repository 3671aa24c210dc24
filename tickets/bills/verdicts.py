"""What the channel's lines say about one complaint, and what follows from it: a proposal, never more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tickets.bills.layouts import FAILED, PAID, PENDING, REFUNDED, REFUNDING, UNREFUNDED
from tickets.bills.reading import Charge

CHARGED_TWICE, OTHER_AMOUNT, UNDECIDED = "charged_twice", "other_amount", "undecided"
VERDICTS = (PAID, FAILED, REFUNDED, PENDING, CHARGED_TWICE, OTHER_AMOUNT, UNDECIDED)
ZERO = Decimal(0)
# What a line about a refund says of the payment.
OF_PAYMENT = {REFUNDING: PENDING, UNREFUNDED: PAID}
# What the column of a finding's amount takes. Nobody's bill says more in earnest.
MOST = Decimal("9999999999.99")
# The first that the category knows is proposed.
REMEDIES: Mapping[str, tuple[str, ...]] = {
    CHARGED_TWICE: ("refund_duplicate", "refund_full", "refund"),
    OTHER_AMOUNT: ("refund_difference", "refund_partial", "refund", "correction"),
    PAID: ("refund_original", "refund_full", "refund"),
    FAILED: ("refund_original", "payout_retry"),
}


@dataclass(frozen=True)
class Transaction:
    """All lines of one number of the channel's: the payment, and what was paid back of it."""

    number: str
    amount: Decimal
    refunded: Decimal
    state: str
    at: str

    @property
    def amount_held(self) -> Decimal:
        """What the channel still has of the customer's money."""
        return max(self.amount - self.refunded, ZERO) if self.state in (PAID, REFUNDED) else ZERO


@dataclass(frozen=True)
class Finding:
    """`amount`: the sum in question, which is too much for a charge made twice, off for another amount, else all of it."""

    verdict: str
    amount: Decimal
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True)
class Proposal:
    """None and empty: nothing is proposed."""

    party: str | None
    remedy: str | None
    channel_status: str | None


def transactions(lines: Iterable[Charge]) -> tuple[Transaction, ...]:
    """Lines with the same first number are one; its state is what the strongest of them says.

    A refund that failed leaves its payment as it stands: on a line of its own it says nothing.
    """
    found: dict[str, list[Charge]] = {}
    lines = list(lines)
    paid = {number for line in lines if line.state != UNREFUNDED for number in line.numbers}
    for line in lines:
        if line.state == UNREFUNDED and not paid.isdisjoint(line.numbers):
            continue
        found.setdefault(line.numbers[0], []).append(line)
    return tuple(_transaction(number, mine) for number, mine in sorted(found.items()))


def _transaction(number: str, lines: Sequence[Charge]) -> Transaction:
    states = {OF_PAYMENT.get(line.state, line.state) for line in lines}
    order = (REFUNDED, PENDING, PAID, FAILED) if any(line.state == REFUNDING for line in lines) else (REFUNDED, PAID, PENDING, FAILED)
    state = next((state for state in order if state in states), lines[0].state)
    amount = max(line.amount for line in lines)
    refunded = min(sum((line.refunded for line in lines), ZERO), amount)
    return Transaction(number, amount, refunded, state, min(line.at for line in lines))


def finding(lines: Iterable[Charge], disputed: Decimal | None) -> Finding:
    """`disputed` is what the complaint says it is about."""
    found = _finding(lines, disputed)
    return replace(found, amount=min(found.amount, MOST))


def _surplus(held: Sequence[Transaction]) -> Decimal:
    """What is kept of charges beyond the first of the same amount."""
    by_amount: dict[Decimal, list[Decimal]] = {}
    for each in held:
        by_amount.setdefault(each.amount, []).append(each.amount_held)
    return sum((sum(kept, ZERO) - max(kept) for kept in by_amount.values()), ZERO)


def _finding(lines: Iterable[Charge], disputed: Decimal | None) -> Finding:
    found = transactions(lines)
    taken = [each for each in found if each.state in (PAID, REFUNDED)]
    held = [each for each in taken if each.amount_held]
    if not taken:
        states = {each.state for each in found}
        verdict = next((state for state in (PENDING, FAILED) if state in states), UNDECIDED)
        return Finding(verdict, max((each.amount for each in found), default=ZERO), found)
    if not held:
        refunded = sum((each.refunded for each in taken), ZERO)
        return Finding(REFUNDED if refunded else UNDECIDED, refunded, found)
    if len(held) > 1 and len({each.amount for each in held}) < len(held):
        return Finding(CHARGED_TWICE, _surplus(held), found)
    kept = sum((each.amount_held for each in held), ZERO)
    if disputed is not None and kept != disputed:
        return Finding(OTHER_AMOUNT, abs(kept - disputed), found)
    return Finding(PAID, kept, found)


def proposal(found: Finding, platform_status: object, remedies: Sequence[str]) -> Proposal:
    """By A2-03: the channel has the money and the platform says it failed → the platform; the channel says it failed → the channel."""
    status = {PAID: "success", CHARGED_TWICE: "success", OTHER_AMOUNT: "success", FAILED: "failed", PENDING: "pending"}.get(found.verdict)
    party = {FAILED: "channel", CHARGED_TWICE: "channel", OTHER_AMOUNT: "platform"}.get(found.verdict)
    if found.verdict == PAID and platform_status in ("failed", "unknown"):
        party = "platform"
    owed = found.verdict != PAID or party is not None  # paid as both sides say: nothing is owed by that alone
    remedy = next((kind for kind in REMEDIES.get(found.verdict, ()) if kind in remedies), None) if owed else None
    return Proposal(party, remedy, status)
