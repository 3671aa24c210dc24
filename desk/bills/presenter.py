"""A payment bill and what it says about complaints, as the pages show it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import roles_of
from desk.shell.cached_labels import category_titles
from desk.shell.formatting import moment_text, money
from lib.types import Context, Record
from tickets.cases.case import Case
from tickets.models import Bill, BillFinding
from tickets.operations.filing import DESK_ROLES
from tickets.operations.reconciling import hindrance
from tickets.words import BILL_STATE, CHARGE_STATE, FACT_CHOICE, FINDING_STATE, PARTY, REMEDY, STATUS, UNREAD_LINE, VERDICT
from tickets.workflow import Block

TONE = {"charged_twice": "bad", "other_amount": "warn", "failed": "warn", "refunded": "good", "paid": "info"}
CURRENCY = "CNY"


def bill_row(row: Bill, now: datetime) -> Context:
    return {
        "name": row.name,
        "url": reverse("desk:bill", args=[row.public_id]),
        "state": BILL_STATE[row.state],
        "failed": row.state == Bill.State.FAILED,
        "stuck": row.is_stuck(now),
        "reading": row.state == Bill.State.READING,
        "lines": f"{row.lines:,}",
        "unread": [{"words": UNREAD_LINE[reason], "count": f"{count:,}"} for reason, count in sorted(row.unread.items())],
        "statuses": ", ".join(f"{word} ({count:,})" for word, count in sorted(row.statuses.items(), key=lambda item: -item[1])),
        "found": getattr(row, "found", None),
        "waiting": getattr(row, "waiting", None),
        "who": str(row.uploaded_by),
        "when": moment_text(row.created_at),
    }


def finding_row(row: BillFinding, bill: Bill, viewer: User, now: datetime) -> Context:
    """What the channel says beside what the complaint says, and what is proposed; or why this viewer cannot confirm it."""
    ticket = row.ticket
    said = ticket.facts.get("platform_status", "")
    return {
        "id": row.pk,
        "ref": ticket.ref,
        "category": category_titles(get_language() or "", now).get(ticket.category, ticket.category),
        "status": STATUS[ticket.status],
        "disputed": money(ticket.amount, ticket.currency) if ticket.amount is not None else "",
        "platform": FACT_CHOICE.get(("platform_status", said), ""),
        "verdict": VERDICT[row.verdict],
        "tone": TONE.get(row.verdict, "neutral"),
        "amount": money(row.amount, CURRENCY),
        "lines": [_line(each) for each in row.transactions],
        "party": PARTY.get(row.party, ""),
        "remedy": REMEDY.get(row.remedy, ""),
        "records_refund": row.records_refund,
        "held_back": _held_back_words(row),
        "instead": _link_to(row.instead),
        "open": row.state == BillFinding.State.PROPOSED,
        "state": FINDING_STATE[row.state],
        "hindered": _blocked_reason(hindrance(viewer, row)),
        "confirm": reverse("desk:bill_decide", args=[bill.public_id, row.pk, "confirm"]),
        "dismiss": reverse("desk:bill_decide", args=[bill.public_id, row.pk, "dismiss"]),
    }


def _held_back_words(row: BillFinding) -> str:
    if row.held_back == BillFinding.HeldBack.RETURNED:
        return _("This money has come back already, as the complaints about it say: nothing is proposed again.")
    return _("Money is proposed once for a transaction, and it is elsewhere:") if row.held_back else ""


def _link_to(other: BillFinding | None) -> Context | None:
    if other is None:
        return None
    return {"ref": other.ticket.ref, "bill": other.bill.name, "url": address_of(other.bill.public_id, other.pk)}


def _blocked_reason(block: Block | None) -> str:
    if block is None:
        return ""
    if block.code == "forbidden":
        return _("Only an agent can confirm this: it records a refund.")
    return _("The complaint is over: nothing is written into it any more. If it has to be, it is reopened first.")


def _line(told: Record) -> Context:
    refunded = Decimal(told["refunded"])
    return {
        "number": told["number"],
        "amount": money(Decimal(told["amount"]), CURRENCY),
        "refunded": money(refunded, CURRENCY) if refunded else "",
        "state": CHARGE_STATE[told["state"]],
        "at": told["at"],
    }


def of_ticket(case: Case, reader: User) -> list[Context]:
    """What bills say about this complaint, the latest first; without what was set aside. Among colleagues.

    Only who may settle it gets the way there.
    """
    if not case.may_see_internal:
        return []
    settles = not roles_of(reader).isdisjoint(DESK_ROLES)
    rows = [row for row in case.bill_findings if row.state != BillFinding.State.DISMISSED]
    return [_of_ticket(row, settles) for row in reversed(rows)]


def _of_ticket(row: BillFinding, settles: bool) -> Context:
    return {
        "verdict": VERDICT[row.verdict],
        "tone": TONE.get(row.verdict, "neutral"),
        "amount": money(row.amount, CURRENCY),
        "lines": [_line(each) for each in row.transactions],
        "state": FINDING_STATE[row.state],
        "bill": row.bill.name,
        "url": address_of(row.bill.public_id, row.pk) if settles else "",
    }


def address_of(key: UUID, finding_id: int) -> str:
    """The bill's page, which begins at this finding."""
    return f"{reverse('desk:bill', args=[key])}?after={max(finding_id - 1, 0)}"
