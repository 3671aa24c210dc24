"""A letter says until when, from the row of the timer or the figure of the policy: nobody has to open the page for a date."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from lib.zones import DEFAULT_ZONE
from tickets.delivery.emails import compose_email
from tickets.models import Notification, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import approval, filing, rejection, submitted, under_review
from tickets.words import NOTICE
from tickets.workflow import ACTIONS, EVENTS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
FAILED_PAYMENT = {"deducted_at": "2026-03-09T10:00:00+08:00", "channel_status": "success", "platform_status": "failed"}


def letter(ticket: Ticket, kind: str) -> str:
    row = Notification.objects.filter(ticket=ticket, recipient=ticket.owner, kind=kind).select_related("ticket").latest("pk")
    ticket.owner.language = "en"
    return str(compose_email(ticket.owner, [row]).body)


def due(ticket: Ticket, key: str) -> str:
    """The last day that counts, as a letter writes it."""
    at = (ticket.timers.filter(key=key).latest("pk").due_at - timedelta(seconds=1)).astimezone(ZoneInfo(DEFAULT_ZONE))
    return f"{at:%a} {at.day} {at:%b %Y} 24:00"


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-10T10:00:00+08:00")


def test_what_was_decided_comes_with_its_date(mei, chen, lin):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "approve", approval())
    assert f"Paying the refund: {due(ticket, 'refund_payout')}" in letter(ticket, "approved")
    perform(lin, ticket.ref, "confirm_remedy", {"reference": "R-1"})
    assert f"Time to check the result: {due(ticket, 'confirm')}" in letter(ticket, "confirm_remedy")


def test_a_rejection_says_until_when_it_can_be_taken_further(mei, chen):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "reject", rejection())
    assert f"Time to take it further: {due(ticket, 'rejection_final')}" in letter(ticket, "rejected")


def test_an_appeal_says_by_when_it_is_answered_and_a_filing_by_when_somebody_writes(mei):
    ticket = submitted(mei)
    assert f"Latest answer: {due(ticket, 'review_limit')}" in letter(ticket, "submit_appeal")
    assert "First reply: Wed 11 Mar 2026 10:00" in letter(ticket, "filed")


def test_a_closing_says_until_when_it_can_come_back(mei):
    ticket = file_ticket(mei, filing())
    perform(mei, ticket.ref, "route_after_sale", {"reason": "买错了"})
    assert "You can object until: Tue 17 Mar 2026 10:00" in letter(ticket, "route_after_sale")


def test_no_letter_sends_its_reader_to_the_page_for_a_date():
    told = [str(text) for key in (*ACTIONS, *EVENTS) if key in NOTICE for text in NOTICE[key]]
    assert [text for text in told if "by when" in text or "until when" in text] == []


def test_a_date_that_no_longer_runs_is_not_told(mei, lin, chen):
    """Between the notice and its letter somebody may have answered, or a clock may stand still."""
    ticket = under_review(mei, chen, "pay_failed_deducted", facts=FAILED_PAYMENT)
    assert "First reply" not in letter(ticket, "filed")
    assert f"Latest answer: {due(ticket, 'review_limit')}" in letter(ticket, "submit_appeal")
    perform(chen, ticket.ref, "request_evidence", {"kinds": ["cs_conversation"], "reason": "请补充"})
    assert "Latest answer" not in letter(ticket, "submit_appeal")


def test_what_is_paid_within_the_review_says_by_its_date(mei, chen):
    ticket = under_review(mei, chen, "pay_failed_deducted", facts=FAILED_PAYMENT)
    perform(chen, ticket.ref, "approve", approval("refund_original"))
    assert f"Latest answer: {due(ticket, 'review_limit')}" in letter(ticket, "approved")


def test_each_place_is_told_its_own_dates(mei, chen, lin):
    channel = {"issuer": "wechat_txn", "number": "4200000404202602129117582536"}
    ticket = under_review(mei, chen, order_numbers=[channel])
    perform(chen, ticket.ref, "reject", rejection())
    perform(mei, ticket.ref, "escalate", {"target": "payment_channel"})
    first = letter(ticket, "escalate")
    assert "Handing on to the payment company: Wed 11 Mar 2026 10:00" in first
    assert f"Answer of the payment company: {due(ticket, 'channel_dispute')}" in first
    perform(mei, ticket.ref, "escalate", {"target": "l1_internal"})
    second = letter(ticket, "escalate")
    assert f"Second look: {due(ticket, 'l1_review')}" in second
    assert "payment company" not in second
