"""What an approval gives, demand by demand, and every sum that goes out or comes back: a row of its own, within what was paid."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.roles import Role
from tickets.models import Bill, BillFinding, OrderReference, Refund, Ticket
from tickets.operations import file_ticket, look, menu, perform
from tickets.operations.reconciling import confirm_finding
from tickets.policy.playbooks import playbooks
from tickets.tests.cast import person
from tickets.tests.making import FINDING, approval, filing, put_evidence, under_review, upheld
from tickets.tests.stages import MAKERS
from tickets.tests.telling import fresh, refused, timer
from tickets.workflow.errors import Invalid, Refusal

pytestmark = pytest.mark.django_db

ORDER = "4200000404202602129117582536"
FACTS = {"requested_at": "2026-03-09T08:00:00+08:00", "withdrawal_status": "failed"}


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.fixture
def withdrawal(mei, chen, clock) -> Ticket:
    ticket = file_ticket(mei, filing("withdrawal_anomaly", facts=FACTS, demands=["refund", "compensation"]))
    put_evidence(ticket, "withdrawal_screenshot", "bank_statement_screenshot", "account_info")
    perform(mei, ticket.ref, "submit_appeal")
    return perform(chen, ticket.ref, "start_review", {"eta_at": "2026-03-11T18:00:00+08:00"})


def decide(chen, ticket: Ticket, *remedies: tuple[str, str | None], **more):
    rows = [{"kind": kind, **({"amount": amount} if amount else {})} for kind, amount in remedies]
    answers = dict.fromkeys(ticket.demands, "答复")
    perform(chen, ticket.ref, "approve", {**FINDING, "answers": answers, "remedies": rows, **more})
    return ticket.decisions.last()


def another(ticket: Ticket, chen, owner) -> Ticket:
    """A second complaint about the same order."""
    made = under_review(owner, chen)
    OrderReference.objects.filter(ticket=made).delete()
    for order in ticket.order_references.all():
        made.order_references.create(issuer=order.issuer, number=order.number)
    return made


# ---- What is granted
def test_all_that_was_asked_for_is_an_approval(mei, chen, clock):
    ticket = under_review(mei, chen)
    decision = decide(chen, ticket, ("refund_full", None))
    assert (decision.verdict, decision.granted, decision.remedies.get().amount) == ("approved", ["refund"], Decimal("600.00"))
    assert ticket.events.order_by("-seq").first().kind == "approved"


def test_less_money_than_is_outstanding_is_an_approval_in_part_and_told_so(mei, chen, clock):
    ticket = under_review(mei, chen)
    decision = decide(chen, ticket, ("refund_full", "599.99"))
    event = ticket.events.order_by("-seq").first()
    assert (decision.verdict, event.kind) == ("partly_approved", "partly_approved")
    assert ticket.notifications.filter(recipient=mei).latest("pk").kind == "partly_approved"


def test_a_demand_that_is_not_met_is_refused(withdrawal, chen):
    decision = decide(chen, withdrawal, ("payout_retry", "600.00"))
    assert (decision.verdict, decision.granted, decision.state) == ("partly_approved", ["refund"], "effective")


def test_what_nobody_asked_for_is_granted_beside(mei, chen, clock):
    ticket = under_review(mei, chen, "mp_topup_stolen")
    decision = decide(chen, ticket, ("refund_full", None), ("freeze_counterparty", None))
    assert (decision.verdict, decision.granted) == ("approved", ["refund", "freeze_counterparty"])
    ticket.refresh_from_db()
    assert ticket.demands == ["refund", "freeze_counterparty"]
    assert ticket.events.get(kind="approved").data["demands_added"] == ["freeze_counterparty"]


def test_only_what_the_remedies_meet_can_be_named(withdrawal, chen):
    with pytest.raises(Invalid) as caught:
        decide(chen, withdrawal, ("payout_retry", "600.00"), granted=["compensation"])
    assert list(caught.value.errors) == ["granted"]


def test_an_approval_gives_something(withdrawal, mei, chen):
    refused("NOTHING_GRANTED", chen, withdrawal.ref, "approve", {**approval("return_to_wallet"), **ANSWERS, "granted": []})
    other = under_review(mei, chen, "merchant_deduction", order_numbers=[{"issuer": "other", "number": "A-1000002"}])
    assert "explain" not in playbooks(other.policy_id)["merchant_deduction"].remedies
    refused("REMEDY_NOT_OFFERED", chen, other.ref, "approve", approval("explain"))


ANSWERS = {"answers": {"refund": "不", "compensation": "不"}}


def test_an_explanation_alone_is_none(people, mei, chen, clock):
    ticket = MAKERS["under_review"](people)
    Ticket.objects.filter(pk=ticket.pk).update(category="billing_amount_mismatch")
    refused("NOTHING_GRANTED", chen, ticket.ref, "approve", approval("explain"))


@pytest.mark.parametrize("verdict", ["approved", "partly_approved"])
def test_the_customer_has_longer_to_object_to_a_part(verdict, mei, chen, adapter, clock):
    ticket = under_review(mei, chen)
    decide(chen, ticket, ("refund_full", None if verdict == "approved" else "100.00"))
    ticket = perform(adapter, ticket.ref, "confirm_remedy", {"reference": "R-1"})
    days = (timer(ticket, "confirm").due_at - timezone.now()).days
    assert days == (7 if verdict == "approved" else 30)
    escalate = next(entry for entry in menu(look(fresh(ticket), mei)) if entry["action"] == "escalate")
    l1 = next(target for target in escalate["targets"] if target["target"] == "l1_internal")
    assert l1["allowed"] is (verdict == "partly_approved")


# ---- The second level
def test_the_second_level_is_asked_all_that_a_review_is(people, clock):
    ticket = MAKERS["escalated"](people)
    refused("DEMAND_UNANSWERED", people.supervisor, ticket.ref, "uphold_customer", upheld(answers={}))
    refused("REMEDY_NOT_OFFERED", people.supervisor, ticket.ref, "uphold_customer", upheld("explain"))
    too_much = upheld(remedies=[{"kind": "refund_full", "amount": "600.01"}])
    refused("REFUND_EXCEEDS_CLAIM", people.supervisor, ticket.ref, "uphold_customer", too_much)
    ticket = perform(people.supervisor, ticket.ref, "uphold_customer", upheld())
    decision = ticket.decisions.last()
    assert (decision.author, decision.root_cause, decision.granted) == (people.supervisor, upheld()["root_cause"], ["refund"])


def test_and_signed_twice_where_a_review_would_be(people, clock):
    ticket = MAKERS["escalated"](people)
    Ticket.objects.filter(pk=ticket.pk).update(amount="98000.00")
    ticket = perform(people.supervisor, ticket.ref, "uphold_customer", upheld())
    assert (ticket.status, ticket.decisions.last().state) == ("escalated", "awaiting_countersignature")
    refused("SAME_SIGNATORY", people.supervisor, ticket.ref, "countersign")
    assert perform(person("second@example.com", Role.SUPERVISOR), ticket.ref, "countersign").status == "remedy_pending"


def test_its_author_may_take_it_back(people, clock):
    ticket = MAKERS["escalated"](people)
    Ticket.objects.filter(pk=ticket.pk).update(amount="98000.00")
    perform(people.supervisor, ticket.ref, "uphold_customer", upheld())
    assert perform(people.supervisor, ticket.ref, "retract_decision").decisions.last().state == "void"


# ---- What went out
def test_the_sum_that_went_out_is_the_sum_shown(mei, chen, lin, clock):
    ticket = under_review(mei, chen)
    decide(chen, ticket, ("refund_full", None))
    perform(lin, ticket.ref, "confirm_remedy", {"reference": "P-1", "amounts": {"refund_full": "598.00"}})
    row, remedy = Refund.objects.get(), ticket.decisions.last().remedies.get()
    assert (row.amount, row.reference, row.kind, row.source, row.by) == (Decimal("598.00"), "P-1", "refund_full", "remedy", lin)
    assert (remedy.amount, remedy.decided_amount, remedy.state) == (Decimal("598.00"), Decimal("600.00"), "done")


def test_no_more_goes_out_than_was_decided(mei, chen, lin, clock):
    ticket = under_review(mei, chen)
    decide(chen, ticket, ("refund_full", "100.00"))
    refused("REFUND_EXCEEDS_CLAIM", lin, ticket.ref, "confirm_remedy", {"reference": "P-1", "amounts": {"refund_full": "100.01"}})
    with pytest.raises(Invalid):
        perform(lin, ticket.ref, "confirm_remedy", {"reference": "P-1", "amounts": {"compensation": "1.00"}})


def test_who_decided_does_not_confirm(mei, lin, clock):
    both = person("both@example.com", Role.REVIEWER, Role.AGENT)
    ticket = under_review(mei, both)
    decide(both, ticket, ("refund_full", None))
    refused("SAME_SIGNATORY", both, ticket.ref, "confirm_remedy", {"reference": "P-1"})
    refused("SAME_SIGNATORY", both, ticket.ref, "record_refund", {"amount": "600.00", "reference": "P-1"})
    assert perform(lin, ticket.ref, "confirm_remedy", {"reference": "P-1"}).status == "resolved"


def test_on_the_second_level_a_part_that_was_granted_is_still_paid(mei, chen, lin, clock):
    ticket = under_review(mei, chen)
    decide(chen, ticket, ("refund_full", "100.00"))
    perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})
    ticket = perform(lin, ticket.ref, "confirm_remedy", {"reference": "P-1"})
    assert (ticket.status, Refund.objects.get().amount) == ("escalated", Decimal("100.00"))


# ---- What was recorded
def test_a_recorded_refund_settles_as_far_as_it_reaches(withdrawal, chen, zhao, lin):
    decide(chen, withdrawal, ("payout_retry", "600.00"), ("compensation", "50.00"))
    perform(zhao, withdrawal.ref, "countersign")
    perform(lin, withdrawal.ref, "record_refund", {"amount": "600.00", "reference": "P-1"})
    told = [(row.kind, row.state, row.amount) for row in withdrawal.decisions.last().remedies.all()]
    assert told == [("payout_retry", "done", Decimal("600.00")), ("compensation", "failed", Decimal("50.00"))]
    assert (Refund.objects.get().amount, Refund.objects.get().source) == (Decimal("600.00"), "desk")


def test_the_desk_names_the_payment(mei, chen, lin, adapter, clock):
    ticket = under_review(mei, chen)
    refused("REFERENCE_REQUIRED", lin, ticket.ref, "record_refund", {"amount": "600.00"})
    for who, wrong in ((lin, {"currency": "USD"}), (lin, {"order_number": "B-2"}), (lin, {"amount": "0"}), (lin, {"amount": "599.99"})):
        with pytest.raises(Invalid):
            perform(who, ticket.ref, "record_refund", {"amount": "600.00", "reference": "P", **wrong})
    assert perform(adapter, ticket.ref, "record_refund", {"amount": "600.00"}).status == "resolved"


@pytest.mark.parametrize("where", ["its owner's", "a stranger's"])
def test_one_order_is_refunded_once(where, mei, wang, chen, lin, clock):
    first = under_review(mei, chen)
    second = another(first, chen, mei if where == "its owner's" else wang)
    perform(lin, first.ref, "record_refund", {"amount": "600.00", "reference": "P-1"})
    refusal = refused("ALREADY_REFUNDED", lin, second.ref, "record_refund", {"amount": "600.00", "reference": "P-2"})
    assert (refusal.status, refusal.block.extra) == (409, {"where": [first.ref]})
    decide(chen, second, ("refund_full", None))
    refused("ALREADY_REFUNDED", lin, second.ref, "confirm_remedy", {"reference": "P-2"})
    told = refused("ALREADY_REFUNDED", second.owner, second.ref, "record_refund", {"amount": "600.00"})
    assert told.block.extra == {}


def test_what_a_stranger_says_binds_nobody(mei, wang, chen, lin, clock):
    first = under_review(wang, chen)
    second = another(first, chen, mei)
    perform(wang, first.ref, "record_refund", {"amount": "600.00"})
    assert perform(lin, second.ref, "record_refund", {"amount": "600.00", "reference": "P-2"}).status == "resolved"


def test_a_bill_tells_what_was_paid(mei, chen, lin, clock):
    ticket = under_review(mei, chen, order_numbers=[{"issuer": "wechat_txn", "number": ORDER}])
    bill = Bill.objects.create(name="bill.csv", uploaded_by=lin, created_at=timezone.now(), state="done")
    line = {"number": ORDER, "amount": "500.00", "refunded": "500.00", "state": "refunded", "at": ""}
    row = BillFinding.objects.create(bill=bill, ticket=ticket, verdict="refunded", amount="500.00", transactions=[line])
    refused("ALREADY_REFUNDED", lin, ticket.ref, "record_refund", {"amount": "600.00", "reference": "P-1"})
    confirm_finding(lin, row.pk)
    refund = Refund.objects.get()
    assert (refund.amount, refund.source, refund.number, refund.reference) == (Decimal("500.00"), "bill", ORDER, ORDER)


def test_a_bill_is_confirmed_by_who_decided_nothing(mei, clock):
    both = person("both@example.com", Role.REVIEWER, Role.AGENT)
    ticket = under_review(mei, both, order_numbers=[{"issuer": "wechat_txn", "number": ORDER}])
    decide(both, ticket, ("refund_full", None))
    bill = Bill.objects.create(name="bill.csv", uploaded_by=both, created_at=timezone.now(), state="done")
    line = {"number": ORDER, "amount": "600.00", "refunded": "600.00", "state": "refunded", "at": ""}
    row = BillFinding.objects.create(bill=bill, ticket=ticket, verdict="refunded", amount="600.00", transactions=[line])
    with pytest.raises(Refusal) as caught:
        confirm_finding(both, row.pk)
    assert caught.value.code == "SAME_SIGNATORY"
    assert not Refund.objects.exists()
