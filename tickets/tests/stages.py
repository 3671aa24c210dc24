"""One ticket in each status, reached by operations, with as much at hand as that status allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from tickets.models import Ticket
from tickets.operations import file_ticket, perform, start_draft
from tickets.periodic import fire_due_timers
from tickets.tests.making import FILES, approval, filing, put_evidence, rejection, upheld
from tickets.workflow import Status

People = SimpleNamespace
CHANNEL_ORDER = {"issuer": "wechat_txn", "number": "4200000404202602129117582536"}
BODY = {
    "account": "douyin:138****0000",
    "order_numbers": [CHANNEL_ORDER, {"issuer": "douyin_mp", "number": "202603100001234"}],
}


def eta() -> str:
    return (timezone.now() + timedelta(days=1)).isoformat()


def draft(p: People) -> Ticket:
    ticket = start_draft(p.owner, filing(**BODY))
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    return ticket


def auto_reversal_wait(p: People) -> Ticket:
    facts = {"deducted_at": timezone.now().isoformat(), "channel_status": "success", "platform_status": "pending"}
    ticket = file_ticket(p.owner, filing("pay_failed_deducted", facts=facts, **BODY))
    put_evidence(ticket, *FILES["pay_failed_deducted"])
    return ticket


def evidence_collection(p: People) -> Ticket:
    ticket = file_ticket(p.owner, filing(**BODY))
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    return ticket


def freeze_pending(p: People) -> Ticket:
    body = {**BODY, "account": f"douyin:13800{Ticket.objects.count():06d}"}
    ticket = file_ticket(p.owner, filing(request_freeze=True, **body))
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    return ticket


def frozen(p: People) -> Ticket:
    return perform(p.operator, freeze_pending(p).ref, "confirm_freeze", {"reference": "F-1"})


def appeal_submitted(p: People) -> Ticket:
    return perform(p.owner, evidence_collection(p).ref, "submit_appeal")


def under_review(p: People) -> Ticket:
    return perform(p.reviewer, appeal_submitted(p).ref, "start_review", {"eta_at": eta()})


def needs_evidence(p: People) -> Ticket:
    asked = {"kinds": ["cs_conversation"], "reason": "请补充与客服的沟通记录"}
    return perform(p.reviewer, under_review(p).ref, "request_evidence", asked)


def remedy_pending(p: People) -> Ticket:
    return perform(p.reviewer, under_review(p).ref, "approve", approval())


def rejected(p: People) -> Ticket:
    return perform(p.reviewer, under_review(p).ref, "reject", rejection())


def escalated(p: People) -> Ticket:
    filed = {"target": "consumer_association", "filed_at": timezone.now().isoformat()}
    perform(p.owner, (ticket := rejected(p)).ref, "record_outside_filing", filed)
    return perform(p.owner, ticket.ref, "escalate", {"target": "l1_internal"})


def resolved(p: People) -> Ticket:
    """With one yuan: all of these are about one order, and no more comes back on it than was paid."""
    return perform(p.service, remedy_pending(p).ref, "confirm_remedy", {"reference": "R-1", "amounts": {"refund_full": "1.00"}})


def closed(p: People) -> Ticket:
    return perform(p.owner, resolved(p).ref, "confirm_resolution")


MAKERS: Mapping[Status, Callable[[People], Ticket]] = {
    Status(maker.__name__): maker
    for maker in (
        draft, auto_reversal_wait, evidence_collection, freeze_pending, frozen, appeal_submitted, under_review,
        needs_evidence, remedy_pending, rejected, escalated, resolved, closed,
    )
}  # fmt: skip


def inputs(ticket: Ticket, twin: Ticket) -> dict[str, dict[str, Any]]:
    """Input with which every action has the best chance."""
    reason = {"reason": "因为需要"}
    return {
        "file": {},
        "request_freeze": {"account": "douyin:199****1111", "not_me": True},
        "confirm_freeze": {"reference": "F-9"},
        "fail_freeze": reason,
        "request_lift": {"identity_check": "ID-1"},
        "lift_freeze": {"note": "已核实"},
        "tick_security_task": {"task": "password_changed", "identity_check": "ID-1"},
        "waive_wait": reason,
        "submit_appeal": {},
        "route_after_sale": reason,
        "start_review": {"eta_at": eta()},
        "request_evidence": {"kinds": ["cs_conversation"], **reason},
        "supply_evidence": {"unavailable": [{"kind": "cs_conversation", "reason": "没有保留"}]},
        "approve": approval(),
        "countersign": {},
        "refuse_countersign": reason,
        "retract_decision": {},
        "reject": rejection(),
        "confirm_remedy": {"reference": "R-9"},
        "issue_statement": {"opening": "100.00", "entries": [{"at": eta(), "text": "充值", "amount": "20.00"}], "closing": "120.00"},
        "fail_remedy": reason,
        "record_refund": {"amount": "600.00", "reference": "R-7"},
        "raise_claim": {"amount": "700.00", **reason},
        "escalate": {"target": "litigation"},
        "record_outside_filing": {"target": "litigation", "filed_at": timezone.now().isoformat()},
        "record_hand_over": {"target": "payment_channel", "reference": "CH-1"},
        "record_external_answer": {"target": "consumer_association", "outcome": "upheld", "reference": "X-1"},
        "record_transfer": {"authority": "pboc_12363", "number": "Z-1", "received_at": timezone.now().isoformat()},
        "record_transfer_reply": {"number": "Z-1", "reference": "Y-1"},
        "return_to_review": {"note": "再看", "reference": "X-1"},
        "uphold_customer": upheld(reference="X-1"),
        "uphold_rejection": {"note": "维持", "reference": "X-1"},
        "record_police_freeze": {"account": "douyin:199****3333", "authority": "police", "document_no": "沪公〔2026〕12号", "until": eta()},
        "extend": {"body": "还需要时间", "eta_at": eta(), **reason},
        "record_identity_check": {"passed": False, "reference": "I-1"},
        "confirm_resolution": {},
        "dispute_resolution": reason,
        "withdraw": {"keep_freeze": True},
        "merge": {"into": twin.ref},
        "unmerge": {"ref": twin.ref},
        "reopen": reason,
        "refuse_reopen": reason,
        "request_call": {"number": "138 0013 8000", "when": "morning"},
        "refer_to_police": {},
        "release_hold": reason,
    }


def sweep() -> int:
    return fire_due_timers(timezone.now())
