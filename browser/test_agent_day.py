"""A day at the desk, by mouse at 1920 pixels and by keyboard alone at 1280: queue, evidence, decision, signature, links, figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from browser.conftest import DESK, Visit, let_in
from browser.input_modes import Keyboard, Mouse
from desk.demo.macros import make_macros
from desk.models import Macro
from lib import memo
from tickets.models import Tag, Ticket, TicketLink
from tickets.operations import file_ticket
from tickets.tests.making import filing, under_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
# Where the focus may be covered it is narrow; wide is looked over with the mouse.
WAYS = [pytest.param(Mouse, WIDE, id="mouse-1920"), pytest.param(Keyboard, DESK, id="keyboard-1280")]
ORDER = {"issuer": "douyin_mp", "number": "202603100005555"}


@pytest.fixture
def seat(visit: Visit, screen: dict[str, Any], hands: type[Mouse]) -> Callable[[User, str], Mouse]:
    """Somebody at a desk, with their hands. With the mouse every page is looked over, with the keyboard every stop of the focus."""

    def taken(user: User, path: str) -> Mouse:
        me = visit("en", screen)
        me.mixed, me.overlooking = True, hands is Mouse
        let_in(me, user)
        me.open(path)
        return hands(me)

    return taken


Seat = Callable[[User, str], Mouse]


@pytest.mark.parametrize(("hands", "screen"), WAYS)
def test_from_the_queue_to_the_second_signature(lasting: None, mei: User, chen: User, zhao: User, seat: Seat) -> None:
    memo.forget_all()
    make_macros()
    Macro.objects.filter(remedy="refund_duplicate").update(remedy="refund_full")
    memo.forget_all()
    ticket = under_review(mei, chen, amount="2600.00")
    reviewer = seat(chen, "/desk/")
    page = reviewer.me.page
    reviewer.open_first_row()
    reviewer.go(page.locator("form[action$='/accept_all/'] button"))
    assert set(ticket.evidence.values_list("verdict", flat=True)) == {"accepted"}
    reviewer.go(page.locator("form.act[action$='/decide/'] button").first)
    reviewer.go(page.locator("form[action$='/approve/'] button"))
    reviewer.me.sees("Needs a second signature:")
    supervisor = seat(zhao, "/desk/")
    supervisor.go(supervisor.me.page.get_by_role("link", name="Second signature"))
    supervisor.go(supervisor.me.page.get_by_role("button", name=f"Sign {ticket.ref}"))
    ticket.refresh_from_db()
    assert ticket.status == "remedy_pending"
    supervisor.go(supervisor.me.page.get_by_role("link", name="Figures"))
    supervisor.choose(supervisor.me.page.get_by_label("Category", exact=True), "Merchant: wrongful deduction")
    supervisor.go(supervisor.me.page.get_by_role("button", name="Show"))
    assert "category=merchant_deduction" in supervisor.me.page.url
    table = supervisor.me.page.locator("details:has(table)").first
    supervisor.press(table.locator("summary"))
    expect(table.locator("table")).to_be_visible()


@pytest.mark.parametrize(("hands", "screen"), WAYS)
def test_many_at_once_a_view_of_ones_own_and_what_belongs_together(lasting: None, mei: User, wang: User, lin: User, seat: Seat) -> None:
    first, same = (file_ticket(mei, filing("merchant_deduction", order_numbers=[ORDER])) for _each in range(2))
    others = file_ticket(wang, filing("merchant_deduction", order_numbers=[ORDER]))
    Tag.objects.create(name="press", tone="warn")
    agent = seat(lin, "/desk/")
    me, page = agent.me, agent.me.page
    agent.tick_rows(2)
    agent.choose(page.locator("#bulk-tag"), "press")
    agent.go(page.locator("button[name=do][value=tag]"))
    me.sees("2 complaints changed.")
    agent.tick_rows(3)
    agent.open_palette()
    page.keyboard.type("assign to me")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Ticket.objects.filter(assignee=lin).count() == 3
    agent.choose(page.locator(".queue-filter").get_by_label("Waiting on"), "the customer")
    agent.go(page.get_by_role("button", name="Show"))
    agent.press(page.locator(".queue-save summary"))
    agent.type(page.locator(".queue-save").get_by_label("Name"), "Their turn")
    agent.go(page.locator(".queue-save").get_by_role("button", name="Save"))
    expect(page.locator(".queue-views a", has_text="Their turn")).to_have_attribute("aria-current", "page")
    me.open(f"/desk/tickets/{first.ref}/links/")
    agent.go(page.get_by_role("button", name=f"Link as related {others.ref}"))
    assert TicketLink.objects.get().kind == "related"
    agent.go(page.get_by_role("button", name=f"Join the two {same.ref}"))
    me.sees("Nothing is done yet.")
    agent.go(page.get_by_role("button", name="Join the two"))
    same.refresh_from_db()
    assert same.merged_into == first  # of two alike the older lives
    me.open(f"/desk/tickets/{first.ref}/links/")
    agent.choose(page.locator("#split-category"), "Charged twice")
    agent.go(page.get_by_role("button", name="File a new complaint"))
    assert Ticket.objects.filter(category="billing_duplicate", owner=mei).count() == 1
