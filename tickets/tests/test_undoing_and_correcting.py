"""What is undone, overtaken or corrected: nothing of it may cost the customer a right or leave a clock behind."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tickets.cases.checklist import lines
from tickets.operations import amend, engine, file_ticket, look, menu, perform, start_draft
from tickets.tests.making import FILES, approval, filing, put_evidence, rejection, submitted, under_review, upheld
from tickets.tests.telling import THEFT, fresh, refused, state, sweep
from tickets.workflow.errors import Forbidden, Refusal

pytestmark = pytest.mark.django_db
MORE = {"kinds": ["passport"], "reason": "请补充"}


@pytest.mark.parametrize("ending", ["record_refund", "withdraw"])
def test_a_request_that_was_overtaken_does_not_stand_for_the_next_one(mei, chen, zhao, clock, ending):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "request_evidence", MORE)
    if ending == "record_refund":
        perform(mei, ticket.ref, "record_refund", {"amount": "600.00"})
        perform(mei, ticket.ref, "dispute_resolution", {"reason": "没有收到"})
    else:
        perform(mei, ticket.ref, "withdraw")
        perform(zhao, ticket.ref, "reopen", {"reason": "同意"})
    perform(chen, ticket.ref, "request_evidence", {**MORE, "kinds": ["cs_conversation"]})
    put_evidence(fresh(ticket), "cs_conversation")
    assert perform(mei, ticket.ref, "supply_evidence").status == "under_review"


def test_a_review_that_stood_still_is_not_late(mei, chen, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen)
    clock("2026-07-08T09:00:00+08:00")
    perform(chen, ticket.ref, "request_evidence", MORE)
    clock("2026-07-10T09:00:00+08:00")
    perform(mei, ticket.ref, "record_refund", {"amount": "600.00"})
    assert state(ticket, "review_limit") == "met"


def test_evidence_we_have_not_looked_at_yet_answers_a_request(mei, chen, clock):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "request_evidence", MORE)
    put_evidence(fresh(ticket), "passport")
    ticket.evidence.filter(kind="passport").update(state="scanning")
    assert perform(mei, ticket.ref, "supply_evidence").status == "under_review"


def test_the_clocks_of_a_freeze_go_over_with_it(mei, lin, zhou, clock):
    clock("2026-07-06T09:00:00+08:00")
    kept, gone = submitted(mei), file_ticket(mei, filing(**THEFT))
    perform(lin, gone.ref, "merge", {"into": kept.ref})
    perform(zhou, kept.ref, "confirm_freeze", {"reference": "F"})
    clock("2026-07-06T11:00:00+08:00")
    sweep()
    assert (state(kept, "freeze_exec"), state(gone, "freeze_exec")) == ("met", "cancelled")


def test_a_merge_locks_both_however_the_other_is_spelt(mei, lin, clock, monkeypatch):
    one, other = file_ticket(mei, filing()), file_ticket(mei, filing())
    locked, really = [], engine._lock_tickets
    monkeypatch.setattr(engine, "_lock_tickets", lambda actor, ref, also: locked.extend(also) or really(actor, ref, also))
    perform(lin, one.ref, "merge", {"into": f" {other.ref.lower()}"})
    assert locked == [other.ref]


def test_nothing_is_merged_into_a_ticket_that_has_closed_by_itself(mei, lin, clock):
    clock("2026-07-06T09:00:00+08:00")
    silent = file_ticket(mei, filing())
    clock("2026-09-30T09:00:00+08:00")
    fresh = file_ticket(mei, filing())
    refused("NOT_A_DUPLICATE", lin, fresh.ref, "merge", {"into": silent.ref})
    fresh.refresh_from_db()
    assert fresh.status == "evidence_collection"


def test_a_second_account_is_a_second_complaint(mei, zhou, clock):
    ticket = file_ticket(mei, filing(**THEFT))
    refused("FREEZE_ALREADY_ACTIVE", mei, ticket.ref, "request_freeze", {"account": "wechat:another"})
    perform(zhou, ticket.ref, "fail_freeze", {"reason": "渠道无响应"})
    assert perform(mei, ticket.ref, "request_freeze", {"account": "wechat:another"}).status == "freeze_pending"


@pytest.mark.parametrize(("day", "tier"), [("07-07", "full_eligible"), ("07-16", "discretionary")])
def test_the_tier_is_judged_from_discovery_after_a_return_too(mei, zhao, clock, day, tier):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing())
    perform(mei, ticket.ref, "withdraw")
    clock(f"2026-{day}T09:00:00+08:00")
    perform(zhao, ticket.ref, "reopen", {"reason": "同意"})
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    assert perform(mei, ticket.ref, "submit_appeal").refund_tier == tier


def test_another_category_brings_its_own_windows(mei, lin, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing("billing_unauthorized"))
    amend(lin, ticket.ref, {"category": "mp_topup_stolen", "responsible_parties": ["bank"]})
    assert (fresh(ticket).responsible_parties, state(ticket, "full_refund_window")) == (["bank"], "running")
    amend(lin, ticket.ref, {"category": "billing_unauthorized"})
    assert state(ticket, "full_refund_window") == "cancelled"


def test_facts_told_after_a_freeze_start_the_wait_they_speak_of(mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, {"category": "withdrawal_anomaly", "request_freeze": True, "not_me": True, "account": "x:1234567"})
    amend(mei, ticket.ref, {"facts": {"requested_at": "2026-07-06T08:00:00+08:00", "withdrawal_status": "processing"}})
    blocked = refused("MISSING_EVIDENCE", mei, ticket.ref, "submit_appeal").blocked_by
    assert "NOT_YET_DUE" in [block.code for block in blocked]


def test_an_objection_to_the_wizards_routing_reaches_the_desk(mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = start_draft(mei, filing())
    perform(mei, ticket.ref, "route_after_sale", {"reason": "商品问题"})
    clock("2026-07-07T09:00:00+08:00")
    ticket = perform(mei, ticket.ref, "reopen", {"reason": "是盗刷"})
    assert (ticket.responsible_parties, ticket.reported_at) == (["platform", "channel"], timezone.now())
    assert {state(ticket, key) for key in ("first_response", "regulatory_final", "abandoned")} == {"running"}


def test_a_draft_of_nothing_can_be_looked_at_and_is_discarded_not_withdrawn(mei, clock):
    ticket = start_draft(mei, {})
    case = look(ticket, mei)
    assert menu(case)
    assert lines(case) == []
    refused("WRONG_STATUS", mei, ticket.ref, "withdraw")


def test_an_agent_does_not_decide_what_nobody_outside_decided(mei, chen, lin, clock):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "reject", rejection())
    perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})
    refused("OUTCOME_NOT_RECORDED", lin, ticket.ref, "uphold_customer", upheld(reference="CH-1"))


def test_money_paid_before_counts_against_the_claim(mei, chen, adapter, clock):
    ticket = under_review(mei, chen, amount="900.00")
    part = [{"kind": "refund_full", "amount": "500.00"}]
    perform(chen, ticket.ref, "approve", approval(remedies=part))
    perform(adapter, ticket.ref, "confirm_remedy", {"reference": "R"})
    perform(mei, ticket.ref, "dispute_resolution", {"reason": "只到了一部分"})
    refused("REFUND_EXCEEDS_CLAIM", chen, ticket.ref, "approve", approval(remedies=part))
    perform(chen, ticket.ref, "approve", approval())
    assert ticket.decisions.last().remedies.get().amount == 400
    assert ticket.decisions.last().why_countersigned == []


def test_a_sum_paid_in_parts_asks_for_the_second_signature_of_the_whole(mei, chen, adapter, clock):
    ticket = under_review(mei, chen, amount="1500.00")
    perform(chen, ticket.ref, "approve", approval(remedies=[{"kind": "refund_full", "amount": "900.00"}]))
    perform(adapter, ticket.ref, "confirm_remedy", {"reference": "R"})
    perform(mei, ticket.ref, "dispute_resolution", {"reason": "只到了一部分"})
    perform(chen, ticket.ref, "approve", approval(remedies=[{"kind": "refund_full", "amount": "100.00"}]))
    assert ticket.decisions.last().why_countersigned == ["amount"]


def test_a_payout_after_the_review_ran_out_has_a_clock(mei, chen, zhao, clock):
    clock("2026-07-06T09:00:00+08:00")
    facts = {"deducted_at": "2026-07-05T08:00:00+08:00", "channel_status": "success", "platform_status": "failed"}
    ticket = under_review(mei, chen, "pay_failed_deducted", facts=facts)
    clock("2026-07-10T09:00:00+08:00")
    perform(zhao, ticket.ref, "uphold_customer", upheld("refund_original"))
    assert state(ticket, "refund_payout") == "running"


def test_a_regulator_may_still_ask_for_the_evidence(mei, chen, clock):
    ticket = under_review(mei, chen, "billing_unauthorized")
    [log] = put_evidence(ticket, "system_log")
    perform(chen, ticket.ref, "reject", rejection(evidence=[log.pk]))
    perform(mei, ticket.ref, "record_outside_filing", {"target": "regulator_12315", "filed_at": timezone.now().isoformat()})
    perform(mei, ticket.ref, "withdraw")
    assert state(ticket, "evidence_purge") == "paused"


def test_nobody_lifts_the_freeze_of_their_own_account(zhou, clock):
    ticket = file_ticket(zhou, filing("card_cover_frozen", account="douyin:1"))
    refused("CONFLICT_OF_INTEREST", zhou, ticket.ref, "lift_freeze", {"note": "我自己"})


def test_a_clock_does_not_start_in_the_future(mei, clock):
    facts = {"deducted_at": "2027-03-10T08:00:00+08:00", "channel_status": "success", "platform_status": "failed"}
    with pytest.raises(Refusal) as caught:
        file_ticket(mei, filing("pay_failed_deducted", facts=facts))
    assert "facts.deducted_at" in caught.value.errors


def test_a_draft_keeps_the_tier_that_a_try_has_fixed(mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    draft = start_draft(mei, filing())
    put_evidence(draft, *FILES["mp_topup_stolen"])
    draft.evidence.update(state="scanning")
    refused("MISSING_EVIDENCE", mei, draft.ref, "submit_appeal")
    amend(mei, draft.ref, {"demands": ["refund", "investigate"], "discovered_at": "2026-07-06T08:00:00+08:00"})
    clock("2026-07-10T09:00:00+08:00")
    draft.evidence.update(state="clean")
    assert perform(mei, draft.ref, "submit_appeal").refund_tier == "full_eligible"


def test_a_draft_corrected_elsewhere_is_not_told_twice_that_a_window_passed(mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    draft = start_draft(mei, filing(discovered_at="2026-07-01T09:00:00+08:00"))
    for demands in (["refund"], ["refund", "investigate"]):
        amend(mei, draft.ref, {"demands": demands})
        sweep()
    assert draft.events.filter(kind="timer.expired", data__timer="full_refund_window").count() == 1
    amend(mei, draft.ref, {"discovered_at": "2026-07-06T08:00:00+08:00"})
    assert (fresh(draft).refund_tier, fresh(draft).police_cooperation) == (None, False)


def test_those_complained_about_amend_nothing(mei, lin, clock):
    ticket, own = file_ticket(mei, filing()), file_ticket(lin, filing())
    amend(lin, ticket.ref, {"complained_about": ["lin@example.com"]})
    for ref, body in ((ticket.ref, {"complained_about": []}), (own.ref, {"real_name_match": True})):
        with pytest.raises(Forbidden) as caught:
            amend(lin, ref, body)
        assert caught.value.code == "CONFLICT_OF_INTEREST"
    assert amend(lin, own.ref, {"demands": ["investigate"]}).demands == ["investigate"]
