"""The courses a complaint may take, each told once: what the domain rules say in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tickets.errors import Refusal
from tickets.models import Freeze, Ticket
from tickets.operations import amend, file_ticket, look, menu, perform, post_message
from tickets.periodic import end_lapsed_holds, fire_due_timers
from tickets.tests.making import FILES, FINDING, approval, filing, put_evidence, rejection, submitted, under_review
from tickets.tests.stages import BODY, eta

pytestmark = pytest.mark.django_db
THEFT = {**BODY, "request_freeze": True}


def refused(code: str, *act, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        perform(*act, **kwargs)
    assert caught.value.code == code
    return caught.value


def timer(ticket: Ticket, key: str, cycle: int | None = None):
    rows = ticket.timers.filter(key=key).order_by("-cycle")
    return (rows.filter(cycle=cycle) if cycle else rows).first()


def state(ticket: Ticket, key: str) -> str | None:
    found = timer(ticket, key)
    return str(found.state(timezone.now())) if found else None


def local(moment: datetime) -> str:
    return moment.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo).strftime("%m-%d %H:%M")


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def sweep() -> None:
    fire_due_timers(timezone.now())


# ---- Decisions and signatures


def test_a_large_refund_waits_for_a_second_signature_and_clocks_run(mei, chen, zhao, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen, amount="3000.00")
    ticket = perform(chen, ticket.ref, "approve", approval())
    assert (ticket.status, state(ticket, "review_limit")) == ("under_review", "running")
    assert not ticket.notifications.filter(kind="approved").exists()
    clock("2026-07-07T09:00:00+08:00")
    ticket = perform(zhao, ticket.ref, "countersign")
    assert (ticket.status, state(ticket, "review_limit")) == ("remedy_pending", "met")
    assert timer(ticket, "review_limit").stopped_at == timezone.now()
    assert local(timer(ticket, "refund_payout").due_at) == "07-11 00:00"


def test_nobody_signs_their_own_work(mei, chen, zhao, clock):
    chen.groups.add(*zhao.groups.all())
    ticket = under_review(mei, chen, amount="3000.00")
    perform(chen, ticket.ref, "approve", approval())
    assert refused("SAME_SIGNATORY", chen, ticket.ref, "countersign").status == 403


@pytest.mark.parametrize("act", ["request_evidence", "reject", "retract_decision", "refuse_countersign"])
def test_what_overtakes_a_waiting_decision_ends_it(mei, chen, zhao, clock, act):
    ticket = under_review(mei, chen, amount="3000.00")
    perform(chen, ticket.ref, "approve", approval())
    refused("WRONG_STATUS", chen, ticket.ref, "approve", approval())
    body = {
        "request_evidence": {"kinds": ["pos_record"], "reason": "看不清"},
        "reject": rejection(),
        "retract_decision": {},
        "refuse_countersign": {"reason": "金额不符"},
    }[act]
    perform(zhao if act == "refuse_countersign" else chen, ticket.ref, act, body)
    first = ticket.decisions.order_by("pk").first()
    assert first.state == ("refused" if act == "refuse_countersign" else "void")
    refused("WRONG_STATUS", zhao, ticket.ref, "countersign")


@pytest.mark.parametrize(
    ("more", "remedies", "why"),
    [
        ({"amount": "999.99"}, [{"kind": "refund_full"}], []),
        ({"amount": "1000.00"}, [{"kind": "refund_full"}], ["amount"]),
        ({"amount": "10.00"}, [{"kind": "compensation", "amount": "1.00"}], ["compensation"]),
        ({"amount": "10.00", "discovered_at": "2026-06-01T00:00:00+08:00"}, [{"kind": "refund_full"}], ["late_claim"]),
    ],
)
def test_why_a_second_signature_is_needed(mei, chen, clock, more, remedies, why):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen, **more)
    perform(chen, ticket.ref, "approve", {**FINDING, "remedies": remedies})
    assert ticket.decisions.get().why_countersigned == why


def test_a_full_refund_at_discretion_is_signed_twice(mei, chen, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen, "mp_topup_stolen", discovered_at="2026-07-03T09:00:00+08:00", amount="20.00")
    assert ticket.refund_tier == "discretionary"
    perform(chen, ticket.ref, "approve", approval())
    assert ticket.decisions.get().why_countersigned == ["full_refund_while_discretionary"]


def test_decisions_are_complete_or_refused(mei, chen, clock):
    ticket = under_review(mei, chen)
    refused("DEMAND_UNANSWERED", chen, ticket.ref, "approve", {**approval(), "answers": {}})
    too_much = {**FINDING, "remedies": [{"kind": "refund_partial", "amount": "600.01"}]}
    refused("REFUND_EXCEEDS_CLAIM", chen, ticket.ref, "approve", too_much)
    assert "root_cause" in refused("invalid", chen, ticket.ref, "approve", {**approval(), "root_cause": "?"}).errors
    assert "evidence" in refused("invalid", chen, ticket.ref, "approve", {**approval(), "evidence": [999]}).errors
    assert not ticket.decisions.exists()


def test_the_institution_proves_its_case(mei, chen, clock):
    ticket = under_review(mei, chen, "billing_unauthorized")
    refused("BURDEN_OF_PROOF", chen, ticket.ref, "reject", rejection())
    [log] = put_evidence(ticket, "system_log")
    assert perform(chen, ticket.ref, "reject", rejection(evidence=[log.pk])).status == "rejected"


# ---- Evidence asked for


def test_a_request_pauses_the_review_over_a_holiday(mei, chen, clock):
    clock("2026-09-28T10:00:00+08:00")
    ticket = under_review(mei, chen, "billing_unauthorized")
    assert local(timer(ticket, "review_limit").due_at) == "10-14 00:00"
    clock("2026-09-29T10:00:00+08:00")
    ticket = perform(chen, ticket.ref, "request_evidence", {"kinds": ["login_record"], "reason": "请补充"})
    assert (state(ticket, "review_limit"), timer(ticket, "review_limit").remaining) == ("paused", 6)
    clock("2026-10-09T10:00:00+08:00")
    put_evidence(ticket, "login_record")
    ticket = perform(mei, ticket.ref, "supply_evidence")
    assert local(timer(ticket, "review_limit").due_at) == "10-17 00:00"
    assert state(ticket, "supplement") == "met"


def test_silence_leads_back_to_review_on_the_record(mei, chen, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "request_evidence", {"kinds": ["pos_record"], "reason": "看不清"})
    clock("2026-07-12T09:00:00+08:00")
    sweep()
    ticket = fresh(ticket)
    assert (ticket.status, state(ticket, "supplement")) == ("under_review", "expired")
    assert local(timer(ticket, "review_limit").due_at) == "07-14 00:00"
    perform(chen, ticket.ref, "reject", rejection(reason_code="insufficient_after_request"))
    assert ticket.decisions.get().on_record


def test_two_pauses_a_cycle(mei, chen, clock):
    ticket = under_review(mei, chen)
    for _ in range(2):
        perform(chen, ticket.ref, "request_evidence", {"kinds": ["pos_record"], "reason": "看不清"})
        refused("MISSING_EVIDENCE", mei, ticket.ref, "supply_evidence", {})
        perform(mei, ticket.ref, "supply_evidence", {"unavailable": [{"kind": "pos_record", "reason": "没有"}]})
        clock(timezone.now() + timedelta(minutes=1))
    refused("PAUSE_LIMIT", chen, ticket.ref, "request_evidence", {"kinds": ["pos_record"], "reason": "再看"})


# ---- Remedies


def test_a_bounced_payment_leads_back_with_half_the_limit(mei, chen, adapter, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen, "card_cover_balance")
    perform(chen, ticket.ref, "approve", approval("refund"))
    clock("2026-07-08T09:00:00+08:00")
    ticket = perform(adapter, ticket.ref, "fail_remedy", {"reason": "账户已注销"})
    assert (ticket.status, ticket.cycle) == ("under_review", 2)
    assert (timer(ticket, "review_limit").amount, timer(ticket, "review_target").cycle) == (3, 1)
    assert local(timer(ticket, "review_limit").due_at) == "07-14 00:00"
    assert state(ticket, "refund_payout") == "cancelled"


def test_a_failed_payments_review_covers_the_payout(mei, chen, lin, clock):
    clock("2026-07-06T09:00:00+08:00")
    facts = {"deducted_at": "2026-07-05T08:00:00+08:00", "channel_status": "success", "platform_status": "failed"}
    ticket = under_review(mei, chen, "pay_failed_deducted", facts=facts)
    assert (ticket.responsible_parties, ticket.routing) == (["platform"], "platform_sync")
    ticket = perform(chen, ticket.ref, "approve", approval("refund_original"))
    assert (ticket.status, state(ticket, "review_limit"), state(ticket, "refund_payout")) == ("remedy_pending", "running", None)
    clock("2026-07-10T00:00:01+08:00")
    assert state(ticket, "review_limit") == "breached"
    sweep()
    assert fresh(ticket).status == "remedy_pending"
    assert perform(mei, ticket.ref, "escalate", {"target": "regulator_12315"}).status == "escalated"


def test_money_that_came_back_resolves_from_anywhere(mei, zhou, clock):
    ticket = file_ticket(mei, filing(**THEFT))
    assert "note" in refused("invalid", mei, ticket.ref, "record_refund", {"amount": "1.00"}).errors
    ticket = perform(mei, ticket.ref, "record_refund", {"amount": "600.00"})
    assert ticket.status == "resolved"
    assert (state(ticket, "freeze_exec"), state(ticket, "first_response"), state(ticket, "abandoned")) == ("running", "met", "cancelled")
    perform(zhou, ticket.ref, "confirm_freeze", {"note": "电话确认"})
    assert fresh(ticket).status == "resolved"
    assert Freeze.objects.get().state == "active"


# ---- Freezes


def test_a_freeze_that_fails_is_not_a_met_deadline(mei, zhou, clock):
    ticket = file_ticket(mei, filing(**THEFT))
    ticket = perform(zhou, ticket.ref, "fail_freeze", {"reason": "渠道无响应"})
    assert (ticket.status, state(ticket, "freeze_exec")) == ("evidence_collection", "cancelled")
    again = perform(mei, ticket.ref, "request_freeze", {"not_me": True})
    assert (again.status, timer(again, "freeze_exec").cycle) == ("freeze_pending", 2)


def test_a_late_freeze_is_breached_and_everybody_hears(mei, zhou, clock):
    clock("2026-07-06T22:00:00+08:00")
    ticket = file_ticket(mei, filing(**THEFT))
    clock("2026-07-06T23:00:01+08:00")
    sweep()
    told = set(ticket.notifications.filter(kind="timer.passed").values_list("audience", "recipient__email", "urgent"))
    assert {("", "mei@example.com", True), ("freeze_operators", None, True), ("supervisors", None, True)} <= told
    ticket = perform(zhou, ticket.ref, "confirm_freeze", {"reference": "F"})
    assert state(ticket, "freeze_exec") == "breached"
    assert Freeze.objects.get().within_1h_of_discovery is False


def test_one_account_has_one_freeze_and_owners_do_not_learn_of_each_other(mei, wang, clock):
    file_ticket(mei, filing(**THEFT))
    with pytest.raises(Refusal) as caught:
        file_ticket(mei, filing(**{**THEFT, "account": " Douyin:１38****0000 "}))
    assert caught.value.code == "FREEZE_ALREADY_ACTIVE"
    assert file_ticket(wang, filing(**THEFT)).status == "freeze_pending"


def test_not_every_complaint_is_an_emergency(mei, clock):
    with pytest.raises(Refusal) as caught:
        file_ticket(mei, filing("billing_duplicate", **THEFT))
    assert caught.value.code == "NOT_AN_EMERGENCY"
    assert file_ticket(mei, filing("billing_duplicate", not_me=True, **THEFT)).status == "freeze_pending"


def test_an_operator_needs_a_reference_or_a_note(mei, zhou, clock):
    ticket = file_ticket(mei, filing(**THEFT))
    refused("REFERENCE_REQUIRED", zhou, ticket.ref, "confirm_freeze", {})


def test_the_police_alone_release_their_freeze(mei, zhou, clock):
    ticket = file_ticket(mei, filing(**THEFT))
    perform(zhou, ticket.ref, "confirm_freeze", {"reference": "F"})
    Freeze.objects.update(origin="law_enforcement")
    refused("RELEASE_REQUIRED", zhou, ticket.ref, "lift_freeze", {"note": "电话"})
    assert perform(zhou, ticket.ref, "lift_freeze", {"note": "函件", "release_reference": "公函1"}).status == "evidence_collection"


def test_our_freeze_of_your_account_is_the_opposite_complaint(mei, lin, zhou, clock):
    facts = {"freeze_reason": "overseas_login"}
    ticket = file_ticket(mei, filing("card_cover_frozen", facts=facts, lane="overseas_24h", account="douyin:1"))
    freeze = Freeze.objects.get()
    assert (freeze.origin, freeze.state, ticket.status) == ("platform_risk", "active", "evidence_collection")
    put_evidence(ticket, "id_card_front", "id_card_back", "freeze_notice_screenshot", "passport", "consumption_proof")
    perform(mei, ticket.ref, "submit_appeal")
    ticket = perform(lin, ticket.ref, "record_identity_check", {"passed": True, "reference": "I-1"})
    assert timer(ticket, "fast_unfreeze").due_at == timezone.now() + timedelta(hours=24)
    ticket = perform(zhou, ticket.ref, "lift_freeze", {"note": "已核实"})
    assert (state(ticket, "fast_unfreeze"), state(ticket, "review_limit")) == ("met", "running")


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
    assert (state(ticket, "l1_review"), ticket.escalations.get().state) == ("met", "closed")
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
    ticket = perform(lin, ticket.ref, "record_external_answer", answer)
    assert (state(ticket, "channel_dispute"), ticket.status) == ("met", "escalated")
    body = {"note": "渠道支持退款", "remedies": [{"kind": "refund_full"}]}
    refused("REFERENCE_REQUIRED", lin, ticket.ref, "uphold_customer", body)
    assert perform(lin, ticket.ref, "uphold_customer", {**body, "reference": "CH-1"}).status == "remedy_pending"


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
    ticket = file_ticket(mei, filing(order_numbers=[]))
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
    assert perform(mei, ticket.ref, "escalate", {"target": "consumer_association"}).status == "escalated"


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
    gone = perform(lin, first.ref, "merge", {"into": second.ref.lower()})
    assert (gone.status, gone.close_reason, gone.merged_into) == ("closed", "merged", second)
    assert second.evidence.count() == second.messages.count() == 1
    assert local(timer(second, "first_response").due_at) == "07-07 09:00"
    assert first.events.filter(kind="merge").exists()
    assert second.events.filter(kind="merged_from").exists()
    refused("WRONG_STATUS", mei, first.ref, "reopen", {"reason": "误合并"})


def test_sixty_days_of_silence(mei, zhou, clock):
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
