"""A colleague who complains: at the desk they learn of their own complaint what any customer learns, and no more."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.roles import Role
from desk.tests.reading import actions, form_of
from desk.tests.test_bills import hand_in
from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.tests import making
from tickets.models import Bill, BillFinding, Decision, Event, Message, Notification, Ticket
from tickets.operations import amend, file_ticket, link, perform
from tickets.staffing import acknowledge_freeze
from tickets.tests.cast import person
from tickets.tests.making import approval, filing
from tickets.tests.stages import MAKERS, evidence_collection
from tickets.tests.test_bills import TXN, WECHAT
from tickets.workflow.errors import Forbidden

pytestmark = pytest.mark.django_db
ROLES = (Role.AGENT, Role.REVIEWER, Role.SUPERVISOR)


@pytest.fixture
def people(people):
    people.owner = person("kin@example.com", *ROLES)
    return people


@pytest.fixture
def ref(people, clock) -> str:
    """Complained about is the agent; a decision waits for a second signature."""
    ticket = MAKERS["under_review"](people)
    amend(people.supervisor, ticket.ref, {"complained_about": [people.agent.email]})
    Ticket.objects.filter(pk=ticket.pk).update(amount="1280.00")
    perform(people.reviewer, ticket.ref, "approve", approval())
    return ticket.ref


def page(client, ref: str, rest: str = "") -> str:
    return client.get(f"/desk/tickets/{ref}/{rest}").content.decode()


def test_neither_an_undecided_decision_nor_whom_it_is_about(people, at, ref) -> None:
    colleague = page(at(people.supervisor), ref)
    assert "Needs a second signature" in colleague
    assert "Complained about" in colleague
    own = page(at(people.owner), ref)
    assert approval()["explanation"] not in own
    assert "Needs a second signature" not in own
    assert "Complained about" not in own
    perform(people.supervisor, ref, "countersign")
    assert approval()["explanation"] in page(at(people.owner), ref)


def test_whether_one_waits_is_not_told_by_what_may_be_done(people, at, ref) -> None:
    before = actions(page(at(people.owner), ref))
    blocked = page(at(people.owner), ref).count("You are part of this case yourself")
    perform(people.reviewer, ref, "retract_decision")
    after = page(at(people.owner), ref)
    assert (actions(after), after.count("You are part of this case yourself")) == (before, blocked)
    assert at(people.owner).get(f"/desk/tickets/{ref}/decide/?as=approve").status_code == 403


def test_those_complained_about_read_no_note_and_no_file_of_one(people, at, ref) -> None:
    said = "He has done this before: look at his other cases."
    form = form_of(page(at(people.supervisor), ref), "message")
    note = {**form.filled(body=said, visibility="internal"), "files": making.file(making.png(), "聊天记录.png")}
    assert at(people.supervisor).post(form.action, note).status_code == 302
    file = EvidenceItem.objects.get(kind="desk_file")
    for part, told in ((people.supervisor, True), (people.agent, False), (people.owner, False)):
        assert (said in page(at(part), ref)) is told
        assert (said in page(at(part), ref, f"?before={timezone.now().isoformat()}".replace("+", "%2B"))) is told
        assert EvidenceItem.objects.visible_to(part).filter(pk=file.pk).exists() is told
        assert Message.objects.of(Ticket.objects.get(ref=ref), part).filter(body=said).exists() is told
        assert Event.objects.of(Ticket.objects.get(ref=ref), part).filter(visibility="internal").exists() is told
    assert approval()["explanation"] not in page(at(people.agent), ref)


def test_nor_do_they_add_to_it(people, at, ref) -> None:
    with pytest.raises(Forbidden, match="CONFLICT_OF_INTEREST"):
        upload(people.agent, ref, {"kind": "bank_card_masked", "text": "工商银行 9999"}, None)


def test_nor_is_told_by_a_letter_that_failed_or_by_the_day_to_ask_again(people, at, ref) -> None:
    Notification.objects.filter(audience="supervisors").update(state="failed")
    Ticket.objects.update(follow_up_on="2026-03-01")
    for part, told in ((people.supervisor, True), (people.owner, False)):
        assert ("A decision waits for your signature" in at(part).get("/desk/notices/").content.decode()) is told
        assert (ref in at(part).get("/desk/?follow_up=due").content.decode()) is told


def test_nor_who_is_on_their_freeze(people, at, clock) -> None:
    acknowledge_freeze(people.operator, MAKERS["freeze_pending"](people).ref)
    told = f"{people.operator} is on it"
    assert told in at(people.supervisor).get("/desk/freezes/").content.decode()
    assert told not in at(people.owner).get("/desk/freezes/").content.decode()


def test_what_waits_for_a_signature_is_listed_for_others(people, at, ref) -> None:
    assert ref in at(people.supervisor).get("/desk/countersign/").content.decode()
    for part in (people.owner, people.agent):
        assert ref not in at(part).get("/desk/countersign/").content.decode()


def test_nobody_is_seen_at_work_on_it(people, at, ref) -> None:
    address, post = f"/desk/tickets/{ref}/presence/", {"version": Ticket.objects.get(ref=ref).version, "seq": 10_000}
    own, colleague = at(people.owner), at(people.supervisor)
    assert colleague.post(address, {**post, "typing": "1"}).status_code == 204
    assert own.post(address, post).status_code == 204
    assert colleague.post(address, post).status_code == 204  # nor does one's own look show


def test_what_it_is_linked_with_is_among_colleagues(people, at, ref) -> None:
    other = evidence_collection(people).ref
    link(people.supervisor, ref, {"other": other})
    assert other in page(at(people.supervisor), ref, "links/")
    assert other not in page(at(people.owner), ref, "links/")


def test_what_the_channel_says_is_shown_to_others(people, at, clock) -> None:
    clock("2026-03-12T10:00:00+08:00")
    ticket = file_ticket(
        people.owner, filing("billing_duplicate", amount="1280.00", order_numbers=[{"issuer": "wechat_txn", "number": TXN}])
    )
    hand_in(at(people.agent), WECHAT)
    address = f"/desk/bills/{Bill.objects.get().public_id}/"
    assert ticket.ref in at(people.agent).get(address).content.decode()
    assert ticket.ref not in at(people.owner).get(address).content.decode()


def test_nor_what_bills_say_nor_that_the_group_has_to_sign(people, at, ref) -> None:
    row = Bill.objects.create(name="三月.csv", uploaded_by=people.agent, created_at=timezone.now())
    BillFinding.objects.create(bill=row, ticket=Ticket.objects.get(ref=ref), verdict="charged_twice", amount="1280.00")
    assert "三月.csv" in page(at(people.reviewer), ref)
    assert "三月.csv" not in page(at(people.owner), ref) + page(at(people.agent), ref)
    signs = "A decision waits for your signature"
    assert signs in at(people.supervisor).get("/desk/notices/").content.decode()
    assert signs not in at(people.owner).get("/desk/notices/").content.decode()


def test_those_it_is_about_read_no_decision_that_waits(people, at, ref) -> None:
    Decision.objects.update(explanation="Because of the till.")
    assert "Because of the till." in page(at(people.reviewer), ref)
    assert "Because of the till." not in page(at(people.agent), ref)
