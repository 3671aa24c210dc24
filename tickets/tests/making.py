"""Tickets for tests, made by operations; and clean evidence put straight where the vault would put it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from tickets.models import Ticket
from tickets.operations import file_ticket, perform
from tickets.workflow.vocabulary import HOLDS_THE_MONEY

STATEMENT = {
    "occurred_at": "2026-01-01T08:15:00+08:00",
    "amount": "1280.00",
    "symptom": "手机收到月付充值成功的短信，但我本人没有进行任何充值操作，账户被人盗用。",
}
ORDER = {"issuer": "douyin_mp", "number": "202603100001234"}
FILES = {
    "mp_topup_stolen": (
        "transaction_screenshot", "payment_voucher", "id_card_front", "id_card_back", "bank_card_masked",
        "account_binding_proof",
    ),
    "merchant_deduction": ("pos_record",),
    "billing_unauthorized": ("payment_voucher", "billing_detail_screenshot", "id_card_front", "id_card_back"),
    "pay_failed_deducted": ("payment_voucher", "failure_prompt"),
    "card_cover_balance": ("transaction_screenshot",),
}  # fmt: skip


def filing(category: str = "mp_topup_stolen", **more: Any) -> dict[str, Any]:
    """The body of a filing that lacks nothing but files."""
    return {
        "category": category,
        "amount": "600.00",
        "order_numbers": [ORDER],
        "statement": STATEMENT,
        "demands": ["refund"],
        **({"account": "douyin:13800000077"} if category in HOLDS_THE_MONEY else {}),
        **more,
    }


def put_evidence(ticket: Ticket, *kinds: str, **fields: Any) -> list[Any]:
    """Clean items, each with a hash of its own."""
    made = []
    for kind in kinds:
        item = ticket.evidence.create(
            kind=kind,
            state="clean",
            uploaded_by=ticket.owner,
            uploaded_at=timezone.now(),
            consent_at=timezone.now(),
            fields=fields,
            sha256=f"{ticket.pk:032x}{ticket.evidence.count():032x}",
        )
        made.append(item)
    return made


def submitted(owner: User, category: str = "merchant_deduction", **more: Any) -> Ticket:
    """A ticket whose appeal is in."""
    ticket = file_ticket(owner, filing(category, **more))
    put_evidence(ticket, *FILES[category])
    return perform(owner, ticket.ref, "submit_appeal")


def under_review(owner: User, reviewer: User, category: str = "merchant_deduction", **more: Any) -> Ticket:
    """A ticket a reviewer has taken up, with the first reply sent."""
    ticket = submitted(owner, category, **more)
    eta = timezone.now() + timedelta(days=1)
    return perform(reviewer, ticket.ref, "start_review", {"eta_at": eta.isoformat()})


FINDING = {
    "root_cause": "platform_system",
    "liability": "platform",
    "answers": {"refund": "同意退款。"},
    "explanation": "核实为系统重复扣款。",
}


def approval(kind: str = "refund_full", **more: Any) -> dict[str, Any]:
    return {**FINDING, "remedies": [{"kind": kind}], **more}


def upheld(kind: str = "refund_full", **more: Any) -> dict[str, Any]:
    """A decision for the customer on the second level: all that an approval says, with a note for its explanation."""
    finding = {name: value for name, value in FINDING.items() if name != "explanation"}
    return {**finding, "note": "支持", "remedies": [{"kind": kind}], **more}


def rejection(**more: Any) -> dict[str, Any]:
    return {**FINDING, "answers": {"refund": "不予退款。"}, "reason_code": "no_fault_found", **more}
