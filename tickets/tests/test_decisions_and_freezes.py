"""Decisions, evidence asked for, remedies and freezes: the courses a complaint may take, each told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tickets.models import Freeze
from tickets.operations import file_ticket, perform
from tickets.tests.making import FINDING, approval, filing, put_evidence, rejection, under_review
from tickets.tests.telling import THEFT, fresh, local, refused, state, sweep, timer
from tickets.workflow.errors import Refusal

pytestmark = pytest.mark.django_db


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
        ({"amount": "10.00", "currency": "USD"}, [{"kind": "refund_full"}], ["currency"]),
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
    too_much = {**FINDING, "remedies": [{"kind": "refund_full", "amount": "600.01"}]}
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
    assert perform(mei, ticket.ref, "escalate", {"target": "regulator_12315"}).status == "remedy_pending"
    assert perform(mei, ticket.ref, "escalate", {"target": "l1_internal"}).status == "escalated"


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
