"""A statement of balance is issued: opening, entries, closing and what differs, kept as a document of the case that its owner has."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lib.zones import DEFAULT_ZONE
from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.notices import notify
from tickets.models import BillFinding
from tickets.operations.effects import effect
from tickets.workflow import Data, Invalid, TimerKey
from tickets.workflow.vocabulary import STATEMENT_OF_BALANCE

ENTRIES_OR_BILL = _("Type the entries, or name a bill that was read for this complaint: one of the two.")


def prepare_statement(case: Case, data: Data) -> None:
    """The entries, typed or taken from a bill. Raises Invalid at entries for both or neither, at bill for one that says nothing here."""
    if (data["entries"] is None) == (data["bill"] is None):
        raise Invalid({"entries": [ENTRIES_OR_BILL]})
    if data["bill"] is not None:
        data["entries"] = _entries_of_bill(case, data["bill"])


def _entries_of_bill(case: Case, bill: str) -> list[dict[str, str]]:
    """What the payment channel's own lines say of this complaint: each payment, and what was paid back of it."""
    try:
        found = BillFinding.objects.filter(ticket=case.ticket, bill__public_id=UUID(bill)).first()
    except ValueError:
        found = None
    if found is None or not found.transactions:
        raise Invalid({"bill": [_("No line of this bill concerns the complaint.")]})
    rows: list[dict[str, str]] = []
    for each in found.transactions:
        paid, back = Decimal(each.get("paid", each["amount"]) or 0), Decimal(each["refunded"])
        if paid:
            rows.append({"at": each["at"], "text": each["number"], "amount": str(-paid)})
        if back:
            rows.append({"at": each["at"], "text": each["number"], "amount": str(back)})
    return rows


@effect("issue_statement", prepare=prepare_statement)
def issue_statement(case: Case, data: Data) -> None:
    """The document lies in the case, shared with its owner; the promise to issue it is kept."""
    fields = statement_fields(case, data)
    item = evidence_of(case.ticket).create(
        kind=STATEMENT_OF_BALANCE,
        state="clean",
        uploaded_by=case.actor,
        uploaded_at=case.at,
        fields=fields,
        sha256=hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        media_type="application/pdf",
    )
    evidence_of(case.ticket).filter(pk=item.pk).log("arrived", by=case.actor, at=case.at)
    timers.stop(case, TimerKey.STATEMENT)
    case.record("issue_statement", {"item": item.pk, "closing": fields["closing"], "difference": fields["difference"]})
    notify(case, "issue_statement")


def statement_fields(case: Case, data: Data) -> dict[str, object]:
    """As the document says it. `difference`: closing less opening and all entries; money as text with two decimals."""
    total = sum((Decimal(entry["amount"]) for entry in data["entries"]), data["opening"])
    return {
        "opening": str(data["opening"]),
        "entries": data["entries"],
        "closing": str(data["closing"]),
        "difference": f"{data['closing'] - total:.2f}",
        "currency": case.ticket.currency,
        "note": data["note"] or "",
        "issued_at": case.at.isoformat(),
        "zone": case.policy.zone or DEFAULT_ZONE,
    }
