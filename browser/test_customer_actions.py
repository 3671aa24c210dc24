"""What a customer can do with a complaint, each once through its page."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit, let_in, prove
from browser.visitor import Visitor
from portal.words import TO_OWNER
from tickets.models import Ticket
from tickets.tests.stages import MAKERS
from tickets.words import ACTION, SECURITY_TASK, STATUS
from tickets.workflow import Status

pytestmark = pytest.mark.browser
Arrive = Callable[..., tuple[Visitor, Ticket]]
WORDS = "商家没有提供扣款依据，我不同意这个结论。"


@pytest.fixture
def arrive(visit: Visit, mei: User, lin: User, zhou: User, chen: User, zhao: User, adapter: User) -> Arrive:
    """On the page of a complaint in that status."""
    people = SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)

    def at(status: str, language: str = "zh-hans") -> tuple[Visitor, Ticket]:
        ticket = MAKERS[Status(status)](people)
        me = visit(language, PHONE if language == "zh-hans" else DESK)
        me.mixed = True  # what the people of the stages write is Chinese
        let_in(me, mei)
        me.open(f"/tickets/{ticket.ref}/")
        return me, ticket

    return at


def do(me: Visitor, action: str, *, typed: str = "", label: str = "", **values: str) -> None:
    """Open the action, type, press its button."""
    form = me.page.locator(f"form[action$='/do/{action}/']")
    if not form.is_visible():
        me.page.locator(f"details:has(> form[action$='/do/{action}/']) > summary").click()
    if typed:
        me.words.add(typed)
        form.locator("textarea").fill(typed)
    for name, value in values.items():
        field = form.locator(f"[name='{name}']")
        if field.first.get_attribute("type") == "radio":
            field.and_(me.page.locator(f"[value='{value}']")).check()
        else:
            field.fill(value)
    me.go(form.get_by_role("button", name=label or me.word(ACTION[action])))


def test_accepted_is_closed(arrive: Arrive) -> None:
    me, ticket = arrive("resolved")
    do(me, "confirm_resolution")
    me.sees(me.word(STATUS["closed"]))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.stage, ticket.close_reason) == ("closed", "done", "confirmed")
    assert ticket.timers.get(key="confirm").stopped_at is not None
    assert ticket.timers.get(key="evidence_purge").stopped_at is None


def test_objected_to_is_looked_at_again_in_half_the_time(arrive: Arrive) -> None:
    me, ticket = arrive("resolved", "en")
    do(me, "dispute_resolution", typed=WORDS)
    me.sees(me.word(STATUS["under_review"]))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.stage, ticket.cycle, ticket.outcome_disputed) == ("under_review", "appeal", 2, True)
    assert ticket.timers.filter(key="review_limit", cycle=2, stopped_at=None).exists()
    assert not ticket.timers.filter(key="review_target", cycle=2).exists()
    assert ticket.events.filter(kind="dispute_resolution", data__reason=WORDS).exists()


def test_a_rejection_is_contested_and_then_taken_outside(arrive: Arrive) -> None:
    me, ticket = arrive("rejected")
    me.follow(me.t("Contest it point by point"))
    me.words.add(WORDS)
    me.page.locator("textarea").first.fill(WORDS)
    me.press(me.t("Take it there for me"), within=me.page.locator("section[aria-labelledby=place-l1_internal]"))
    assert ticket.escalations.get().points[0]["text"] == WORDS
    me.sees(me.t("Being looked at again"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.stage) == ("escalated", "escalation")
    assert ticket.timers.filter(key="l1_review", stopped_at=None).exists()
    assert ticket.timers.get(key="rejection_final").stopped_at is not None
    me.open(f"/tickets/{ticket.ref}/further/")
    me.press(me.t("Take it there for me"), within=me.page.locator("section[aria-labelledby=place-payment_channel]"))
    assert sorted(ticket.escalations.values_list("target", flat=True)) == ["l1_internal", "payment_channel"]
    assert ticket.timers.filter(key="channel_dispute", stopped_at=None).exists()


def test_the_police_at_any_time_and_a_slot_for_their_receipt(arrive: Arrive) -> None:
    me, ticket = arrive("auto_reversal_wait", "en")
    do(me, "refer_to_police", typed="派出所 110 号回执")
    me.sees(me.t("Reported to the police"))
    ticket.refresh_from_db()
    assert ticket.status == "auto_reversal_wait"
    assert ticket.police_referred_at and ticket.legal_hold_until
    assert me.page.locator("#slot-police_receipt").is_visible()


def test_the_safety_steps_and_then_the_freeze_may_be_lifted(arrive: Arrive) -> None:
    me, ticket = arrive("frozen")
    me.press(me.word(SECURITY_TASK["password_changed"]))
    assert not ticket.security_tasks.exists()
    prove(me, ticket.owner.email)
    for task in SECURITY_TASK:
        me.press(me.word(SECURITY_TASK[task]))
    do(me, "request_lift", typed="密码已改，设备已清理。")
    me.sees(me.t("You have asked to lift it."))
    assert set(ticket.security_tasks.values_list("task", flat=True)) == set(SECURITY_TASK)
    assert ticket.freezes.get().lift_requested_at
    assert ticket.timers.filter(key="lift_exec", stopped_at=None).exists()
    ticket.refresh_from_db()
    assert ticket.status == "frozen"


def test_withdrawn_with_the_freeze_kept(arrive: Arrive) -> None:
    me, ticket = arrive("frozen", "en")
    do(me, "withdraw", keep_freeze="true")
    me.sees(me.word(TO_OWNER["CLOSE_REASON"]["withdrawn"]))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_reason) == ("closed", "withdrawn")
    assert ticket.freezes.get().state == "active"
    assert not ticket.timers.filter(key="review_limit", stopped_at=None).exists()


def test_asked_for_more_and_answered_with_a_reason(arrive: Arrive) -> None:
    me, ticket = arrive("needs_evidence")
    me.page.get_by_text(me.t("I cannot get some of it")).click()
    do(me, "supply_evidence", typed="聊天记录已被对方清空。")
    me.sees(me.word(STATUS["under_review"]))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_on) == ("under_review", "agent")
    assert ticket.timers.get(key="supplement").stopped_at is not None
    assert ticket.timers.get(key="review_limit").stopped_at is None


def test_money_that_came_back_ends_it(arrive: Arrive) -> None:
    me, ticket = arrive("auto_reversal_wait")
    do(me, "record_refund", label=me.t("The money came back"), amount="600.00", reference="R-20260309")
    me.sees(me.word(STATUS["resolved"]))
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert ticket.timers.get(key="auto_reversal_wait").stopped_at is not None
