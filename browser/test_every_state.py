"""What a page looks like when something is wrong, empty or open: nothing for axe, contrast computed, in the light and in the dark."""

from __future__ import annotations

import base64
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit, ask_for_code, let_in, proven
from browser.test_uploads import PASTE
from browser.visitor import Visitor
from tickets.models import Ticket
from tickets.operations import perform, start_draft
from tickets.tests.stages import MAKERS
from tickets.words import ACTION
from tickets.workflow import Status

pytestmark = pytest.mark.browser
# A page of each language in each scheme; the other pairs are those of test_every_page and S01.
LOOKS = [pytest.param("zh-hans", "light", id="light-zh-hans"), pytest.param("en", "dark", id="dark-en")]
looks = pytest.mark.parametrize(("language", "scheme"), LOOKS)
OPEN_ALL = "() => document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true })"
PIXEL = base64.b64encode(b"\x89PNG not really").decode()


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
    me.open(f"/tickets/{collecting.ref}/statement/")
    me.page.locator("textarea").first.fill("")
    me.press(me.t("Save"), status=400)
    me.open(f"/tickets/{collecting.ref}/")
    me.press(me.t("Try to submit the appeal"), status=409)
    me.open("/follow/?ref=TS-20260101-000009", status=404)


# ---- Nothing there yet
@looks
def test_lists_with_nothing_in_them(visit: Visit, lasting: None, mei: User, lin: User, sun: User, language: str, scheme: str) -> None:
    me = come(visit, language, scheme, user=mei)
    for path in ("/", "/tickets/", "/accounts/sessions/", "/accounts/2fa/"):
        me.open(path)
    agent = come(visit, language, scheme, DESK, lin)
    for path in ("/desk/", "/desk/?q=zzz", "/desk/freezes/", "/desk/countersign/", "/desk/notices/"):
        agent.open(path)
    officer = come(visit, language, scheme, DESK, sun)
    for path in ("", "log/", "holds/", "runs/", "person/?email=nobody@example.com"):
        officer.open(f"/desk/privacy/{path}")


# ---- Everything open
@looks
def test_menus_details_and_dialogs_when_they_are_open(visit: Visit, people: SimpleNamespace, language: str, scheme: str) -> None:
    tickets = [MAKERS[Status(status)](people) for status in ("evidence_collection", "frozen", "under_review", "rejected")]
    me = come(visit, language, scheme, user=people.owner)
    me.overlooking = False
    for ticket in tickets:
        me.open(f"/tickets/{ticket.ref}/")
        me.page.evaluate(OPEN_ALL)
        look(me)
    me.open(f"/tickets/{tickets[-1].ref}/further/")
    me.page.evaluate(OPEN_ALL)
    look(me)
    me.page.locator("details.menu > summary").click()
    look(me)
    me.open(f"/tickets/{tickets[0].ref}/")
    me.page.evaluate(PASTE, [PIXEL, "image.png"])
    me.page.get_by_role("dialog").wait_for()
    look(me)


def look(me: Visitor) -> None:
    me.overlooking = True
    me.look_over()
    me.overlooking = False


@looks
def test_a_desk_page_with_everything_open(visit: Visit, people: SimpleNamespace, language: str, scheme: str) -> None:
    ticket = MAKERS[Status("under_review")](people)
    agent = come(visit, language, scheme, DESK, people.reviewer)
    agent.overlooking = False
    for path in (f"/desk/tickets/{ticket.ref}/", "/desk/"):
        agent.open(path)
        agent.page.evaluate(OPEN_ALL)
        look(agent)


# ---- Refused
@looks
def test_pages_that_refuse(visit: Visit, lasting: None, mei: User, language: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    me = come(visit, language, scheme, user=mei)
    me.open("/no/such/page/", status=404)
    me.open("/desk/", status=403)
    me.open("/tickets/TS-20260101-000009/", status=404)
    monkeypatch.setattr("allauth.core.ratelimit.consume", lambda *args, **more: None)
    me.open("/receipts/AAAA-BBBB/", status=429)

    def broken(*args: Any) -> None:
        raise RuntimeError("meant to break")

    monkeypatch.setattr("portal.views.home.categories", broken)
    me.open("/", status=500)


# ---- Letters
@looks
def test_letters_as_a_page(visit: Visit, people: SimpleNamespace, language: str, scheme: str) -> None:
    for user in (people.owner, people.agent):
        User.objects.filter(pk=user.pk).update(language=language)
        user.refresh_from_db()
        proven(user)
    decided(people)
    call_command("tick")
    me = come(visit, language, scheme)
    ask_for_code(me, people.owner.email)
    letters = {str(letter.subject).split("·")[0]: html for letter in mail.outbox if (html := html_of(letter))}
    assert len(letters) >= 3, list(letters)
    for letter in letters.values():
        me.page.set_content(letter)
        me.look_over()


def decided(people: SimpleNamespace) -> Ticket:
    rejected: Callable[[Any], Ticket] = MAKERS[Status("rejected")]
    frozen = MAKERS[Status("frozen")](people)
    perform(people.owner, frozen.ref, "refer_to_police", {})
    return rejected(people)


def html_of(letter: Any) -> str:
    return next((str(body) for body, kind in getattr(letter, "alternatives", []) if kind == "text/html"), "")
