"""A wrong order number is taken out wherever it had come to, as long as nothing is handed in."""

from __future__ import annotations

from tickets.cases.case import Case, evidence_of
from tickets.cases.search import reindex
from tickets.workflow import Data

ORDER_NUMBER = "order_number"


def drop_mended_orders(case: Case, data: Data) -> None:
    """Until it is handed in, the numbers are those said last: a wrong one goes from the list of evidence, the search and the finding of
    duplicates. Afterwards a ticket only gains some. What stands on a voucher stands there until the voucher goes."""
    if case.ticket.ever_submitted:
        return
    said = {(order["issuer"], order["number"]) for order in data.get("order_numbers") or ()}
    typed = {item.pk: item for item in case.evidence if item.kind == ORDER_NUMBER}
    gone = [each for each in case.order_references if (each.issuer, each.number) not in said and each.evidence_id in {None, *typed}]
    for order in gone:
        order.delete()
        case.order_references.remove(order)
    carriers = [typed[order.evidence_id] for order in gone if order.evidence_id is not None]
    for item in carriers:
        item.state = "superseded"
        case.new_rows.append(item)
    evidence_of(case.ticket).filter(pk__in=[item.pk for item in carriers]).log("superseded", by=case.actor, at=case.at)
    if gone:
        reindex(case.ticket)
