"""A message half written: the session is lost, the form refused, the language switched, the phone handed on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from browser.conftest import Visit, enter_code, let_in, proven
from browser.visitor import Visitor
from tickets.models import Message, Ticket, UnsentForm

pytestmark = pytest.mark.browser
WORDS = "12月1日的那笔不是我付的"


def begin(me: Visitor, words: str = WORDS) -> None:
    me.words.add(words)
    details = me.page.locator("#messages").locator("xpath=ancestor::section").locator("details.more").first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    me.field(me.t("Your message")).fill(words)


def press(me: Visitor, status: int = 200) -> None:
    me.press(me.t("Send"), status, me.page.locator("form[action$='/messages/']"))


def has_typed(me: Visitor, words: str = WORDS) -> None:
    expect(me.field(me.t("Your message"))).to_be_visible()
    expect(me.field(me.t("Your message"))).to_have_value(words)


def test_a_session_lost_in_mid_message_loses_no_word(visit: Visit, mei: User, ref: str) -> None:
    me = visit("zh-hans")
    let_in(me, mei)
    me.open(f"/tickets/{ref}/")
    begin(me)
    me.context.clear_cookies(name="sessionid")
    press(me)
    assert "/accounts/login/" in me.page.url
    let_in_here(me, mei)
    me.open(f"/tickets/{ref}/")
    has_typed(me)
    press(me)
    assert Message.objects.get(by_staff=False).body == WORDS
    me.sees(WORDS)
    expect(me.field(me.t("Your message"))).to_have_value("")


def let_in_here(me: Visitor, user: User) -> None:
    """Through the real page and code, for the browser keeps what was sent without a session."""
    me.fill(me.t("E-mail address"), proven(user).email)
    me.press(me.t("E-mail me a sign-in code"))
    enter_code(me, user.email)


def test_the_other_language_and_a_refusal_keep_what_is_typed(visit: Visit, mei: User, ref: str) -> None:
    me = visit("zh-hans")
    let_in(me, mei)
    me.open(f"/tickets/{ref}/")
    begin(me)
    expect(me.page.locator("form[action$='/messages/']")).to_have_attribute("data-saved", "yes")
    me.language, me.mixed = "en", True
    me.go(me.page.locator("header button[value='en']"))
    has_typed(me)
    begin(me, "验证码 884213")
    press(me, 400)
    me.open(f"/tickets/{ref}/")
    has_typed(me, "验证码 884213")


def test_who_takes_the_phone_after_signing_out_finds_nothing(visit: Visit, mei: User, wang: User, ref: str) -> None:
    me = visit("zh-hans")
    let_in(me, mei)
    me.open(f"/tickets/{ref}/")
    begin(me)
    expect(me.page.locator("form[action$='/messages/']")).to_have_attribute("data-saved", "yes")
    me.page.locator(".site-nav details.menu summary").last.click()
    me.press(me.t("Sign out"))
    stored = me.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert WORDS not in stored
    let_in(me, wang)
    me.open(f"/tickets/{ref}/", 404)
    me.sees_not(WORDS)
    assert UnsentForm.objects.get().person == mei and Ticket.objects.get().owner == mei
