"""On a phone: what failed comes first, what was promised is there to open, and what was refused can be taken further."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit, let_in
from browser.test_customer_actions import Arrive, arrive
from browser.visitor import Visitor
from tickets.models import Ticket
from tickets.operations import perform
from tickets.tests.making import FINDING, under_review
from tickets.words import STATUS

pytestmark = pytest.mark.browser
__all__ = ["arrive"]
SCREEN = PHONE["viewport"]["height"]


def by_phone(visit: Visit, user: User, ticket: Ticket) -> Visitor:
    me = visit("zh-hans", PHONE)
    me.mixed = True
    let_in(me, user)
    me.open(f"/tickets/{ticket.ref}/")
    return me


def test_a_freeze_that_failed_is_said_first_with_what_to_do_this_minute(arrive: Arrive, zhou: User) -> None:
    me, ticket = arrive("freeze_pending")
    expect(me.page.locator("#not-frozen")).to_have_count(0)
    perform(zhou, ticket.ref, "fail_freeze", {"reason": "账户不存在"})
    me.page.reload()
    panel = me.page.locator("section:has(> #not-frozen)")
    me.sees(me.t("Your account is not frozen: the freeze did not work"), panel)
    me.sees("110", panel)
    box, now = panel.bounding_box(), me.page.locator("#now").bounding_box()
    assert box and now and box["y"] + box["height"] <= now["y"]
    steps = panel.locator("li")
    assert steps.count() >= 3
    first = steps.first.bounding_box()
    assert first and first["y"] + first["height"] <= SCREEN, "what to do is on the first screen"
    me.sees_not(me.t("Everything is on time."))
    me.look_over()


def test_a_statement_of_balance_is_issued_at_the_desk_and_opened_by_its_owner(
    visit: Visit, lasting: None, mei: User, chen: User, lin: User
) -> None:
    ticket = under_review(mei, chen, "card_cover_balance", demands=["statement"], amount="10.00")
    finding = {**FINDING, "answers": {"statement": "同意出具。"}}
    perform(chen, ticket.ref, "approve", {**finding, "remedies": [{"kind": "statement_of_balance"}]})
    agent = visit("en", DESK)
    agent.mixed = True
    let_in(agent, lin)
    agent.open(f"/desk/tickets/{ticket.ref}/")
    form = agent.page.locator("form[action$='/issue_statement/']")
    agent.page.evaluate("() => document.querySelectorAll('main details').forEach((part) => { part.open = true })")
    form.locator("[name=opening]").fill("100.00")
    form.locator("[name=entries]").fill("2026-03-01 10:00 | 充值 | 200.00\n2026-03-02 11:30 | 自动续费 | -30.50")
    form.locator("[name=closing]").fill("259.50")
    agent.go(form.get_by_role("button").last)
    item = ticket.evidence.get(kind="statement_of_balance")
    assert (item.fields["closing"], item.fields["difference"]) == ("259.50", "-10.00")

    me = by_phone(visit, mei, ticket)
    link = me.page.locator("section[aria-labelledby=letter]").get_by_role("link", name=me.t("Open the statement of balance"))
    paper = me.page.request.get(f"{me.address}{link.get_attribute('href')}")
    assert paper.ok and paper.headers["content-type"] == "application/pdf" and paper.body().startswith(b"%PDF-")


def test_what_was_refused_of_a_decision_is_taken_further(visit: Visit, lasting: None, mei: User, chen: User) -> None:
    ticket = under_review(mei, chen, "billing_unauthorized", demands=["refund", "investigate"], amount="600.00")
    answers = {"refund": "同意退款。", "investigate": "没有找到其他人。"}
    decision = {**FINDING, "answers": answers, "remedies": [{"kind": "refund_full", "amount": "600.00"}], "granted": ["refund"]}
    perform(chen, ticket.ref, "approve", decision)
    me = by_phone(visit, mei, ticket)
    letter = me.page.locator("section[aria-labelledby=letter]")
    me.sees(me.t("Approved in part", "decision"), letter)
    granted, refused = letter.locator("dl.facts > div").all()[:2]
    me.sees(me.t("Granted", "demand"), granted)
    me.sees(me.t("Not granted", "demand"), refused)
    me.follow(me.t("Take it further"), letter)
    place = me.page.locator("section[aria-labelledby=place-l1_internal]")
    me.press(me.t("Take it there for me"), within=place)
    me.sees(me.t("Being looked at again"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.escalations.get().target) == ("escalated", "l1_internal")
    assert ticket.timers.filter(key="refund_payout", stopped_at=None).exists(), "what was granted is still owed"
    me.open(f"/tickets/{ticket.ref}/")
    me.sees(me.word(STATUS["escalated"]))
    me.sees(me.t("Approved in part", "decision"), me.page.locator("section[aria-labelledby=letter]"))


@pytest.mark.parametrize("status", ["frozen", "needs_evidence", "remedy_pending", "rejected", "escalated", "closed"])
def test_with_all_folded_a_complaint_is_two_and_a_half_screens(arrive: Arrive, status: str) -> None:
    me, _ticket = arrive(status)
    me.page.evaluate("() => document.querySelectorAll('details.fold').forEach((fold) => { fold.open = false })")
    height = me.page.evaluate("() => document.documentElement.scrollHeight")
    assert height <= 2.5 * SCREEN, height
