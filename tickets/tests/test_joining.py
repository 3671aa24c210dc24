"""Two complaints that become one: which one lives, what may not be joined, and what is the better of both."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tickets.cases.case import Case
from tickets.models import Event, Ticket
from tickets.operations import amend, file_ticket, perform, post_message, preview_merge
from tickets.operations.join_clocks import draw_again, pictures
from tickets.tests.making import FILES, approval, filing, put_evidence, submitted, under_review
from tickets.tests.stages import MAKERS, eta
from tickets.tests.telling import THEFT, fresh, local, refused, state, sweep, timer

pytestmark = pytest.mark.django_db
MORE = {"kinds": ["cs_conversation"], "reason": "请补充与客服的沟通记录"}


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter, clock):
    clock("2026-07-06T09:00:00+08:00")
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


def made(people, status: str) -> Ticket:
    return MAKERS[status](people)


@pytest.mark.parametrize(
    ("further", "less"),
    [
        ("remedy_pending", "frozen"),
        ("rejected", "evidence_collection"),
        ("escalated", "freeze_pending"),
        ("needs_evidence", "under_review"),
        ("under_review", "appeal_submitted"),
        ("appeal_submitted", "frozen"),
        ("frozen", "evidence_collection"),
        ("freeze_pending", "auto_reversal_wait"),
    ],
)
@pytest.mark.parametrize("pressed", ["further", "less"])
def test_the_further_one_lives_whichever_was_pressed(further, less, pressed, people):
    one, other = made(people, less), made(people, further)
    first, second = (other, one) if pressed == "further" else (one, other)
    before = fresh(other).status
    assert perform(people.agent, first.ref, "merge", {"into": second.ref}).ref == other.ref
    gone = fresh(one)
    assert (gone.status, gone.close_reason, gone.merged_into, fresh(other).status) == ("closed", "merged", other, before)


@pytest.mark.parametrize("status", ["frozen", "appeal_submitted", "under_review"])
def test_of_two_alike_the_older_lives(status, people):
    old, young = made(people, status), made(people, status)
    assert perform(people.agent, old.ref, "merge", {"into": young.ref}) == old


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("remedy_pending", "rejected"),
        ("remedy_pending", "appeal_submitted"),
        ("rejected", "needs_evidence"),
        ("escalated", "under_review"),
        ("rejected", "rejected"),
    ],
)
def test_two_that_are_decided_or_handed_in_stay_apart(one, other, people):
    tickets = [made(people, one), made(people, other)]
    for this, that in (tickets, reversed(tickets)):
        refused("DECISION_MADE", people.agent, this.ref, "merge", {"into": that.ref})
    assert [fresh(ticket).status for ticket in tickets] == [one, other]


def test_a_decision_that_waits_for_its_second_signature_counts(people, mei, chen, lin):
    waiting = under_review(mei, chen, amount="5000.00")
    assert perform(chen, waiting.ref, "approve", approval()).status == "under_review"
    refused("DECISION_MADE", lin, submitted(mei).ref, "merge", {"into": waiting.ref})
    assert perform(lin, waiting.ref, "merge", {"into": file_ticket(mei, filing()).ref}) == waiting
    assert waiting.decisions.get().state == "awaiting_countersignature"


def test_what_was_granted_is_paid_after_the_joining(people):
    other, ticket = made(people, "evidence_collection"), made(people, "remedy_pending")
    perform(people.agent, ticket.ref, "merge", {"into": other.ref})
    assert perform(people.service, ticket.ref, "confirm_remedy", {"reference": "R-1"}).status == "resolved"


# ---- Clocks
def test_a_pause_of_the_one_is_no_pause_of_the_other(people, clock):
    asked = made(people, "needs_evidence")
    clock("2026-07-07T09:00:00+08:00")
    younger = made(people, "under_review")
    perform(people.agent, younger.ref, "merge", {"into": asked.ref})
    assert (state(asked, "review_limit"), state(asked, "supplement")) == ("paused", "running")
    put_evidence(fresh(asked), "cs_conversation")
    perform(people.owner, asked.ref, "supply_evidence")
    assert state(asked, "review_limit") == "running"


def test_the_smaller_rest_counts_where_the_survivor_is_paused(people, clock):
    clock("2026-07-06T09:00:00+08:00")
    old = made(people, "under_review")
    clock("2026-07-08T09:00:00+08:00")
    asked = made(people, "needs_evidence")
    assert timer(asked, "review_limit").remaining == 5
    perform(people.agent, old.ref, "merge", {"into": asked.ref})
    assert (timer(asked, "review_limit").remaining, state(asked, "review_limit")) == (3, "paused")


def test_the_earlier_due_counts_and_no_clock_of_another_status_stays(people, clock):
    old = made(people, "appeal_submitted")
    clock("2026-07-08T09:00:00+08:00")
    reviewed = made(people, "under_review")
    due = timer(old, "review_limit").due_at
    perform(people.agent, old.ref, "merge", {"into": reviewed.ref})
    assert timer(reviewed, "review_limit").due_at == due
    assert state(reviewed, "no_action") == "met"
    collecting = made(people, "evidence_collection")
    perform(people.agent, collecting.ref, "merge", {"into": reviewed.ref})
    assert timer(reviewed, "abandoned").stopped_at is not None
    assert not [t.key for t in Ticket.objects.get(pk=old.pk).timers.all() if t.is_live and t.key != "evidence_purge"]


def test_a_right_that_was_open_on_either_is_open(people, clock):
    late = made(people, "appeal_submitted")
    clock("2026-07-10T09:00:00+08:00")  # nobody has begun within three working days
    sweep()
    reviewed = made(people, "under_review")
    perform(people.agent, late.ref, "merge", {"into": reviewed.ref})
    assert perform(people.owner, reviewed.ref, "escalate", {"target": "l1_internal"}).status == "escalated"


def test_each_freeze_keeps_its_own_clock(people, clock):
    one = file_ticket(people.owner, filing(request_freeze=True, account="douyin:13800000001", order_numbers=THEFT["order_numbers"]))
    two = file_ticket(people.owner, filing(request_freeze=True, account="douyin:13800000002", order_numbers=THEFT["order_numbers"]))
    perform(people.agent, one.ref, "merge", {"into": two.ref})
    assert fresh(one).freezes.count() == 2
    assert [t.is_live for t in one.timers.filter(key="freeze_exec")] == [True, True]


# ---- Rights
def test_the_better_tier_and_the_earlier_submission(people, clock, mei, lin):
    in_time = made(people, "appeal_submitted")
    assert in_time.refund_tier == "full_eligible"
    clock("2026-07-16T09:00:00+08:00")
    late = file_ticket(mei, filing(discovered_at="2026-07-06T08:00:00+08:00"))
    put_evidence(late, *FILES["mp_topup_stolen"])
    perform(mei, late.ref, "submit_appeal")
    perform(people.reviewer, late.ref, "start_review", {"eta_at": eta()})
    assert fresh(late).refund_tier == "discretionary"
    Ticket.objects.filter(pk=in_time.pk).update(status="appeal_submitted")
    in_time.timers.all().delete()
    joined = perform(lin, in_time.ref, "merge", {"into": late.ref})
    assert (joined.ref, joined.refund_tier, joined.submitted_at) == (late.ref, "full_eligible", in_time.submitted_at)
    assert joined.submissions.count() == 2 and in_time.submissions.count() == 1


def test_not_late_where_either_was_not(people, clock, mei, lin):
    late = file_ticket(mei, filing(discovered_at="2026-06-01T08:00:00+08:00", order_numbers=THEFT["order_numbers"]))
    early = file_ticket(mei, filing(order_numbers=THEFT["order_numbers"]))
    assert (fresh(late).late_claim, fresh(early).late_claim) == (True, False)
    joined = perform(lin, early.ref, "merge", {"into": late.ref})
    assert (joined.ref, joined.late_claim, joined.refund_tier, state(joined, "full_refund_window")) == (late.ref, False, None, "running")


def test_two_requests_are_answered_as_one(people):
    one, two = made(people, "needs_evidence"), made(people, "under_review")
    perform(people.reviewer, two.ref, "request_evidence", {"kinds": ["login_record"], "reason": "登录记录"})
    joined = perform(people.agent, two.ref, "merge", {"into": one.ref})
    put_evidence(joined, "cs_conversation")
    blocked = refused("MISSING_EVIDENCE", people.owner, joined.ref, "supply_evidence").blocked_by
    assert blocked[0].extra["missing"] == ["login_record"]
    put_evidence(joined, "login_record")
    assert perform(people.owner, joined.ref, "supply_evidence").status == "under_review"


def test_what_was_filed_at_a_place_stands_before_what_is_meant_to_be(people):
    one, two = made(people, "under_review"), made(people, "appeal_submitted")
    perform(people.owner, one.ref, "escalate", {"target": "regulator_12315"})
    filed = {"target": "regulator_12315", "filed_at": timezone.now().isoformat(), "reference": "12315-7"}
    perform(people.owner, two.ref, "record_outside_filing", filed)
    joined = perform(people.agent, two.ref, "merge", {"into": one.ref})
    open_there = [each for each in joined.escalations.all() if each.is_open]
    assert [(each.state, each.filed_reference) for each in open_there] == [("filed", "12315-7")]
    assert state(joined, "regulator_accept") == "running"


def test_tags_tasks_and_gaps_are_filled(people, mei, lin):
    kept = file_ticket(mei, filing(order_numbers=THEFT["order_numbers"], statement={}, amount=None, demands=[]))
    gone = file_ticket(mei, filing(order_numbers=THEFT["order_numbers"], account="douyin:13800000009", demands=["refund", "investigate"]))
    perform(lin, gone.ref, "tick_security_task", {"task": "password_changed", "identity_check": "ID-1"})
    joined = perform(lin, gone.ref, "merge", {"into": kept.ref})
    assert (joined.ref, str(joined.amount), joined.demands) == (kept.ref, "600.00", ["refund", "investigate"])
    assert joined.statement["symptom"] and joined.account_masked
    assert joined.security_tasks.get().task == "password_changed"
    assert joined.order_references.count() == 2


# ---- The preview
def test_a_preview_says_what_comes_and_does_nothing(people):
    one, two = made(people, "appeal_submitted"), made(people, "under_review")
    post_message(people.owner, one.ref, {"body": "请尽快"})
    stood = (Event.objects.count(), fresh(one).version, fresh(two).version)
    shown = preview_merge(people.agent, two.ref, {"into": one.ref})
    assert (shown["survivor"], shown["closes"]) == (two.ref, one.ref)
    assert shown["moves"]["messages"] == 1 and shown["moves"]["evidence"] == one.evidence.count()
    assert {"kind": "status", "key": "appeal_submitted"} in shown["ends"]
    assert {"kind": "timer", "key": "no_action"} in shown["ends"]
    assert (Event.objects.count(), fresh(one).version, fresh(two).version) == stood
    perform(people.agent, two.ref, "merge", {"into": one.ref})
    assert two.messages.filter(body="请尽快").exists()


def test_a_conflict_comes_before_everything(people):
    one, two = made(people, "remedy_pending"), made(people, "rejected")
    amend(people.supervisor, two.ref, {"complained_about": [people.agent.email]})
    refused("CONFLICT_OF_INTEREST", people.agent, one.ref, "merge", {"into": two.ref})
    assert local(fresh(one).created_at) == "07-06 09:00"


# ---- The claim
def test_of_two_that_were_never_handed_in_the_higher_claim_counts_and_goes_back(people, mei, lin, zhao):
    low = file_ticket(mei, filing(statement={"amount": "100.00"}, amount="100.00"))
    high = file_ticket(mei, filing(amount="900.00", account="douyin:13800000009"))
    joined = perform(lin, high.ref, "merge", {"into": low.ref})
    assert (joined.ref, str(joined.amount), joined.statement["amount"]) == (low.ref, "900.00", "900.00")
    perform(zhao, low.ref, "unmerge", {"ref": high.ref})
    assert (str(fresh(low).amount), fresh(low).statement["amount"], str(fresh(high).amount)) == ("100.00", "100.00", "900.00")


@pytest.mark.parametrize(("handed_in", "claim"), [(True, "900.00"), (False, "600.00")])
def test_beside_what_was_handed_in_only_what_was_handed_in_claims_more(handed_in, claim, people, lin):
    """Else filing it twice would raise a claim without a supervisor."""
    living, other = made(people, "under_review"), made(people, "appeal_submitted" if handed_in else "evidence_collection")
    Ticket.objects.filter(pk=other.pk).update(amount="900.00")
    joined = perform(lin, other.ref, "merge", {"into": living.ref})
    assert (joined.ref, str(joined.amount)) == (living.ref, claim)


def test_another_currency_and_a_decision_leave_the_claim_as_it_is(people, lin):
    decided, abroad = made(people, "remedy_pending"), made(people, "evidence_collection")
    Ticket.objects.filter(pk=abroad.pk).update(amount="9000.00", currency="USD")
    joined = perform(lin, abroad.ref, "merge", {"into": decided.ref})
    assert (str(joined.amount), joined.currency) == ("600.00", "CNY")
    more = made(people, "evidence_collection")
    Ticket.objects.filter(pk=more.pk).update(amount="9000.00")
    assert str(perform(lin, more.ref, "merge", {"into": decided.ref}).amount) == "600.00"


@pytest.mark.parametrize(("missed", "stays"), [(timedelta(days=-1), False), (timedelta(hours=1), True)])
def test_apart_again_a_clock_is_missed_only_if_it_was_missed_since(missed, stays, people):
    """The earlier date of the other one comes with its having been missed; that goes back with it."""
    case, joined_at = Case(fresh(under_review(people.owner, people.reviewer)), timezone.now()), timezone.now()
    kept = pictures(case)
    clock = next(each for each in case.timers if each.binds == "operator" and each.is_live)
    clock.overrun_at = joined_at + missed
    draw_again(clock, kept[str(clock.pk)], joined_at)
    assert (clock.overrun_at is not None) == stays
