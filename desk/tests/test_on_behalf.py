"""At the desk: what an agent does for a customer is asked with how they were told, and said back as what happened."""

from __future__ import annotations

import pytest

from desk.tests.reading import form_of
from tickets.models import Ticket
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.django_db


def send(client, ticket: Ticket, action: str, **body: str):
    ticket.refresh_from_db()
    said = {"version": ticket.version, "seq": ticket.last_seq, **body}
    return client.post(f"/desk/tickets/{ticket.ref}/{action}/", said, follow=True)


def test_the_form_asks_how_the_customer_told_it(people, at, clock) -> None:
    ticket = MAKERS["frozen"](people)
    page = at(people.agent).get(f"/desk/tickets/{ticket.ref}/").content.decode()
    assert {"told_by", "keep_freeze", "identity_check"} <= form_of(page, "withdraw").names
    assert "Withdraw it on the customer&#39;s behalf" in page


def test_what_is_missing_is_excused_for_the_customer(people, at, clock) -> None:
    ticket = MAKERS["needs_evidence"](people)
    answer = send(at(people.agent), ticket, "supply_evidence", told_by="phone", unavailable_cs_conversation="当时是电话沟通")
    page = answer.content.decode()
    assert "By our staff for the customer (Phone)" in page
    ticket.refresh_from_db()
    assert ticket.status == "under_review"
    assert ticket.evidence_requests.get().unavailable == [{"kind": "cs_conversation", "reason": "当时是电话沟通"}]


def test_asking_to_reopen_is_not_told_as_reopened(people, at, clock) -> None:
    ticket = MAKERS["closed"](people)
    page = send(at(people.agent), ticket, "reopen", told_by="phone", reason="又被扣款").content.decode()
    assert "Done: The customer asks to reopen." in page
    assert "Done: Complaint reopened" not in page


def test_a_colleague_who_complains_is_not_asked_how_they_told_themselves(people, at, clock) -> None:
    people.owner.groups.add(*people.agent.groups.all())
    ticket = MAKERS["evidence_collection"](people)
    page = at(people.owner).get(f"/desk/tickets/{ticket.ref}/").content.decode()
    assert 'name="told_by"' not in page


def test_a_question_of_yes_or_no_can_be_answered(people, at, clock) -> None:
    """Also that of an identity check, which the desk's own form asks."""
    ticket = MAKERS["frozen"](people)
    answer = send(at(people.agent), ticket, "withdraw", told_by="phone", keep_freeze="true")
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.status) == (200, "closed")
    lane = MAKERS["evidence_collection"](people)
    Ticket.objects.filter(pk=lane.pk).update(lane="overseas_24h", category="card_cover_frozen")
    assert "passed" in form_of(at(people.agent).get(f"/desk/tickets/{lane.ref}/").content.decode(), "record_identity_check").names


def test_an_account_that_a_caller_names_later_is_put_in_and_never_shown_back(people, at, clock) -> None:
    ticket = MAKERS["evidence_collection"](people)
    page = send(at(people.agent), ticket, "amend", account="douyin:13800004321").content.decode()
    ticket.refresh_from_db()
    assert ticket.account_masked == "douyin:138****4321"
    assert "13800004321" not in page
    assert form_of(page, "amend").values["account"] == [""]
