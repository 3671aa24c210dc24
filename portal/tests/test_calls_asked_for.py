"""A call that the customer asks for: one form without a script, once at a time, on the desk of who has it, done when they have spoken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.tests.conftest import text_of
from tickets.models import Event, Notification, Ticket
from tickets.operations import record_call
from tickets.operations.engine import open_case
from tickets.operations.erase_texts import forget_texts
from tickets.tests.telling import refused
from tickets.workflow import ACTIONS

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NUMBER = "138 0013 8000"
PRESSED = {"number": NUMBER, "when": "evening"}


def ask(client, ticket, **more):
    return client.post(reverse("portal:act", args=[ticket.ref, "request_call"]), {**PRESSED, "once": "a", **more})


def test_a_call_is_asked_for_in_one_form_and_stands_on_the_page_and_on_the_desk(in_status, people, phone, browser_of):
    ticket = in_status("under_review")
    Ticket.objects.filter(pk=ticket.pk).update(unanswered_since=None)
    page = reverse("portal:ticket", args=[ticket.ref])
    assert "我想和人工通话" in text_of(phone.get(page))
    assert ask(phone, ticket).status_code == 302
    assert NUMBER in text_of(phone.get(page)) and "我想和人工通话" not in text_of(phone.get(page))
    desk = text_of(browser_of(people.agent).get(reverse("desk:ticket", args=[ticket.ref])))
    assert 'href="tel:13800138000"' in desk and "晚上" in desk
    ticket.refresh_from_db()
    assert ticket.unanswered_since == ticket.call_asked_at is not None
    assert Notification.objects.filter(ticket=ticket, kind="request_call").exclude(recipient=people.owner).exists()


def test_it_is_done_by_the_note_of_who_has_called(in_status, people, phone):
    ticket = in_status("under_review")
    ask(phone, ticket)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    record_call(people.agent, ticket.ref, {"who": "customer", "body": "无人接听", "follow_up_on": tomorrow})
    record_call(people.agent, ticket.ref, {"who": "bank", "body": "已核实"})
    ticket.refresh_from_db()
    assert ticket.call_number == NUMBER
    record_call(people.agent, ticket.ref, {"who": "customer", "body": "已说明"})
    ticket.refresh_from_db()
    assert (ticket.call_number, ticket.call_asked_at, ticket.unanswered_since) == ("", None, None)
    asked, *_tries, done = Event.objects.filter(ticket=ticket, kind__in=["request_call", "call"]).order_by("seq")
    assert (asked.actor, done.actor, done.data["who"]) == (people.owner, people.agent, "customer")
    assert NUMBER not in str(asked.data)
    assert ask(phone, ticket, once="b").status_code == 302


def test_it_is_asked_for_once_at_a_time_at_every_door(in_status, people, phone):
    ticket = in_status("needs_evidence")
    ask(phone, ticket)
    assert ask(phone, ticket, once="b").status_code == 409
    refused("CALL_WAITS", people.owner, ticket.ref, "request_call", PRESSED)
    assert Event.objects.filter(ticket=ticket, kind="request_call").count() == 1


@pytest.mark.parametrize("typed", ["", "12", "call me", "1" * 30, "138-0013-8000; rm"])
def test_what_nobody_can_dial_is_said_at_the_field(in_status, phone, typed):
    ticket = in_status("under_review")
    page = ask(phone, ticket, number=typed)
    assert page.status_code == 400 and 'aria-invalid="true"' in text_of(page)
    assert Ticket.objects.get(pk=ticket.pk).call_asked_at is None


def test_where_the_site_calls_nobody_back_it_is_neither_offered_nor_taken(in_status, people, phone, settings):
    settings.HELP_CALL_BACK = False
    ticket = in_status("under_review")
    assert "我想和人工通话" not in text_of(phone.get(reverse("portal:ticket", args=[ticket.ref])))
    refused("NO_CALL_BACK", people.owner, ticket.ref, "request_call", PRESSED)


def test_the_page_of_a_freeze_offers_it_too(in_status, phone):
    ticket = in_status("freeze_pending")
    assert "我想和人工通话" in text_of(phone.get(reverse("portal:frozen", args=[ticket.ref])))


def test_a_number_goes_with_the_persons_words(in_status, people, phone):
    ticket = in_status("closed")
    ask(phone, ticket)
    with open_case(people.supervisor, ticket.ref) as case:
        forget_texts(case)
    assert Ticket.objects.get(pk=ticket.pk).call_number == ""


def test_strangers_ask_for_nothing(in_status, wang, browser_of):
    ticket = in_status("under_review")
    assert ask(browser_of(wang), ticket).status_code == 404
    assert "request_call" in ACTIONS
