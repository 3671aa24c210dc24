"""For somebody else: nothing of the owner's is shown or done before the owner says so, and only the owner's own say counts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Phone, TextMessage, User
from evidence.people.erasure import erase_person
from tickets.delivery.sending import deliver_waiting
from tickets.models import Freeze, Notification, Representation, Ticket
from tickets.operations import amend, file_ticket, look, menu, perform, post_message, split_ticket, start_draft
from tickets.operations.binding import bind_contact
from tickets.operations.representing import answer_representative, name_represented
from tickets.tests.cast import person
from tickets.tests.making import filing, put_evidence
from tickets.workflow import ACTIONS, Forbidden, Invalid, NotFound, Refusal

pytestmark = pytest.mark.django_db
FOR_WANG = {"relation": "helper", "whom": "王奶奶", "contact": "wang@example.com"}


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao) -> SimpleNamespace:
    return SimpleNamespace(helper=mei, owner=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao)


def file_for(people, **said: object) -> Ticket:
    draft = start_draft(people.helper, filing())
    name_represented(people.helper, draft.ref, {**FOR_WANG, **said})
    return perform(people.helper, draft.ref, "file")


def agreed_for(people, **said: object) -> Ticket:
    ticket = file_for(people)
    answer_representative(people.owner, ticket.ref, ticket.representations.get().pk, {"answer": "agree", **said})
    return ticket


def sees(user: User, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()


def test_what_a_helper_files_is_the_owners_at_once_and_the_helper_sees_nothing_of_it(people):
    ticket = file_for(people)
    assert (ticket.owner, ticket.filed_by) == (people.owner, people.helper)
    assert ticket.represented_by == {"name": people.helper.name, "as": "helper", "document": None}
    assert sees(people.owner, ticket) and not sees(people.helper, ticket)
    for act in ("submit_appeal", "withdraw", "request_freeze"):
        with pytest.raises(NotFound):
            perform(people.helper, ticket.ref, act, {})
    with pytest.raises(NotFound):
        answer_representative(people.helper, ticket.ref, ticket.representations.get().pk, {"answer": "agree"})
    assert Notification.objects.filter(recipient=people.owner, kind="representative_named", urgent=True).count() == 1


def test_with_the_owners_say_the_helper_does_what_the_owner_may_and_the_history_says_who_did_it(people):
    ticket = agreed_for(people)
    assert sees(people.helper, ticket)
    for kind in ("transaction_screenshot", "cs_conversation", "order_number", "written_statement"):
        put_evidence(ticket, kind)
    post_message(people.helper, ticket.ref, {"body": "奶奶说她没有付过"})
    done = perform(people.helper, ticket.ref, "withdraw", {})
    event = done.events.get(kind="withdraw")
    assert event.actor == people.helper
    assert (event.data["on_behalf"], event.data["as"]) == (True, "helper")
    assert done.owner == people.owner


def test_what_proves_who_one_is_stays_the_owners(people):
    """The end of a freeze, safety tasks, and to withdraw so that the freeze ends."""
    draft = start_draft(people.helper, filing("billing_unauthorized", account="alipay:wang", not_me=True))
    name_represented(people.helper, draft.ref, FOR_WANG)
    ticket = perform(people.helper, draft.ref, "request_freeze", {"not_me": True})
    answer_representative(people.owner, ticket.ref, ticket.representations.get().pk, {"answer": "agree"})
    perform(people.operator, ticket.ref, "confirm_freeze", {"reference": "FZ-1"})
    attempts = [
        ("request_lift", {"identity_check": "made up"}),
        ("tick_security_task", {"task": "password_changed", "identity_check": "made up"}),
        ("withdraw", {"keep_freeze": False, "identity_check": "made up"}),
    ]
    for act, said in attempts:
        with pytest.raises(Refusal) as caught:
            perform(people.helper, ticket.ref, act, said)
        assert caught.value.code == "OWNERS_ALONE", act
    told = {entry["action"]: entry for entry in menu(look(Ticket.objects.get(pk=ticket.pk), people.helper))}
    assert not told["request_lift"]["allowed"]
    perform(people.owner, ticket.ref, "request_lift", {"reason": "是我"})


def test_a_freeze_does_not_wait_for_the_owners_say_and_is_the_owners(people):
    ticket = file_ticket(people.helper, filing("billing_unauthorized", account="alipay:wang", not_me=True, request_freeze=True))
    name_represented(people.helper, ticket.ref, FOR_WANG)
    freeze = Freeze.objects.get()
    assert (freeze.state, freeze.owner) == ("requested", people.owner)
    assert not sees(people.helper, ticket)


def test_where_the_owner_has_that_freeze_already_both_stay_and_the_desk_is_told(people):
    file_ticket(people.owner, filing("billing_unauthorized", account="alipay:wang", not_me=True, request_freeze=True))
    ticket = file_ticket(people.helper, filing("billing_unauthorized", account="alipay:wang", not_me=True, request_freeze=True))
    name_represented(people.helper, ticket.ref, FOR_WANG)
    ticket.refresh_from_db()
    assert ticket.owner == people.helper
    assert ticket.events.get(kind="representation_waits").visibility == "internal"


def test_the_owner_ends_it_in_one_act_and_refuses_in_one(people):
    ticket = agreed_for(people)
    row = ticket.representations.get()
    answer_representative(people.owner, ticket.ref, row.pk, {"answer": "end"})
    assert not sees(people.helper, ticket)
    with pytest.raises(NotFound):
        perform(people.helper, ticket.ref, "withdraw", {})
    with pytest.raises(Refusal):
        answer_representative(people.owner, ticket.ref, row.pk, {"answer": "agree"})
    assert Ticket.objects.get(pk=ticket.pk).represented_by is None
    other = file_for(people)
    answer_representative(people.owner, other.ref, other.representations.get().pk, {"answer": "end"})
    assert other.representations.get().state == "refused" and not sees(people.helper, other)


def test_nobody_but_the_owner_agrees(people):
    ticket = file_for(people)
    for somebody in (people.agent, people.supervisor):
        with pytest.raises(Forbidden):
            answer_representative(somebody, ticket.ref, ticket.representations.get().pk, {"answer": "agree"})
    agreed_one = agreed_for(people)
    third = person("third@example.com")
    row = Representation.objects.create(
        ticket=agreed_one, person=third, relation="helper", whom="王", contact="wang@example.com", asked_at=agreed_one.created_at
    )
    with pytest.raises(Forbidden):
        answer_representative(people.helper, agreed_one.ref, row.pk, {"answer": "agree"})


def test_a_guardian_owns_the_complaint_of_the_child(people):
    draft = start_draft(people.helper, filing())
    name_represented(people.helper, draft.ref, {"relation": "guardian", "whom": "小明", "contact": "wang@example.com"})
    ticket = perform(people.helper, draft.ref, "file")
    row = ticket.representations.get()
    assert ticket.owner == people.helper and ticket.represented_by["as"] == "guardian"
    assert (row.whom, row.contact, row.state) == ("小明", "", "own")


def test_nobody_helps_themselves_or_a_colleague_of_the_desk(people):
    draft = start_draft(people.helper, filing())
    for contact in (people.helper.email, people.agent.email, "no contact", ""):
        with pytest.raises(Invalid) as caught:
            name_represented(people.helper, draft.ref, {**FOR_WANG, "contact": contact})
        assert "contact" in caught.value.errors
    with pytest.raises(Forbidden):
        name_represented(people.agent, start_draft(people.agent, filing()).ref, FOR_WANG)


def test_a_number_without_an_account_is_asked_by_text_once_a_day_without_any_name(people, settings):
    settings.SMS_GATEWAY_URL = "https://sms.example.com/send"
    one = file_for(people, contact="138 0013 8000")
    two = file_for(people, contact="13800138000")
    assert (one.contact, one.owner_id) == ("+8613800138000", two.owner_id)
    assert TextMessage.objects.filter(number="+8613800138000").count() == 1
    Phone.objects.create(user=people.owner, number="+8613800138000", verified_at=one.created_at)
    assert bind_contact("+8613800138000") == 2
    one.refresh_from_db()
    answer_representative(people.owner, one.ref, one.representations.get().pk, {"answer": "agree"})
    assert sees(people.helper, one) and not sees(people.helper, two)


@pytest.mark.parametrize("letters", [True, False])
def test_copies_of_letters_go_to_the_helper_where_the_owner_said_so(people, letters):
    ticket = agreed_for(people, letters=letters)
    deliver_waiting(timezone.now())
    asked = {letter.to[0] for letter in mail.outbox if "representative" in letter.subject or ticket.ref in letter.subject}
    assert asked == {people.owner.email, people.helper.email}
    mail.outbox.clear()
    post_message(people.agent, ticket.ref, {"body": "请补充订单号"})
    for _once_more in range(2):
        deliver_waiting(timezone.now())
    to = sorted(address for letter in mail.outbox for address in letter.to)
    assert to == sorted([people.owner.email, people.helper.email] if letters else [people.owner.email])
    assert all(f"/tickets/{ticket.ref}/" in letter.body and "/desk/" not in letter.body for letter in mail.outbox)


def test_whoever_acts_acts_in_what_is_split_off_too_and_is_gone_with_their_account(people):
    ticket = agreed_for(people)
    other = split_ticket(people.agent, ticket.ref, {"amount": "1.00"})
    assert sees(people.helper, other)
    erase_person(people.helper, people.helper)
    assert not Representation.objects.exists()
    assert Ticket.objects.get(pk=ticket.pk).represented_by is None


def test_a_helper_corrects_for_the_owner_before_it_is_handed_in(people):
    ticket = agreed_for(people)
    amend(people.helper, ticket.ref, {"demands": ["refund", "investigate"]})
    assert ticket.events.filter(kind="amended").get().data["as"] == "helper"


def test_every_act_that_asks_for_identity_is_one_that_whoever_acts_cannot_take():
    identity = {key for key, action in ACTIONS.items() if any(field.name == "identity_check" for field in action.inputs)}
    assert identity == {key for key, action in ACTIONS.items() if {"identity_proven", "proven_to_let_go"} & set(action.guards)}


def test_the_page_opens_for_the_helper_only_between_the_say_and_its_end_and_never_for_a_stranger(people, client):
    ticket = file_for(people)
    row, page = ticket.representations.get(), f"/tickets/{ticket.ref}/"
    statuses = {}
    for state, answer in (("asked", ""), ("agreed", "agree"), ("ended", "end")):
        if answer:
            answer_representative(people.owner, ticket.ref, row.pk, {"answer": answer})
        for who in (people.helper, person(f"stranger-{state}@example.com", follows_others=True)):
            client.force_login(User.objects.get(pk=who.pk))
            statuses[state, who is people.helper] = client.get(page).status_code
    assert statuses == {
        ("asked", True): 302, ("agreed", True): 200, ("ended", True): 302,
        ("asked", False): 404, ("agreed", False): 404, ("ended", False): 404,
    }  # fmt: skip
