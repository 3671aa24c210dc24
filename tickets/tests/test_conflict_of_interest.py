"""Whom a complaint is about: they have no part in it, wherever it goes."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tickets.delivery.groups import turn_to_members
from tickets.models import Bill, BillFinding, Message, Notification, Ticket, Timer
from tickets.operations import amend, assign_all, check_message, file_ticket, perform, post_message, split_ticket
from tickets.operations.bulk_actions import Wish
from tickets.tests.cast import person
from tickets.tests.making import approval, filing, rejection, upheld
from tickets.tests.staffing import Mode, holder, rule, told
from tickets.tests.stages import MAKERS, eta
from tickets.tests.telling import refused
from tickets.workflow.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db


def about(ticket: Ticket) -> set[User]:
    return set(ticket.complained_about.all())


# ---- It goes where the complaint goes
def test_what_is_split_off_is_about_the_same_people(clock, mei, lin, chen, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"complained_about": [chen.email]})
    assert about(split_ticket(lin, ticket.ref, {"category": "merchant_deduction"})) == {chen}


def test_what_is_split_off_is_not_given_to_those_it_is_about(clock, mei, lin, zhao) -> None:
    """The only agent left is the one complained about: rather nobody's."""
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    other = person("ann@example.com", Role.AGENT)
    rule(Mode.ROUND_ROBIN)
    assert holder(split_ticket(other, ticket.ref, {})) is None


def test_a_merge_takes_along_whom_it_is_about(clock, mei, lin, chen, zhao, sun) -> None:
    two, one = (file_ticket(mei, filing()) for _ in range(2))
    amend(zhao, one.ref, {"complained_about": [chen.email]})
    amend(zhao, two.ref, {"complained_about": [sun.email], "assignee": chen.email})
    perform(lin, one.ref, "merge", {"into": two.ref})
    assert about(two) == {chen, sun}
    assert holder(two) is None


def test_a_merge_that_is_about_nobody_leaves_the_other_with_its_assignee(clock, mei, lin, chen) -> None:
    one, two = (file_ticket(mei, filing()) for _ in range(2))
    amend(lin, two.ref, {"assignee": chen.email})
    perform(lin, one.ref, "merge", {"into": two.ref})
    assert (about(two), holder(two)) == (set(), chen)


def test_nothing_is_joined_into_a_case_of_one_s_own(clock, mei, lin, chen, zhao) -> None:
    one, two = (file_ticket(mei, filing()) for _ in range(2))
    amend(zhao, two.ref, {"complained_about": [lin.email]})
    refused("CONFLICT_OF_INTEREST", lin, one.ref, "merge", {"into": two.ref})
    assert Ticket.objects.get(pk=one.pk).merged_into is None


# ---- They do not speak for the desk
def test_those_complained_about_say_nothing_for_the_desk(clock, mei, lin, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    for raw in ({"body": "我们会处理", "eta_at": eta()}, {"body": "记一笔", "visibility": "internal"}):
        for said in (post_message, check_message):
            with pytest.raises(Forbidden) as caught:
                said(lin, ticket.ref, raw)
            assert caught.value.code == "CONFLICT_OF_INTEREST"
    assert not Message.objects.exists()
    assert Timer.objects.get(ticket=ticket, key="first_response").is_live


def test_an_owner_of_the_desk_writes_as_its_owner(clock, lin) -> None:
    ticket = file_ticket(lin, filing())
    assert post_message(lin, ticket.ref, {"body": "请尽快处理"}).by_staff is False


# ---- They are not given it
@pytest.mark.parametrize("part", ["owner", "complained_about"])
def test_nobody_is_assigned_a_case_of_their_own(part, clock, mei, lin, zhao) -> None:
    ticket = file_ticket(lin if part == "owner" else mei, filing())
    if part == "complained_about":
        amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    with pytest.raises(Invalid) as invalid:
        amend(zhao, ticket.ref, {"assignee": lin.email})
    assert list(invalid.value.errors) == ["assignee"]
    outcome = assign_all(zhao, {ticket.ref: Wish(0, lin.pk)}, {lin.pk: lin.email})[ticket.ref]
    assert isinstance(outcome, Invalid)
    assert holder(ticket) is None


def test_nor_in_the_same_breath_as_it_is_said(clock, mei, lin, zhao) -> None:
    ticket = file_ticket(mei, filing())
    with pytest.raises(Invalid) as invalid:
        amend(zhao, ticket.ref, {"assignee": lin.email, "complained_about": [lin.email]})
    assert list(invalid.value.errors) == ["assignee"]
    assert (about(ticket), holder(ticket)) == (set(), None)


def test_who_took_the_call_may_have_it(clock, mei, lin) -> None:
    ticket = file_ticket(lin, filing(on_behalf_of=mei.email, channel="phone"))
    assert amend(lin, ticket.ref, {"assignee": lin.email}).assignee == lin


def test_whoever_is_complained_about_gives_it_up(clock, mei, lin, chen, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"assignee": lin.email})
    amend(zhao, ticket.ref, {"complained_about": [chen.email]})
    assert holder(ticket) == lin
    amend(zhao, ticket.ref, {"complained_about": [chen.email, lin.email]})
    assert holder(ticket) is None
    assert told(ticket)[-1] == (None, "released", zhao.pk)


def test_and_the_rule_gives_it_to_the_next(clock, mei, lin, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"assignee": lin.email})
    other = person("ann@example.com", Role.AGENT)
    rule(Mode.ROUND_ROBIN)
    amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    assert holder(ticket) == other
    assert told(ticket)[-1] == (other.pk, "round_robin", None)


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


# ---- Freezes, and disputes about one's own word
@pytest.mark.parametrize("action", ["confirm_freeze", "fail_freeze"])
@pytest.mark.parametrize("part", ["owner", "complained_about"])
def test_nobody_answers_for_a_freeze_of_their_own_case(part, action, clock, people) -> None:
    operator = people.operator
    if part == "owner":
        people.owner = operator
    ticket = MAKERS["freeze_pending"](people)
    if part == "complained_about":
        amend(people.supervisor, ticket.ref, {"complained_about": [operator.email]})
    refused("CONFLICT_OF_INTEREST", operator, ticket.ref, action, {"note": "x"} if action == "confirm_freeze" else {"reason": "x"})


def test_those_complained_about_tick_no_task_that_opens_the_lift(clock, people) -> None:
    ticket = MAKERS["freeze_pending"](people)
    amend(people.supervisor, ticket.ref, {"complained_about": [people.agent.email]})
    refused("CONFLICT_OF_INTEREST", people.agent, ticket.ref, "tick_security_task", {"task": "password_changed"})
    perform(people.owner, ticket.ref, "tick_security_task", {"task": "password_changed"})


@pytest.mark.parametrize("action", ["uphold_rejection", "uphold_customer"])
def test_nobody_settles_a_dispute_about_their_own_decision(action, clock, people) -> None:
    both = people.reviewer = person("both@example.com", Role.REVIEWER, Role.SUPERVISOR)
    ticket = MAKERS["rejected"](people)
    perform(people.owner, ticket.ref, "escalate", {"target": "l1_internal"})
    said = upheld() if action == "uphold_customer" else {"note": "x"}
    refused("SAME_SIGNATORY", both, ticket.ref, action, said)
    perform(people.supervisor, ticket.ref, action, said)


@pytest.mark.parametrize("round_about", ["what another took back", "an old answer from outside"])
def test_nor_by_what_lies_between(round_about, clock, people) -> None:
    both = people.reviewer = person("both@example.com", Role.REVIEWER, Role.SUPERVISOR)
    ticket = MAKERS["rejected"](people)
    if round_about == "what another took back":
        perform(people.owner, ticket.ref, "escalate", {"target": "l1_internal"})
        other = person("other@example.com", Role.REVIEWER)
        perform(other, ticket.ref, "approve", approval())
        perform(other, ticket.ref, "retract_decision")
    else:
        perform(people.owner, ticket.ref, "escalate", {"target": "payment_channel"})
        clock(timezone.now() + timedelta(hours=1))
        answer = {"target": "payment_channel", "outcome": "rejected", "reference": "X"}
        perform(people.agent, ticket.ref, "record_external_answer", answer)
        perform(people.supervisor, ticket.ref, "return_to_review", {"note": "again"})
        clock(timezone.now() + timedelta(hours=1))
        perform(both, ticket.ref, "reject", rejection())
        perform(people.owner, ticket.ref, "escalate", {"target": "l1_internal"})
    refused("SAME_SIGNATORY", both, ticket.ref, "uphold_rejection", {"note": "x"})


def test_what_somebody_took_back_keeps_them_from_nothing(clock, people) -> None:
    both = person("both@example.com", Role.REVIEWER, Role.SUPERVISOR)
    ticket = MAKERS["rejected"](people)
    perform(people.owner, ticket.ref, "escalate", {"target": "l1_internal"})
    perform(both, ticket.ref, "approve", approval())
    perform(both, ticket.ref, "retract_decision")
    assert perform(both, ticket.ref, "uphold_rejection", {"note": "x"}).status == "rejected"


@pytest.mark.parametrize(("mine", "theirs", "left"), [("confirmed", "dismissed", "confirmed"), ("dismissed", "confirmed", "confirmed")])
def test_a_merge_keeps_what_a_person_confirmed_of_one_bill_about_both(mine, theirs, left, clock, people) -> None:
    one, other = (MAKERS["evidence_collection"](people) for _ in range(2))
    bill = Bill.objects.create(name="m.csv", uploaded_by=people.agent, created_at=timezone.now(), state="done")
    for ticket, state in ((one, mine), (other, theirs)):
        BillFinding.objects.create(bill=bill, ticket=ticket, verdict="paid", amount="1280.00", state=state)
    perform(people.agent, one.ref, "merge", {"into": other.ref})
    assert BillFinding.objects.get(ticket=one).state == left, "the older lives"


def test_whose_case_it_is_gets_no_urgent_letter_to_the_group(clock, people) -> None:
    people.owner = person("kin@example.com", Role.SUPERVISOR)
    ticket = MAKERS["freeze_pending"](people)
    perform(people.operator, ticket.ref, "fail_freeze", {"reason": "no"})
    turn_to_members(timezone.now() + timedelta(minutes=1))
    told = Notification.objects.filter(audience="supervisors", kind="fail_freeze").exclude(recipient=None)
    assert set(told.values_list("recipient", flat=True)) == {people.supervisor.pk}


def test_nor_goes_round_the_second_signature_that_way(clock, people) -> None:
    both = people.reviewer = person("both@example.com", Role.REVIEWER, Role.SUPERVISOR)
    ticket = MAKERS["rejected"](people)
    perform(people.owner, ticket.ref, "escalate", {"target": "l1_internal"})
    perform(both, ticket.ref, "approve", approval())
    refused("WRONG_STATUS", both, ticket.ref, "uphold_customer", upheld())
    refused("SAME_SIGNATORY", both, ticket.ref, "countersign")


# ---- Naming is no way to send colleagues off a case
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PRIVACY_OFFICER, Role.FREEZE_OPERATOR])
def test_an_agent_names_nobody_who_watches(role: Role, clock, mei, lin, zhao) -> None:
    ticket, watcher = file_ticket(mei, filing()), person("watcher@example.com", role)
    with pytest.raises(Forbidden):
        amend(lin, ticket.ref, {"complained_about": [watcher.email]})
    assert about(ticket) == set()
    amend(zhao, ticket.ref, {"complained_about": [watcher.email]})
    assert about(ticket) == {watcher}


def test_what_an_agent_named_is_taken_back_by_a_supervisor_alone(clock, mei, lin, chen, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(lin, ticket.ref, {"complained_about": [chen.email]})
    with pytest.raises(Forbidden):
        amend(lin, ticket.ref, {"complained_about": []})
    amend(zhao, ticket.ref, {"complained_about": []})
    assert about(ticket) == set()


def test_a_supervisor_does_not_free_whom_they_named_among_those_who_watch(clock, mei, zhao, sun) -> None:
    ticket, second = file_ticket(mei, filing()), person("second@example.com", Role.SUPERVISOR)
    amend(zhao, ticket.ref, {"complained_about": [sun.email]})
    with pytest.raises(Forbidden):
        amend(zhao, ticket.ref, {"complained_about": []})
    amend(second, ticket.ref, {"complained_about": []})
    assert about(ticket) == set()


def test_one_supervisor_stays(clock, mei, zhao) -> None:
    ticket, second = file_ticket(mei, filing()), person("second@example.com", Role.SUPERVISOR)
    with pytest.raises(Invalid):
        amend(zhao, ticket.ref, {"complained_about": [zhao.email, second.email]})
    amend(zhao, ticket.ref, {"complained_about": [second.email]})
    with pytest.raises(Invalid):
        amend(zhao, ticket.ref, {"complained_about": [second.email, zhao.email]})


def test_supervisors_hear_of_it_at_once_and_the_history_names_them(clock, mei, lin, chen, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(lin, ticket.ref, {"complained_about": [chen.email]})
    event = ticket.events.get(kind="complained_about_changed")
    assert (event.data, event.actor, event.visibility) == ({"named": [chen.pk], "freed": []}, lin, "internal")
    turn_to_members(timezone.now())
    assert Notification.objects.filter(kind="complained_about_changed", recipient=zhao).exists()
