"""What a page looks like when something is wrong: nothing for axe, contrast computed, in the light and in the dark."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from browser.conftest import PHONE, Visit, ask_for_code, let_in
from browser.visitor import Visitor
from tickets.operations import start_draft
from tickets.tests.stages import MAKERS
from tickets.words import ACTION
from tickets.workflow import Status

pytestmark = pytest.mark.browser
# A page of each language in each scheme; the other pairs are those of test_every_page and S01.
LOOKS = [pytest.param("zh-hans", "light", id="light-zh-hans"), pytest.param("en", "dark", id="dark-en")]
looks = pytest.mark.parametrize(("language", "scheme"), LOOKS)
OPEN_ALL = "() => document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true })"


@pytest.fixture
def people(lasting: None, mei: User, lin: User, zhou: User, chen: User, zhao: User, adapter: User) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


def come(visit: Visit, language: str, scheme: str, screen: dict[str, Any] = PHONE, user: User | None = None) -> Visitor:
    me = visit(language, screen, scheme=scheme)
    me.mixed = True  # what the people of the stages write is Chinese
    if user is not None:
        let_in(me, user)
    return me


# ---- Something is wrong
@looks
def test_errors_of_forms_before_signing_in(visit: Visit, language: str, scheme: str) -> None:
    me = come(visit, language, scheme)
    for path in ("/freeze/", "/file/"):
        me.open(path)
        me.press(me.t("Go on: get a code by e-mail"), status=400)
    me.open("/accounts/signup/")
    me.go(me.page.locator("main form button[type=submit]").first)
    ask_for_code(me, "nobody@example.com")
    me.fill(me.t("Six-digit code"), "000000")
    me.press(me.t("Confirm"))
    me.open("/receipts/")
    me.page.locator("main input").first.fill("AAAA-BBBB")
    me.go(me.page.locator("main form button").first, status=404)


@looks
def test_errors_of_the_wizard_and_of_a_complaint(visit: Visit, people: SimpleNamespace, language: str, scheme: str) -> None:
    draft = start_draft(people.owner, {"category": "withdrawal_anomaly"})
    ticket = MAKERS[Status("resolved")](people)
    collecting = MAKERS[Status("auto_reversal_wait")](people)
    me = come(visit, language, scheme, user=people.owner)
    for key in ("details", "facts", "story"):
        me.open(f"/file/{draft.ref}/{key}/")
        me.press(me.t("Save and continue"), status=400)
    me.open(f"/file/{draft.ref}/check/")
    me.press(me.t("File the complaint"), status=400)
    me.open(f"/tickets/{ticket.ref}/")
    me.page.evaluate(OPEN_ALL)
    me.press(me.word(ACTION["dispute_resolution"]), status=400)
    me.page.evaluate(OPEN_ALL)
    me.press(me.t("Send"), status=400, within=me.page.locator("form[action$='/messages/']"))
    me.open(f"/tickets/{collecting.ref}/")
    me.press(me.t("Try to submit the appeal"), status=409)
    me.open("/follow/?ref=TS-20260101-000009", status=404)
