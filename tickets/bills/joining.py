"""Charges as transactions: each refund set against its payment before the payment's own status is believed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tickets.bills.reading import Charge
from tickets.bills.statuses import FAILED, PAID, PARTLY, PENDING, REFUNDED, REFUNDING, UNKNOWN, UNREFUNDED

ZERO = Decimal(0)
# What a line about a refund says of the payment.
OF_PAYMENT = {REFUNDING: PENDING, UNREFUNDED: PAID}
HELD = frozenset({PAID, REFUNDED, PARTLY})


@dataclass(frozen=True, slots=True)
class Transaction:
    """A payment, and what was paid back of it. `paid`: None where the bill has no payment, only a refund; nought where none was made.

    `amount` is what it is about, whether it was paid or not.
    """

    number: str
    amount: Decimal
    refunded: Decimal
    state: str
    at: str
    paid: Decimal | None = None
    merchant: str = ""
    currency: str = "CNY"
    numbers: frozenset[str] = frozenset()

    @property
    def amount_held(self) -> Decimal:
        """What the channel still has of the customer's money."""
        return self.paid - self.refunded if self.paid is not None and self.state in HELD else ZERO


@dataclass(slots=True)
class _Payment:
    """Lines of one payment, and the movements set against it."""

    lines: list[Charge]
    refunds: list[Charge] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return max((line.amount for line in self.lines), default=ZERO)

    @property
    def room(self) -> Decimal:
        """What may still come back of it."""
        return self.amount - sum((line.refunded for line in self.refunds), ZERO)


def transactions(lines: Iterable[Charge]) -> tuple[Transaction, ...]:
    """Each payment once, however many lines it has, and refunds whose payment is not here; by number.

    A payment's own line says what came back in all, a refund's line one movement: they are never added up, and more than was paid
    never comes back. A refund is its payment's by the number it names, else by the merchant's.
    """
    payments: dict[str, _Payment] = {}
    refunds: dict[tuple[object, ...], Charge] = {}
    for line in lines:
        if line.is_refund:
            refunds[_identity(line)] = line
        else:
            payments.setdefault(line.numbers[0], _Payment([])).lines.append(line)
    by_merchant: dict[str, list[_Payment]] = defaultdict(list)
    for payment in payments.values():
        _split(payment, refunds)
        for merchant in {line.merchant for line in payment.lines} - {""}:
            by_merchant[merchant].append(payment)
    alone: dict[str, _Payment] = {}
    for refund in sorted(refunds.values(), key=lambda each: each.at):
        found = payments.get(refund.payment or refund.numbers[0]) or _of_merchant(refund, by_merchant.get(refund.merchant, ()))
        (found or alone.setdefault(refund.payment or refund.numbers[0], _Payment([]))).refunds.append(refund)
    whole = [*(payments.items()), *alone.items()]
    return tuple(_transaction(number, each) for number, each in sorted(whole, key=lambda item: item[0]))


def _identity(line: Charge) -> tuple[object, ...]:
    """One refund is counted once, though two files of an archive tell it."""
    own = line.refund_number or (line.numbers[0] if line.numbers[0] != line.payment else "")
    return (own, line.payment, line.refunded, line.state, "" if own else line.at)


def _split(payment: _Payment, refunds: dict[tuple[object, ...], Charge]) -> None:
    """In a bill that somebody mapped, a refund's line looks as its payment's does: beside a line that was paid it is a movement."""
    if any(line.state == PAID and line.amount for line in payment.lines):
        for line in [each for each in payment.lines if each.state == REFUNDED and each.refunded == each.amount]:
            payment.lines.remove(line)
            refunds[_identity(line)] = line


def _of_merchant(refund: Charge, payments: Sequence[_Payment]) -> _Payment | None:
    """Of several payments for one order: the one that says that so much came back; else the latest that has room for it."""
    sum_back = refund.refunded or refund.amount
    fitting = [each for each in payments if each.room >= sum_back] or list(payments)
    return max(fitting, key=lambda each: _fitness(each, sum_back), default=None)


def _fitness(payment: _Payment, amount: Decimal) -> tuple[bool, bool, bool, str]:
    told = max((line.refunded for line in payment.lines), default=ZERO)
    states = {line.state for line in payment.lines}
    return told > ZERO, REFUNDING in states, payment.amount == amount, max(line.at for line in payment.lines)


def _transaction(number: str, payment: _Payment) -> Transaction:
    lines = [*payment.lines, *payment.refunds]
    moved = sum((line.refunded for line in payment.refunds), ZERO)
    first = lines[0]
    merchant = next((line.merchant for line in lines if line.merchant), "")
    at, numbers = min(line.at for line in lines), frozenset(number for line in lines for number in line.numbers)
    if not payment.lines:
        amount = moved or max(line.amount for line in lines)
        state = REFUNDED if moved else PENDING if any(line.state == REFUNDING for line in lines) else UNKNOWN
        return Transaction(number, amount, moved, state, at, None, merchant, first.currency, numbers)
    amount = payment.amount
    refunded = min(max(moved, *(line.refunded for line in payment.lines)), amount)
    state = _state(payment, refunded)
    paid = ZERO if state == FAILED or (state == PENDING and not any(line.has_left for line in payment.lines)) else amount
    return Transaction(number, amount, refunded, state, at, paid, merchant, first.currency, numbers)


def _state(payment: _Payment, refunded: Decimal) -> str:
    """What the strongest line says; a refund says that it was paid."""
    if refunded:
        return REFUNDED if refunded >= payment.amount else PARTLY
    states = {OF_PAYMENT.get(line.state, line.state) for line in payment.lines}
    if any(line.state == REFUNDING for line in [*payment.lines, *payment.refunds]):
        return PENDING
    return next((state for state in (PAID, PENDING, FAILED) if state in states), payment.lines[0].state)
