"""Without a mouse: a whole complaint, the order of the focus, that it is seen, the error summary, the skip link, the menu."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from browser.category_cases import NOW, SYMPTOM
from browser.conftest import DESK, PHONE, Visit, let_in, newest_code
from browser.focus import choose, choose_file, enter, faults, here, out_of_order, stops, tab_to, type_into, type_moment
from browser.pictures import photo
from browser.visitor import Visitor
from tickets.models import Ticket
from tickets.operations import start_draft
from tickets.tests.stages import MAKERS
from tickets.words import ACTION, STATUS
from tickets.workflow import Status

pytestmark = pytest.mark.browser
EMAIL = "he@example.com"


def test_a_complaint_is_filed_documented_and_submitted_by_the_keyboard(visit: Visit, clock: Callable[[str], datetime], files: Path) -> None:
    clock(NOW)
    me = visit("en", DESK)
    me.overlooking = False  # other tests look these pages over
    me.open("/")
    enter(me, me.page.locator("main a[href*='category=withdrawal_restricted']"))
    type_into(me, "email", EMAIL)
    enter(me, button(me, "Go on: get a code by e-mail"))
    type_into(me, "code", newest_code(EMAIL))
    enter(me, button(me, "Confirm"))
    enter(me, button(me, "Continue"))
    type_into(me, "account", "13812340000")
    type_moment(me, "incident_at", "03032026", "1000")  # the same day whichever of day and month comes first
    enter(me, button(me, "Save and continue"))
    type_into(me, "facts.failures_count", "3")
    enter(me, button(me, "Save and continue"))
    type_into(me, "statement.symptom", SYMPTOM["en"])
    choose(me, "demands", "restore_limit")
    enter(me, button(me, "Save and continue"))
    enter(me, button(me, "File the complaint"))
    bring(me, "restriction_screenshot", "restriction_screenshot", photo(files / "a.jpg", "bar", 1))
    bring(me, "identity_proof", "id_card_front", photo(files / "b.jpg", "front", 2))
    bring(me, "identity_proof", "id_card_back", photo(files / "c.jpg", "back", 3))
    me.page.reload()
    enter(me, me.page.get_by_role("button", name=me.word(ACTION["submit_appeal"])))
    me.sees(me.word(STATUS["appeal_submitted"]))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.category, ticket.owner.email) == ("appeal_submitted", "withdrawal_restricted", EMAIL)
    assert ticket.incident_at == datetime.fromisoformat("2026-03-03T10:00:00+08:00")
    assert (ticket.facts["failures_count"], ticket.demands) == (3, ["restore_limit"])
    assert ticket.evidence.filter(state="clean").count() == 3


def button(me: Visitor, text: str) -> Any:
    return me.page.locator("main").get_by_role("button", name=me.t(text))


def bring(me: Visitor, slot: str, kind: str, picture: Path) -> None:
    """Open the slot, the chooser by the space bar, the consent, the button."""
    slot_row = me.page.locator(f"#slot-{slot}")
    form = slot_row.locator(f"form[action$='/evidence/{kind}/']")
    before = slot_row.locator(".item").count()
    if not form.is_visible():
        tab_to(me, slot_row.locator("details.add-evidence > summary"))
        me.page.keyboard.press("Enter")
    choose_file(me, form.locator("input[type=file]"), picture)
    if form.locator("[name=consent]").count():
        tab_to(me, form.locator("[name=consent]"))
        me.page.keyboard.press("Space")
        tab_to(me, form.get_by_role("button", name=me.t("Add it")))
        me.page.keyboard.press("Enter")
    expect(slot_row.locator(".item")).to_have_count(before + 1)
    expect(me.page.locator(".sending")).to_have_count(0)


# ---- The order, and that it is seen
@pytest.fixture
def people(lasting: None, mei: User, lin: User, zhou: User, chen: User, zhao: User, adapter: User) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


def walk(me: Visitor, paths: list[str]) -> None:
    wrong: list[str] = []
    me.overlooking = False
    for path in paths:
        me.open(path)
        found = stops(me)
        assert len(found) >= 5, path
        back = stops(me, "Shift+Tab")
        wrong += [f"{path}: {fault}" for fault in out_of_order(found)]
        wrong += [f"{path}: {fault}" for stop in [*found, *back] for fault in faults(stop)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_the_focus_goes_as_the_eye_does_and_is_seen(visit: Visit, people: SimpleNamespace, screen: dict[str, Any]) -> None:
    draft = start_draft(people.owner, {"category": "pay_failed_deducted"})
    tickets = [MAKERS[Status(status)](people) for status in ("frozen", "rejected")]
    guest = visit("en", screen)
    walk(guest, ["/", "/freeze/", "/accounts/login/", "/follow/"])
    me = visit("zh-hans", screen)
    let_in(me, people.owner)
    pages = ["/tickets/", f"/file/{draft.ref}/facts/", f"/file/{draft.ref}/check/", *(f"/tickets/{each.ref}/" for each in tickets)]
    walk(me, [*pages, f"/tickets/{tickets[-1].ref}/further/", "/accounts/profile/"])


def test_the_focus_goes_as_the_eye_does_at_the_desk(visit: Visit, people: SimpleNamespace) -> None:
    ticket = MAKERS[Status("under_review")](people)
    agent = visit("zh-hans", DESK)
    let_in(agent, people.reviewer)
    walk(agent, ["/desk/", f"/desk/tickets/{ticket.ref}/"])


def test_the_error_summary_has_the_focus_and_leads_to_the_field(visit: Visit) -> None:
    me = visit("en")
    me.overlooking = False
    me.open("/freeze/")
    me.press(me.t("Go on: get a code by e-mail"), status=400)
    summary = me.page.locator(".error-summary")
    expect(summary).to_be_focused()
    me.page.keyboard.press("Tab")
    me.page.keyboard.press("Enter")
    expect(me.field(me.t("Which account?"))).to_be_focused()
    stop = here(me)
    assert stop and not stop["covered"], stop


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_the_first_stop_skips_to_the_content(visit: Visit, path: str) -> None:
    me = visit("zh-hans")
    me.open(path)
    me.page.keyboard.press("Tab")
    link = me.page.locator(".skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    me.page.keyboard.press("Enter")
    expect(me.page.locator("main")).to_be_focused()
    me.page.keyboard.press("Tab")
    assert me.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_the_menu_opens_and_closes_and_gives_the_focus_back(visit: Visit, mei: User) -> None:
    me = visit("en", DESK)
    me.overlooking = False
    let_in(me, mei)
    me.open("/tickets/")
    summary = me.page.locator("details.menu > summary")
    tab_to(me, summary)
    me.page.keyboard.press("Enter")
    expect(me.page.locator("details.menu .menu-panel")).to_be_visible()
    me.page.keyboard.press("Tab")
    me.page.keyboard.press("Escape")
    expect(me.page.locator("details.menu .menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()
