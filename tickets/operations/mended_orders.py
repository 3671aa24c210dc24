"""A wrong order number is taken out wherever it had come to, as long as nothing is handed in."""

from __future__ import annotations

from collections.abc import Collection

from tickets.cases.case import Case, Item, evidence_of
from tickets.cases.search import reindex
from tickets.models import OrderReference

ORDER_NUMBER = "order_number"


def drop_mended_orders(case: Case, said: Collection[tuple[str, str]]) -> None:
    """Until it is handed in, the numbers are those said last: a wrong one goes from the list of evidence, the search and the finding of
    duplicates. Afterwards a ticket only gains some. What stands on a voucher stands there until the voucher goes."""
    if case.ticket.ever_submitted:
        return
    typed = {item.pk: item for item in case.evidence if item.kind == ORDER_NUMBER}
    gone = [each for each in case.order_references if (each.issuer, each.number) not in said and each.evidence_id in {None, *typed}]
    if gone:
        _take_out(case, gone, [typed[order.evidence_id] for order in gone if order.evidence_id is not None])


def _take_out(case: Case, gone: list[OrderReference], carriers: list[Item]) -> None:
    """What a number was typed into stays on record, and counts no more."""
    for order in gone:
        order.delete()
        case.order_references.remove(order)
    reindex(case.ticket)
    for item in carriers:
        item.state = "superseded"
        case.new_rows.append(item)
    evidence_of(case.ticket).filter(pk__in=[item.pk for item in carriers]).log("superseded", by=case.actor, at=case.at)
