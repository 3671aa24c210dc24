"""How many presses a complaint costs: twenty of them, opened, read, evidence accepted, decided or asked for; and two colleagues on one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from browser.conftest import DESK, Visit, let_in
from browser.visitor import Visitor
from desk.demo.macros import make_macros
from desk.models import Draft, Macro
from lib import memo
from tickets.models import Ticket
from tickets.operations import perform
from tickets.tests.making import rejection, submitted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 4  # presses a complaint, opening it included; reading costs none


@dataclass
class Hand:
    """Every press goes through here and is counted."""

    visitor: Visitor
    presses: int = 0

    def press(self, target: Any) -> None:
        self.presses += 1
        self.visitor.go(target)


@pytest.fixture
def complaints(lasting: None, mei: User, chen: User) -> list[str]:
    """Ten that are under review by Chen, ten that nobody has taken up."""
    memo.forget_all()
    make_macros()
    Macro.objects.filter(remedy="refund_duplicate").update(remedy="refund_full")
    memo.forget_all()
    refs = []
    for number in range(20):
        order = {"issuer": "douyin_mp", "number": f"2026031000{number:05d}"}
        ticket = submitted(mei, "merchant_deduction", order_numbers=[order])
        if number % 2:
            eta = timezone.now() + timedelta(days=1)
            perform(chen, ticket.ref, "start_review", {"eta_at": eta.isoformat()})
        refs.append(ticket.ref)
    return refs


def test_twenty_complaints_at_four_presses_each(visit: Visit, complaints: list[str], chen: User) -> None:
    visitor = visit("zh-hans", DESK)
    visitor.mixed = True
    let_in(visitor, chen)
    visitor.open("/desk/")
    visitor.overlooking = False  # the look is another test's; errors are watched all the same
    page, costs = visitor.page, []
    for number in range(len(complaints)):
        hand = Hand(visitor)
        hand.press(page.locator(".case-next") if number else page.locator(".queue-ref").first)
        hand.press(page.locator("form[action$='/accept_all/'] button"))
        if page.locator("form.act[action$='/decide/'] button").count():
            hand.press(page.locator("form.act[action$='/decide/'] button").first)
            hand.press(page.locator("form[action$='/approve/'] button"))
        else:
            hand.press(page.locator(".macros a").nth(2))
            hand.press(page.locator("#act-message button[value=public]"))
        costs.append(hand.presses)
    assert max(costs) <= MOST, costs
    stands = sorted(Ticket.objects.filter(ref__in=complaints).values_list("status", flat=True))
    assert stands == ["needs_evidence"] * 10 + ["remedy_pending"] * 10


COUNTED = """addEventListener('click', (event) => {
  if (event.isTrusted && event.detail) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1
}, true)"""


def test_a_call_and_an_answer_from_outside_are_two_clicks_each(visit: Visit, lasting: None, mei: User, lin: User, chen: User) -> None:
    ref = submitted(mei, "merchant_deduction").ref
    perform(chen, ref, "start_review", {"eta_at": (timezone.now() + timedelta(days=1)).isoformat()})
    perform(chen, ref, "reject", rejection())
    perform(mei, ref, "record_outside_filing", {"target": "consumer_association", "filed_at": timezone.now().isoformat()})
    visitor = visit("zh-hans", DESK)
    visitor.mixed = True
    let_in(visitor, lin)
    page = visitor.page
    page.add_init_script(COUNTED)
    # Keys from field to field: who is chosen already, where there is one; a list is chosen from with an arrow.
    for action, keys in (
        ("call", ["Tab", "Tab", "渠道说周五前答复"]),
        ("record_external_answer", ["Tab", "Tab", "ArrowDown", "Tab", "渠道回函 X-7"]),
    ):
        visitor.open(f"/desk/tickets/{ref}/")
        page.evaluate("sessionStorage.clicks = 0")
        page.locator(f"details.act:has(form[action$='/{action}/']) > summary").click()
        for key in keys:
            page.keyboard.press(key) if key.isascii() else page.keyboard.type(key)
        visitor.go(page.locator(f"form[action$='/{action}/'] button[type=submit]"))
        assert page.evaluate("Number(sessionStorage.clicks)") == 2
    ticket = Ticket.objects.get(ref=ref)
    assert ticket.messages.get(visibility="internal").body == "渠道说周五前答复"
    answered = ticket.escalations.get()
    assert (answered.state, answered.reference, bool(answered.outcome)) == ("answered", "渠道回函 X-7", True)


def test_two_colleagues_on_one_complaint(visit: Visit, complaints: list[str], chen: User, zhao: User) -> None:
    ref = complaints[1]
    one, other = visit("en", DESK), visit("en", DESK)
    for visitor, user in ((one, chen), (other, zhao)):
        visitor.mixed = True
        let_in(visitor, user)
        visitor.open(f"/desk/tickets/{ref}/")
    # Each sees the other; typing shows, and is kept without a button.
    one.page.locator("#presence-said").get_by_text("Zhao is looking at this too").wait_for(timeout=25_000)
    other.page.locator("#message-body").press_sequentially("I look at the channel's bill")
    one.page.locator("#presence-said").get_by_text("Zhao is typing").wait_for(timeout=25_000)
    other.page.locator("form[data-draft][data-saved=yes]").wait_for(timeout=10_000)
    assert Draft.objects.get().data["body"] == ["I look at the channel's bill"]
    other.open(f"/desk/tickets/{ref}/")
    assert other.page.locator("#message-body").input_value() == "I look at the channel's bill"
    # One acts; the other is told, and what they send to the customer is refused with what has changed.
    one.go(one.page.locator("#act-message button[value=internal]"), 400)
    perform(chen, ref, "request_evidence", {"kinds": ["cs_conversation"], "reason": "to see what was agreed"})
    other.page.locator("#presence-said").get_by_text("This page is no longer true").wait_for(timeout=25_000)
    other.go(other.page.locator("#act-message button[value=public]"), 412)
    other.sees("Chen")
    assert other.page.locator("#message-body").input_value() == "I look at the channel's bill"
    # On the page as it is now it goes out, and can be taken back.
    other.go(other.page.locator("#act-message button[value=public]"))
    other.press("Undo")
    assert other.page.locator("#message-body").input_value() == "I look at the channel's bill"
    assert not Ticket.objects.get(ref=ref).messages.filter(body__contains="channel's bill").exists()
