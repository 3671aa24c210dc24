"""Escalation, endings, returns and waits: the courses a complaint may take, each told once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from tickets.models import Freeze
from tickets.operations import amend, file_ticket, look, menu, perform, post_message
from tickets.periodic import end_lapsed_holds
from tickets.tests.making import FILES, approval, filing, put_evidence, rejection, submitted, under_review, upheld
from tickets.tests.stages import eta
from tickets.tests.telling import THEFT, fresh, local, refused, state, sweep, timer

pytestmark = pytest.mark.django_db


# ---- Escalation


def test_the_second_level_ends_the_cycle_and_a_return_starts_a_full_one(mei, chen, zhao, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen)
    clock("2026-07-09T00:00:01+08:00")
    sweep()
    ticket = fresh(ticket)
    assert (ticket.status, state(ticket, "review_limit")) == ("escalated", "breached")
    assert local(timer(ticket, "l1_review").due_at) == "07-14 00:00"
    clock("2026-07-10T09:00:00+08:00")
    ticket = perform(zhao, ticket.ref, "return_to_review", {"note": "重审"})
    assert (ticket.status, ticket.cycle, timer(ticket, "review_limit").amount) == ("under_review", 2, 2)
    assert (state(ticket, "l1_review"), ticket.escalations.get().state) == ("met", "answered")
    assert str(timer(ticket, "review_limit", 1).state(timezone.now())) == "breached"


def test_at_the_second_level_every_decision_is_signed_twice(mei, chen, zhao, clock):
    ticket = under_review(mei, chen, amount="10.00")
    perform(chen, ticket.ref, "reject", rejection())
    perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})
    perform(chen, ticket.ref, "approve", approval())
    assert ticket.decisions.last().why_countersigned == ["escalated"]
    assert perform(zhao, ticket.ref, "countersign").status == "remedy_pending"


def test_an_agent_records_what_others_decided(mei, chen, lin, clock):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "reject", rejection())
    refused("NOT_CONSUMER_DISPUTE", mei, ticket.ref, "escalate", {"target": "regulator_12315"})
    refused("CHANNEL_REFERENCE_REQUIRED", mei, ticket.ref, "escalate", {"target": "payment_channel"})
    refused("TARGET_NOT_OFFERED", mei, ticket.ref, "escalate", {"target": "cac"})
    put_evidence(ticket, "payment_voucher", order_no="4200000404202602129117582536")
    perform(mei, ticket.ref, "escalate", {"target": "payment_channel"})
    refused("ALREADY_ESCALATED", mei, ticket.ref, "escalate", {"target": "payment_channel"})
    answer = {"target": "payment_channel", "outcome": "upheld", "reference": "CH-1"}
    body = upheld()
    refused("OUTCOME_NOT_RECORDED", lin, ticket.ref, "uphold_customer", body)
    ticket = perform(lin, ticket.ref, "record_external_answer", answer)
    assert (state(ticket, "channel_dispute"), ticket.status) == ("met", "escalated")
    refused("OUTCOME_NOT_RECORDED", lin, ticket.ref, "uphold_rejection", {"note": "渠道不支持"})
    assert refused("MISSING_EVIDENCE", lin, ticket.ref, "uphold_customer", body).block.extra == {"missing": ["outside_decision"]}
    put_evidence(ticket, "outside_decision")
    paper = ticket.evidence.get(kind="outside_decision").pk
    assert perform(lin, ticket.ref, "uphold_customer", {**body, "evidence": [paper]}).status == "remedy_pending"
    assert ticket.decisions.last().evidence_ids == [paper]


def test_a_rejection_stands_after_thirty_days(mei, chen, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "reject", rejection())
    clock("2026-08-06T00:00:00+08:00")
    sweep()
    ticket = fresh(ticket)
    assert (ticket.status, ticket.close_reason) == ("closed", "rejection_final")
    assert local(timer(ticket, "evidence_purge").due_at) == "09-05 00:00"


def test_the_police_are_always_open_and_their_hold_keeps_the_evidence(mei, chen, zhao, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing())
    perform(mei, ticket.ref, "record_refund", {"amount": "600.00"})
    perform(mei, ticket.ref, "confirm_resolution")
    assert perform(mei, ticket.ref, "escalate", {"target": "police"}).status == "closed"
    assert state(ticket, "evidence_purge") == "paused"
    clock("2026-07-16T09:00:00+08:00")
    perform(zhao, ticket.ref, "release_hold", {"reason": "警方已结案"})
    assert local(timer(ticket, "evidence_purge").due_at) == "08-16 00:00"
    refused("NO_HOLD", zhao, ticket.ref, "release_hold", {"reason": "再次"})


def test_a_hold_that_is_not_renewed_lapses(mei, clock):
    clock("2026-01-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing(order_numbers=[], statement={}))
    perform(mei, ticket.ref, "refer_to_police")
    clock("2026-07-06T09:00:00+08:00")
    assert end_lapsed_holds(timezone.now()) == 1
    assert fresh(ticket).legal_hold_until is None


# ---- Endings and returns


def test_a_dispute_gets_half_the_limit_and_opens_every_way_out(mei, chen, adapter, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen, "billing_unauthorized")
    perform(chen, ticket.ref, "approve", approval())
    perform(adapter, ticket.ref, "confirm_remedy", {"reference": "R"})
    ticket = perform(mei, ticket.ref, "dispute_resolution", {"reason": "没有收到"})
    assert (ticket.status, timer(ticket, "review_limit").amount) == ("under_review", 4)
    assert perform(mei, ticket.ref, "escalate", {"target": "l1_internal"}).status == "escalated"


def test_withdrawing_asks_what_becomes_of_the_freeze(mei, zhou, clock):
    ticket = file_ticket(mei, filing(**THEFT))
    perform(zhou, ticket.ref, "confirm_freeze", {"reference": "F"})
    assert "keep_freeze" in refused("invalid", mei, ticket.ref, "withdraw", {}).errors
    ticket = perform(mei, ticket.ref, "withdraw", {"keep_freeze": False})
    assert (ticket.status, ticket.close_reason, state(ticket, "lift_exec")) == ("closed", "withdrawn", "running")
    for task in ("password_changed", "two_factor_on", "devices_checked", "cards_checked"):
        perform(mei, ticket.ref, "tick_security_task", {"task": task})
    ticket = perform(zhou, ticket.ref, "lift_freeze", {"note": "已核实"})
    assert (ticket.status, state(ticket, "lift_exec"), Freeze.objects.get().state) == ("closed", "met", "lifted")


def test_reopening_is_the_owners_wish_and_a_supervisors_act(mei, zhao, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei)
    perform(mei, ticket.ref, "withdraw")
    asked = perform(mei, ticket.ref, "reopen", {"reason": "又被扣款"})
    assert (asked.status, asked.reopen_requested_at is not None) == ("closed", True)
    ticket = perform(zhao, ticket.ref, "reopen", {"reason": "同意"})
    assert (ticket.status, ticket.close_reason, state(ticket, "evidence_purge")) == ("under_review", None, "cancelled")
    assert timer(ticket, "review_limit").cycle == 2
    perform(mei, ticket.ref, "withdraw")
    clock("2026-08-05T09:00:01+08:00")
    refused("REOPEN_WINDOW_OVER", zhao, ticket.ref, "reopen", {"reason": "晚了"})


def test_seven_days_to_object_to_a_routing(mei, lin, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing("after_sale", order_numbers=[]))
    perform(lin, ticket.ref, "route_after_sale", {"reason": "商品质量问题"})
    assert perform(mei, ticket.ref, "reopen", {"reason": "是重复扣款"}).status == "evidence_collection"
    perform(lin, ticket.ref, "route_after_sale", {"reason": "商品质量问题"})
    clock("2026-07-13T09:00:01+08:00")
    assert perform(mei, ticket.ref, "reopen", {"reason": "是重复扣款"}).status == "closed"


def test_a_merge_keeps_the_earlier_clock_and_both_histories(mei, lin, clock):
    clock("2026-07-06T09:00:00+08:00")
    first = file_ticket(mei, filing())
    put_evidence(first, "payment_voucher")
    clock("2026-07-06T15:00:00+08:00")
    second = file_ticket(mei, filing())
    post_message(mei, first.ref, {"body": "请尽快"})
    refused("NOT_A_DUPLICATE", lin, first.ref, "merge", {"into": "TS-20200101-000001"})
    assert perform(lin, first.ref, "merge", {"into": second.ref.lower()}) == first, "of two alike the older lives"
    gone = fresh(second)
    assert (gone.status, gone.close_reason, gone.merged_into) == ("closed", "merged", first)
    assert first.evidence.count() == first.messages.count() == 1
    assert local(timer(first, "first_response").due_at) == "07-07 09:00"
    assert second.events.filter(kind="merge").exists()
    assert first.events.filter(kind="merged_from").exists()
    refused("WRONG_STATUS", mei, second.ref, "reopen", {"reason": "误合并"})


def test_sixty_days_of_silence(mei, lin, zhou, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing(**THEFT))
    perform(zhou, ticket.ref, "confirm_freeze", {"reference": "F"})
    clock("2026-08-01T09:00:00+08:00")
    post_message(mei, ticket.ref, {"body": "正在收集材料"})
    clock("2026-09-05T00:00:00+08:00")
    sweep()
    assert fresh(ticket).status == "frozen"
    clock("2026-10-01T00:00:00+08:00")
    sweep()
    assert fresh(ticket).status == "frozen", "nobody has answered what she wrote"
    clock("2026-10-02T09:00:00+08:00")
    post_message(lin, ticket.ref, {"body": "好的，请尽快补齐"})
    clock("2026-10-09T00:00:00+08:00")  # the first working day after the holidays
    sweep()
    ticket = fresh(ticket)
    assert (ticket.status, ticket.close_reason, Freeze.objects.get().state) == ("closed", "abandoned", "active")
    assert ticket.notifications.filter(kind="freeze_on_closed_ticket", audience="freeze_operators").exists()


def test_the_final_deadline_is_extended_with_a_reply_twice(mei, zhao, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei)
    for due_on in ("08-06 00:00", "09-05 00:00"):
        ticket = perform(zhao, ticket.ref, "extend", {"body": "还需核实", "eta_at": eta(), "reason": "渠道未回复"})
        assert local(timer(ticket, "regulatory_final").due_at) == due_on
    refused("EXTENSION_LIMIT", zhao, ticket.ref, "extend", {"body": "还需核实", "eta_at": eta(), "reason": "渠道"})


# ---- Waits


def test_the_wait_for_a_reversal_opens_by_itself(mei, clock):
    clock("2026-09-19T10:00:00+08:00")
    facts = {"deducted_at": "2026-09-18T23:30:00+08:00", "channel_status": "success", "platform_status": "pending"}
    ticket = file_ticket(mei, filing("pay_failed_deducted", facts=facts))
    put_evidence(ticket, *FILES["pay_failed_deducted"])
    refusal = refused("AUTO_REVERSAL_WAIT_RUNNING", mei, ticket.ref, "submit_appeal")
    assert refusal.block.available_from == datetime.fromisoformat("2026-09-19T23:30:00+08:00")
    clock("2026-09-19T23:30:00+08:00")
    assert perform(mei, ticket.ref, "submit_appeal").status == "appeal_submitted"


def test_a_withdrawal_is_not_late_before_its_day(mei, clock):
    clock("2026-09-30T10:00:00+08:00")
    facts = {"requested_at": "2026-09-30T09:00:00+08:00", "withdrawal_status": "processing"}
    ticket = file_ticket(mei, filing("withdrawal_anomaly", facts=facts))
    put_evidence(ticket, "withdrawal_screenshot", "bank_statement_screenshot", "account_info")
    refusal = refused("NOT_YET_DUE", mei, ticket.ref, "submit_appeal")
    assert local(refusal.block.available_from) == "10-09 00:00"
    amend(mei, ticket.ref, {"facts": {"withdrawal_status": "failed"}})
    assert perform(mei, ticket.ref, "submit_appeal").status == "appeal_submitted"


def test_a_reader_sees_what_is_due_before_any_sweep(mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized")
    clock("2026-07-20T09:00:00+08:00")
    case = look(fresh(ticket), mei)
    assert (case.ticket.status, fresh(ticket).status) == ("escalated", "appeal_submitted")
    escalate = next(entry for entry in menu(case) if entry["action"] == "escalate")
    assert escalate["allowed"]
    assert {row["target"]: row["allowed"] for row in escalate["targets"]}["l1_internal"] is False
