"""What an agent does for a customer: whatever the customer may, saying how they were told, and recorded as that."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.roles import Role
from tickets.models import Event, Ticket
from tickets.operations import file_ticket, look, perform
from tickets.operations.offering import offers
from tickets.tests.cast import person
from tickets.tests.making import approval, filing, put_evidence
from tickets.tests.stages import MAKERS
from tickets.workflow import ACTIONS, Status
from tickets.workflow.action import OWNER
from tickets.workflow.errors import Refusal

pytestmark = pytest.mark.django_db

NOT_FOR_OTHERS = {"record_refund"}  # an agent's own act, with a reference


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter):
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


def last(ticket: Ticket, kind: str) -> Event:
    return Event.objects.filter(ticket=ticket, kind=kind).latest("seq")


def test_whatever_a_customer_may_an_agent_may_for_them_and_says_how_they_were_told():
    for action in ACTIONS.values():
        if OWNER in action.roles and action.key not in NOT_FOR_OTHERS:
            assert action.is_owners, action.key
            assert Role.AGENT in action.roles, action.key
            assert "no_part_in_it" in action.guards or action.key in ("file", "refer_to_police"), action.key


@pytest.mark.parametrize(
    ("action", "status", "data", "leads_to"),
    [
        ("withdraw", Status.EVIDENCE_COLLECTION, {}, Status.CLOSED),
        ("confirm_resolution", Status.RESOLVED, {}, Status.CLOSED),
        ("dispute_resolution", Status.RESOLVED, {"reason": "金额不对"}, Status.UNDER_REVIEW),
        ("supply_evidence", Status.NEEDS_EVIDENCE, {"unavailable": [{"kind": "cs_conversation", "reason": "没有"}]}, Status.UNDER_REVIEW),
        ("submit_appeal", Status.EVIDENCE_COLLECTION, {}, Status.APPEAL_SUBMITTED),
        ("refer_to_police", Status.UNDER_REVIEW, {}, Status.UNDER_REVIEW),
    ],
)
def test_an_act_for_the_customer_stands_in_the_history_as_one(action, status, data, leads_to, people, clock):
    clock("2026-03-11T10:00:00+08:00")
    ticket = MAKERS[status](people)
    done = perform(people.agent, ticket.ref, action, {**data, "told_by": "phone"})
    assert done.status == leads_to
    event = last(ticket, action)
    assert (event.actor, event.data["on_behalf"], event.data["told_by"]) == (people.agent, True, "phone")


def test_it_stands_there_without_the_way_where_nobody_says_it(people, clock):
    ticket = MAKERS[Status.RESOLVED](people)
    perform(people.agent, ticket.ref, "confirm_resolution")
    assert last(ticket, "confirm_resolution").data["on_behalf"] is True
    assert "told_by" not in last(ticket, "confirm_resolution").data


def test_a_customers_own_act_is_not_one_and_they_do_not_say_how_they_told_themselves(people, clock):
    ticket = MAKERS[Status.RESOLVED](people)
    with pytest.raises(Refusal) as refused:
        perform(people.owner, ticket.ref, "confirm_resolution", {"told_by": "phone"})
    assert "told_by" in refused.value.errors
    perform(people.owner, ticket.ref, "confirm_resolution")
    assert "on_behalf" not in last(ticket, "confirm_resolution").data
    shown = {entry["action"]: entry["fields"] for entry in offers(look(Ticket.objects.get(pk=ticket.pk), people.owner))}
    assert "told_by" not in [field["name"] for field in shown["reopen"]]


def test_who_is_complained_about_does_nothing_for_the_customer(people, clock):
    ticket = MAKERS[Status.RESOLVED](people)
    ticket.complained_about.add(people.agent)
    for action, data in (("confirm_resolution", {}), ("dispute_resolution", {"reason": "不对"}), ("withdraw", {})):
        with pytest.raises(Refusal) as refused:
            perform(people.agent, ticket.ref, action, data)
        assert refused.value.code == ("WRONG_STATUS" if action == "withdraw" else "CONFLICT_OF_INTEREST")
    ticket = MAKERS[Status.EVIDENCE_COLLECTION](people)
    ticket.complained_about.add(people.agent)
    for action in ("withdraw", "submit_appeal", "request_freeze"):
        with pytest.raises(Refusal) as refused:
            perform(people.agent, ticket.ref, action, {"not_me": True} if action == "request_freeze" else {})
        assert refused.value.code == "CONFLICT_OF_INTEREST"


def test_who_decided_does_not_accept_it_or_withdraw_for_the_customer(people, clock):
    both = person("both@example.com", Role.AGENT, Role.REVIEWER)
    ticket = MAKERS[Status.APPEAL_SUBMITTED](people)
    perform(both, ticket.ref, "start_review", {"eta_at": (timezone.now() + timedelta(days=1)).isoformat()})
    perform(both, ticket.ref, "approve", approval())
    with pytest.raises(Refusal) as refused:
        perform(both, ticket.ref, "withdraw", {"told_by": "phone"})
    assert refused.value.code == "SAME_SIGNATORY"
    perform(people.service, ticket.ref, "confirm_remedy", {"reference": "R-1"})
    with pytest.raises(Refusal) as refused:
        perform(both, ticket.ref, "confirm_resolution", {"told_by": "phone"})
    assert refused.value.code == "SAME_SIGNATORY"


def test_letting_a_freeze_go_for_the_customer_needs_a_check_of_identity(people, clock):
    ticket = MAKERS[Status.FROZEN](people)
    with pytest.raises(Refusal) as refused:
        perform(people.agent, ticket.ref, "withdraw", {"keep_freeze": False, "told_by": "phone"})
    assert refused.value.code == "REFERENCE_REQUIRED"
    perform(people.agent, ticket.ref, "withdraw", {"keep_freeze": False, "told_by": "phone", "identity_check": "ID-7"})
    assert ticket.freezes.get().lift_proof == "ID-7"


def test_a_customer_asks_to_reopen_by_telephone_and_a_supervisor_decides(people, clock):
    ticket = MAKERS[Status.CLOSED](people)
    done = perform(people.agent, ticket.ref, "reopen", {"reason": "又被扣款", "told_by": "phone"})
    assert done.status == Status.CLOSED
    assert done.reopen_requested_at is not None
    assert last(ticket, "reopen_requested").data["told_by"] == "phone"
    assert perform(people.supervisor, ticket.ref, "reopen", {"reason": "同意"}).status == Status.UNDER_REVIEW
    assert "on_behalf" not in last(ticket, "reopen").data


def test_what_comes_with_a_call_is_filed_for_the_caller(lin, mei, clock):
    ticket = file_ticket(lin, filing(on_behalf_of=mei.email, channel="wechat", request_freeze=True, account="douyin:13800000001"))
    assert last(ticket, "request_freeze").data["told_by"] == "wechat"
    put_evidence(ticket, "transaction_screenshot")
    silent = file_ticket(lin, filing("merchant_deduction", on_behalf_of=mei.email, channel="phone"))
    assert last(silent, "filed").data["told_by"] == "phone"


def test_the_days_of_silence_begin_anew_with_what_a_customer_says_by_telephone(people, clock):
    clock("2026-03-11T10:00:00+08:00")
    ticket = file_ticket(people.owner, filing())
    before = ticket.timers.get(key="abandoned").due_at
    clock("2026-03-20T10:00:00+08:00")
    perform(people.agent, ticket.ref, "request_freeze", {"account": "douyin:13800000002", "not_me": True, "told_by": "phone"})
    assert ticket.timers.get(key="abandoned").due_at > before
