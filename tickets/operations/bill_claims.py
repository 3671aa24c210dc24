"""Money that a bill proposes is proposed once: over all complaints that name the transaction, all bills, and what came back already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tickets.bills.statuses import REFUNDED
from tickets.cases.money import returned_of
from tickets.models import BillFinding, OrderReference
from tickets.workflow import OPEN

State, HeldBack = BillFinding.State, BillFinding.HeldBack


class Claims:
    """What findings propose of each transaction, by its number. Built while the tickets of `rows` are locked."""

    def __init__(self, rows: Iterable[BillFinding]) -> None:
        self._by_number: dict[str, list[BillFinding]] = defaultdict(list)
        named = {number for row in rows for number in _names(row)}
        tickets = OrderReference.objects.filter(number__in=named).values("ticket")
        live = BillFinding.objects.filter(ticket__in=tickets, held_back="", state__in=(State.PROPOSED, State.CONFIRMED))
        for row in live.select_related("ticket").order_by("pk"):
            if row.state == State.CONFIRMED or row.ticket.status in OPEN:
                self.add(row)

    def add(self, row: BillFinding) -> None:
        """It is saved, and what it proposes counts from now on."""
        if proposes_money(row):
            for number in _numbers(row):
                self._by_number[number].append(row)

    def about(self, row: BillFinding) -> list[BillFinding]:
        found = {each.pk: each for number in _numbers(row) for each in self._by_number[number]}
        return [each for each in found.values() if not each.held_back]

    def settle(self, row: BillFinding) -> None:
        """Save it: with what it proposes, or held back with the reason. A later word about one complaint replaces an earlier that waits."""
        others = self.about(row) if proposes_money(row) else []
        _take_off_what_came_back(row)
        if row.ticket.status not in OPEN:
            row.remedy = ""  # it is over: nothing is proposed, and nobody else's proposal held back
            row.save()
            return
        rival = None if row.held_back else next((each for each in others if _stands_before(each, row)), None)
        if rival is not None:
            row.held_back, row.instead, row.remedy = HeldBack.PROPOSED, rival, ""
        row.save()
        if row.held_back or not proposes_money(row):
            return
        for each in others:
            if each.state == State.PROPOSED:
                each.held_back, each.instead, each.remedy = HeldBack.PROPOSED, row, ""
                each.save(update_fields=["held_back", "instead", "remedy"])
        self.add(row)


def proposes_money(row: BillFinding) -> bool:
    """A refund to be recorded, or a remedy."""
    return row.verdict == REFUNDED or bool(row.remedy)


def _take_off_what_came_back(row: BillFinding) -> None:
    """As our own rows say it, over all complaints about these payments."""
    if not proposes_money(row):
        return
    back = returned_of(row.ticket, _names(row))
    if back and back >= row.amount:
        row.held_back, row.remedy = HeldBack.RETURNED, ""
    else:
        row.amount -= back


def _stands_before(other: BillFinding, row: BillFinding) -> bool:
    """What a bill shows to have come back goes before what another would pay; else who was first, but for a new word on the same case."""
    if (other.verdict == REFUNDED) != (row.verdict == REFUNDED):
        return other.verdict == REFUNDED
    if other.ticket_id == row.ticket_id and other.state == State.PROPOSED:
        return (other.verdict, other.amount) == (row.verdict, row.amount)
    return not (row.verdict == REFUNDED and other.state == State.CONFIRMED)  # of what was recorded, the rest was taken off above


def _numbers(row: BillFinding) -> set[str]:
    return {line["number"] for line in row.transactions}


def _names(row: BillFinding) -> set[str]:
    """And the merchant's, by which a complaint may name them: two charges for one order share it, so it tells no two apart."""
    return _numbers(row) | {line["merchant"] for line in row.transactions if line.get("merchant")}
