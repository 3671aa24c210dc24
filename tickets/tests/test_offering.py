"""What is offered can be done: every allowed action, with a body of the fields that are said to be required and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tickets.cases.case import Case
from tickets.cases.guards import GUARDS
from tickets.models import Ticket
from tickets.operations import dry_run_action, file_ticket, look, offers, perform
from tickets.operations.offering import POSSIBLE, SATISFIED_BY
from tickets.tests.making import filing, put_evidence, rejection, under_review
from tickets.tests.stages import MAKERS, People
from tickets.workflow import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:52:00+08:00")


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter) -> People:
    return People(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


def entries(ticket: Ticket, viewer: User) -> dict[str, dict]:
    return {entry["action"]: entry for entry in offers(look(Ticket.objects.get(pk=ticket.pk), viewer))}


def sample(case: Case, action: str, field: dict) -> object:
    """Any value of the type; of the choices the first."""
    first = field.get("choices", ["x"])[0]
    if field["name"] == "remedies":
        return [{"kind": "refund_full"}]
    if field["name"] == "into":
        return twin_of(case.ticket)
    if field["name"] == "evidence":
        return [item.pk for item in case.evidence]
    if field["name"] == "amount" and action == "raise_claim":
        return str((case.ticket.amount or 0) + 1)
    if action == "request_call" and field["name"] == "number":
        return "13800138000"
    if field["name"] in ("filed_at", "received_at"):
        return timezone.now().isoformat()
    return {
        "entries": [{"at": timezone.now().isoformat(), "text": "充值", "amount": "1.00"}],
        "text": "因为需要", "choice": first, "choices": [first], "boolean": True, "integer": 1, "money": "600.00",
        "instant": (timezone.now() + timedelta(days=1)).isoformat(), "date": "2026-03-12",
        "answers": dict.fromkeys(case.ticket.demands, "不予退款。"),
        "unavailable": [{"kind": kind, "reason": "没有"} for kind in (case.open_request.kinds if case.open_request else [])],
    }[field["type"]]  # fmt: skip


def twin_of(ticket: Ticket) -> str:
    return Ticket.objects.filter(owner=ticket.owner).exclude(pk=ticket.pk).exclude(status__in=("draft", "closed", "resolved")).first().ref


@pytest.mark.parametrize("status", MAKERS)
@pytest.mark.parametrize("role", ["owner", "agent", "operator", "reviewer", "supervisor", "privacy", "service"])
def test_what_is_offered_can_be_done(people, status, role):
    file_ticket(people.owner, filing())
    ticket = MAKERS[status](people)
    viewer = getattr(people, role)
    if not Ticket.objects.visible_to(viewer).filter(pk=ticket.pk).exists():
        return
    case = look(Ticket.objects.get(pk=ticket.pk), viewer)
    for action, entry in entries(ticket, viewer).items():
        if not entry["allowed"]:
            continue
        body = {field["name"]: sample(case, action, field) for field in entry["fields"] if field["required"]}
        try:
            with dry_run_action(viewer, ticket.ref, action, body):
                pass
        except Refusal as refusal:
            pytest.fail(f"{role} may {action} in {status} but {refusal.code} {getattr(refusal, 'errors', '')} for {body}")


def required(ticket: Ticket, viewer: User, action: str) -> set[str]:
    return {field["name"] for field in entries(ticket, viewer)[action]["fields"] if field["required"]}


def test_a_promise_is_needed_where_nobody_has_answered_yet(people):
    ticket = MAKERS["appeal_submitted"](people)
    assert required(ticket, people.reviewer, "start_review") == {"eta_at"}


def test_who_withdraws_while_frozen_says_what_becomes_of_the_freeze(people):
    assert required(MAKERS["frozen"](people), people.owner, "withdraw") == {"keep_freeze"}
    assert required(MAKERS["evidence_collection"](people), people.owner, "withdraw") == set()


def test_a_field_tells_its_type_and_choices(people):
    fields = {field["name"]: field for field in entries(MAKERS["under_review"](people), people.reviewer)["approve"]["fields"]}
    assert fields["root_cause"]["choices"][0] == "platform_system"
    assert (fields["answers"]["type"], fields["answers"]["required"]) == ("answers", True)
    assert (fields["evidence"]["type"], fields["evidence"]["required"]) == ("ids", False)


def test_numbers_of_other_places_are_text(people):
    named = [field for entry in entries(MAKERS["escalated"](people), people.agent).values() for field in entry["fields"]]
    assert {field["type"] for field in named if field["name"] in ("reference", "number", "account", "order_number")} == {"text"}
    assert {field["type"] for field in named if field["name"] == "freeze"} == {"integer"}


def test_a_rejection_without_proof_is_not_offered_where_the_burden_is_ours(people):
    ticket = under_review(people.owner, people.reviewer, "billing_unauthorized")
    entry = entries(ticket, people.reviewer)["reject"]
    assert (entry["allowed"], entry["blocked_by"]) == (False, [{"code": "BURDEN_OF_PROOF"}])
    put_evidence(ticket, "system_log")
    assert {"evidence", "answers"} <= required(ticket, people.reviewer, "reject")
    log = ticket.evidence.get(kind="system_log").pk
    assert perform(people.reviewer, ticket.ref, "reject", rejection(evidence=[log])).status == "rejected"


def test_what_is_the_only_one_of_its_kind_cannot_be_joined(people):
    ticket = MAKERS["evidence_collection"](people)
    assert entries(ticket, people.agent)["merge"]["blocked_by"] == [{"code": "NOT_A_DUPLICATE"}]
    file_ticket(people.owner, filing())
    assert entries(ticket, people.agent)["merge"]["allowed"]


def test_an_answer_is_recorded_of_a_place_that_was_asked(people):
    ticket = MAKERS["escalated"](people)
    fields = {field["name"]: field for field in entries(ticket, people.agent)["record_external_answer"]["fields"]}
    assert fields["target"]["choices"] == ["consumer_association"]


def test_every_guard_that_a_field_satisfies_is_one():
    assert {*SATISFIED_BY, *POSSIBLE} <= GUARDS.keys()
