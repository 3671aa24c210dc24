"""An answer by e-mail inside a window holds what would end by itself and stands before a person; its files are evidence."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from evidence.models import EvidenceItem
from evidence.tests import making
from inbound_mail.ingest import ingest_email
from inbound_mail.tests.letters import letter
from tickets.delivery.emails import compose_email
from tickets.delivery.reply_addresses import reply_address
from tickets.models import Notification, Ticket, Timer
from tickets.periodic import fire_due_timers
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.django_db
WINDOWS = {"needs_evidence": "supplement", "resolved": "confirm", "rejected": "rejection_final", "evidence_collection": "abandoned"}
ON_PAGE = "请在页面上办理"


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter):
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


@pytest.fixture(params=WINDOWS)
def case(request, people, clock) -> Ticket:
    clock("2026-03-10T10:00:00+08:00")
    return MAKERS[request.param](people)


def answer(ticket: Ticket, body: str = "钱没有到账", picture: bool = False, **more: str) -> bytes:
    message = letter(reply_address(ticket.ref, ticket.owner_id), body, **more)
    if picture:
        message.add_attachment(making.png(), maintype="image", subtype="png", filename="截图.png")
    return message.as_bytes()


def timer_of(ticket: Ticket) -> Timer:
    return ticket.timers.get(key=WINDOWS[ticket.status], stopped_at=None)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "taken"),
        ({"body": "\n", "picture": True}, "taken"),
        ({"List_Id": "<family>"}, "held"),
        ({"sender": "x@y.example"}, "held"),
    ],
)
def test_an_answer_holds_what_would_end_by_itself(case, clock, changes, outcome):
    due = timer_of(case).due_at
    clock(due - timedelta(hours=1))
    before = Notification.objects.count()
    assert ingest_email(answer(case, **changes), timezone.now()) == outcome
    clock(due + timedelta(days=1))
    fire_due_timers(timezone.now())
    found = Ticket.objects.get(pk=case.pk)
    assert found.status == case.status and found.unanswered_since and timer_of(found).held_since
    kinds = set(Notification.objects.filter(pk__gt=before).exclude(recipient=case.owner).values_list("kind", flat=True))
    assert ("customer_message" if outcome == "taken" else "letter_held") in kinds


def test_without_an_answer_it_ends_by_itself(case, clock):
    clock(timer_of(case).due_at + timedelta(days=1))
    fire_due_timers(timezone.now())
    assert Ticket.objects.get(pk=case.pk).status != case.status


def test_files_that_answer_a_request_are_evidence_and_the_agent_hears_of_them(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["needs_evidence"](people)
    assert ingest_email(answer(ticket, "这是您要的截图", picture=True), timezone.now()) == "taken"
    item = EvidenceItem.objects.get(kind="uncategorized_file")
    assert item.ticket == ticket and item.message.body == "这是您要的截图"
    assert Notification.objects.filter(ticket=ticket, kind="customer_message").exclude(recipient=ticket.owner).exists()


@pytest.mark.parametrize(("status", "asks"), [("needs_evidence", True), ("resolved", True), ("rejected", True), ("under_review", False)])
def test_a_letter_says_which_acts_need_the_page_and_links_it(people, clock, status, asks):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS[status](people)
    row = Notification.objects.create(
        ticket=ticket, recipient=ticket.owner, kind="reply", urgent=True, created_at=timezone.now(), not_before=timezone.now()
    )
    sent = compose_email(ticket.owner, [row])
    for text in (sent.body, sent.alternatives[0].content):
        assert (ON_PAGE in text) == asks and f"/tickets/{ticket.ref}/" in text
