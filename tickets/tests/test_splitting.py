"""A complaint split off keeps the times of the one it was split from: nothing of the customer's begins anew."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tickets.operations import file_ticket, perform, split_ticket
from tickets.tests.making import filing, rejection
from tickets.tests.stages import MAKERS, eta
from tickets.tests.telling import fresh, state, timer

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter, clock):
    clock("2026-07-06T09:00:00+08:00")
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


def test_on_day_twenty_it_is_as_old_and_as_good_as_the_first(people, clock):
    old = MAKERS["under_review"](people)
    assert old.refund_tier == "full_eligible"
    clock("2026-07-07T09:00:00+08:00")
    perform(people.reviewer, old.ref, "reject", rejection())
    clock("2026-07-26T09:00:00+08:00")
    new, old = split_ticket(people.agent, old.ref, {}), fresh(old)
    same = ("owner_id", "discovered_at", "reported_at", "submitted_at", "refund_tier", "late_claim", "police_cooperation", "policy_id")
    assert {name: getattr(new, name) for name in same} == {name: getattr(old, name) for name in same}
    assert (new.late_claim, new.refund_tier, new.status) == (False, "full_eligible", "appeal_submitted")
    assert {key: state(new, key) for key in ("claim_limit", "full_refund_window", "first_response")} == {
        key: state(old, key) for key in ("claim_limit", "full_refund_window", "first_response")
    }
    assert timer(new, "review_limit").started_at == fresh(new).created_at, "decided there, it begins here now"
    assert new.submissions.get().at == old.submitted_at
    assert perform(people.reviewer, new.ref, "start_review", {"eta_at": eta()}).status == "under_review"


def test_what_runs_there_runs_here_from_the_same_beginning(people, clock):
    old = MAKERS["appeal_submitted"](people)
    clock("2026-07-08T09:00:00+08:00")
    new = split_ticket(people.agent, old.ref, {"amount": "100.00"})
    for key in ("review_target", "review_limit", "no_action", "regulatory_final", "first_response"):
        assert (timer(new, key).started_at, timer(new, key).due_at) == (timer(old, key).started_at, timer(old, key).due_at), key
    assert timer(new, "abandoned") is None or not timer(new, "abandoned").is_live
    assert str(new.amount) == "100.00"


def test_a_pause_is_not_inherited_and_costs_nothing(people, clock):
    old = MAKERS["needs_evidence"](people)
    new = split_ticket(people.agent, old.ref, {})
    assert (new.status, state(new, "review_limit"), state(old, "review_limit")) == ("appeal_submitted", "running", "paused")


def test_before_it_is_handed_in_its_windows_run_on(people, clock):
    old = file_ticket(people.owner, filing())
    clock("2026-07-07T09:00:00+08:00")
    new = split_ticket(people.agent, old.ref, {})
    assert (new.status, new.submitted_at, new.reported_at) == ("evidence_collection", None, fresh(old).reported_at)
    for key in ("full_refund_window", "abandoned"):
        assert timer(new, key).due_at == timer(old, key).due_at
    late = clock("2026-07-09T09:00:00+08:00")
    assert late and perform(people.agent, old.ref, "request_freeze", {"account": "x:1234567", "not_me": True, "told_by": "phone"})
    again = split_ticket(people.agent, old.ref, {})
    assert (again.refund_tier, fresh(old).refund_tier) == ("discretionary", "discretionary")
