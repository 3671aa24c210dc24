"""What was granted is paid and its clock runs, whatever becomes of the rest: refused, reviewed again, decided anew, or closed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickets.models import Remedy, Ticket
from tickets.operations import look, menu, perform
from tickets.tests.making import FINDING, approval, under_review, upheld
from tickets.tests.stages import sweep
from tickets.workflow import Status
from tickets.workflow.errors import Refusal

pytestmark = pytest.mark.django_db

FILED_ON = "2026-03-11T10:00:00+08:00"


@pytest.fixture
def granted(mei, chen, clock) -> Ticket:
    """Two demands; a part of the money is granted, the rest taken to the second level."""
    clock(FILED_ON)
    ticket = under_review(mei, chen, demands=["refund", "investigate"])
    answers = {"refund": "退还一半。", "investigate": "不予受理。"}
    perform(chen, ticket.ref, "approve", {**FINDING, "answers": answers, "remedies": [{"kind": "refund_full", "amount": "300.00"}]})
    return perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})


def clock_of(ticket: Ticket):
    return ticket.timers.get(key="refund_payout")


def test_the_granted_part_is_paid_after_the_rest_was_refused_for_good(granted, zhao, lin, clock):
    perform(zhao, granted.ref, "uphold_rejection", {"note": "维持"})
    assert clock_of(granted).is_live
    entry = next(each for each in menu(look(Ticket.objects.get(pk=granted.pk), lin)) if each["action"] == "confirm_remedy")
    assert entry["allowed"]
    paid = perform(lin, granted.ref, "confirm_remedy", {"reference": "R-1"})
    assert paid.status == Status.REJECTED
    assert Remedy.objects.get().state == Remedy.State.DONE
    assert granted.refunds.get().amount == Decimal("300.00")
    assert not clock_of(granted).is_live
    assert granted.timers.get(key="rejection_final").is_live
    with pytest.raises(Refusal) as refused:
        perform(lin, granted.ref, "confirm_remedy", {"reference": "R-2"})
    assert refused.value.code == "WRONG_STATUS"


def test_it_is_late_and_shown_as_late_where_nobody_pays(granted, zhao, lin, clock):
    perform(zhao, granted.ref, "uphold_rejection", {"note": "维持"})
    due = clock_of(granted).due_at
    clock("2026-03-20T10:00:00+08:00")
    sweep()
    now = Ticket.objects.get(pk=granted.pk)
    assert (now.status, now.due_at, now.due_key) == (Status.REJECTED, due, "refund_payout")
    clock("2026-04-20T10:00:00+08:00")
    sweep()
    now = Ticket.objects.get(pk=granted.pk)
    assert (now.status, now.close_reason, now.due_key) == (Status.CLOSED, "rejection_final", "refund_payout")
    assert perform(lin, granted.ref, "confirm_remedy", {"reference": "R-1"}).status == Status.CLOSED
    assert Ticket.objects.get(pk=granted.pk).due_at is None


def test_who_granted_it_does_not_say_that_it_went_out(granted, zhao, chen, lin, clock):
    perform(zhao, granted.ref, "uphold_rejection", {"note": "维持"})
    chen.groups.add(*lin.groups.all())
    chen._roles = None
    with pytest.raises(Refusal) as refused:
        perform(chen, granted.ref, "confirm_remedy", {"reference": "R-1"})
    assert refused.value.code == "SAME_SIGNATORY"


def test_it_is_paid_while_the_rest_is_reviewed_again_whose_clocks_go_on(granted, zhao, lin, clock):
    perform(zhao, granted.ref, "return_to_review", {"note": "再看"})
    assert clock_of(granted).is_live
    paid = perform(lin, granted.ref, "confirm_remedy", {"reference": "R-1"})
    assert paid.status == Status.UNDER_REVIEW
    limit = granted.timers.filter(key="review_limit").latest("pk")
    assert limit.is_live


def test_a_later_decision_takes_up_what_is_owed_and_never_grants_less(granted, zhao, lin, clock):
    answers = {"answers": {"refund": "退。", "investigate": "已查。"}}
    less = upheld(**answers, remedies=[{"kind": "refund_full", "amount": "200.00"}])
    with pytest.raises(Refusal) as refused:
        perform(zhao, granted.ref, "uphold_customer", less)
    assert "remedies" in refused.value.errors
    perform(zhao, granted.ref, "uphold_customer", upheld(**answers))
    assert list(Remedy.objects.order_by("pk").values_list("amount", "state")) == [
        (Decimal("300.00"), "replaced"), (Decimal("600.00"), "pending"),
    ]  # fmt: skip
    perform(lin, granted.ref, "confirm_remedy", {"reference": "R-1"})
    assert [row.amount for row in granted.refunds.all()] == [Decimal("600.00")]


def test_what_bounces_after_the_case_went_on_is_owed_as_before(granted, zhao, lin, clock):
    perform(zhao, granted.ref, "uphold_rejection", {"note": "维持"})
    assert perform(lin, granted.ref, "fail_remedy", {"reason": "账户已注销"}).status == Status.REJECTED
    assert clock_of(granted).is_live
    assert perform(lin, granted.ref, "confirm_remedy", {"reference": "R-2"}).status == Status.REJECTED


def test_what_is_late_stays_owed_by_its_date_when_it_is_taken_further(mei, chen, lin, clock):
    clock(FILED_ON)
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "approve", approval())
    clock("2026-03-20T10:00:00+08:00")
    perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})
    assert clock_of(ticket).is_live
    perform(lin, ticket.ref, "confirm_remedy", {"reference": "R-1"})
    assert not clock_of(ticket).is_live


def test_where_the_review_covered_the_payout_it_gets_a_clock_of_its_own(mei, chen, zhao, clock):
    clock(FILED_ON)
    facts = {"deducted_at": "2026-03-09T10:00:00+08:00", "channel_status": "success", "platform_status": "failed"}
    ticket = under_review(mei, chen, "pay_failed_deducted", facts=facts, demands=["refund", "investigate"])
    answers = {"answers": {"refund": "退一半。", "investigate": "否。"}}
    perform(chen, ticket.ref, "approve", {**FINDING, **answers, "remedies": [{"kind": "refund_original", "amount": "300.00"}]})
    assert not ticket.timers.filter(key="refund_payout").exists()
    perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})
    assert clock_of(ticket).is_live


def test_who_withdraws_can_still_be_paid_what_was_granted(granted, mei, lin, clock):
    perform(mei, granted.ref, "withdraw")
    assert not clock_of(granted).is_live
    assert perform(lin, granted.ref, "confirm_remedy", {"reference": "R-1"}).status == Status.CLOSED
