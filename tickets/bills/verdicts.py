"""What the channel's lines say about one complaint, and what follows from it: a proposal, never more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tickets.bills.joining import HELD, Transaction, transactions
from tickets.bills.reading import Charge
from tickets.bills.statuses import FAILED, PAID, PENDING, REFUNDED

CHARGED_TWICE, OTHER_AMOUNT, UNDECIDED = "charged_twice", "other_amount", "undecided"
VERDICTS = (PAID, FAILED, REFUNDED, PENDING, CHARGED_TWICE, OTHER_AMOUNT, UNDECIDED)
ZERO = Decimal(0)
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


def finding(lines: Iterable[Charge], disputed: Decimal | None) -> Finding:
    """`disputed` is what the complaint says it is about."""
    return finding_of(transactions(lines), disputed)


def finding_of(found: tuple[Transaction, ...], disputed: Decimal | None) -> Finding:
    told = _finding(found, disputed)
    return replace(told, amount=min(told.amount, MOST))


def _surplus(held: Sequence[Transaction]) -> Decimal:
    """What is kept of charges beyond the first of the same amount."""
    by_amount: dict[Decimal, list[Decimal]] = {}
    for each in held:
        by_amount.setdefault(each.amount, []).append(each.amount_held)
    return sum((sum(kept, ZERO) - max(kept) for kept in by_amount.values()), ZERO)


def _finding(found: tuple[Transaction, ...], disputed: Decimal | None) -> Finding:
    taken = [each for each in found if each.state in HELD]
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
