"""The queue by keyboard alone and by mouse, at 1280 and 1920 pixels, in both languages; news arrives without moving the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from browser.conftest import Visit
from browser.tour import tap_in
from browser.visitor import Visitor
from tickets.models import Tag, Ticket
from tickets.operations import amend, file_ticket, tag
from tickets.tests.making import filing

pytestmark = pytest.mark.browser
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def lin(demo: None) -> User:
    Tag.objects.create(name="press", tone="warn")
    return User.objects.get(email="lin@example.com")


def at_the_queue(visit: Visit, language: str, screen: dict[str, Any]) -> Visitor:
    visitor = visit(language, screen)
    visitor.mixed = True
    visitor.words |= {"press"}
    tap_in(visitor, "lin@example.com")
    visitor.open("/desk/")
    return visitor


def rows(page: Page) -> list[str]:
    return page.locator("tr[data-ref]").evaluate_all("rows => rows.map(row => row.dataset.ref)")


def ticked(page: Page) -> list[str]:
    return page.locator("tr.is-ticked").evaluate_all("rows => rows.map(row => row.dataset.ref)")


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def test_by_keyboard_alone(visit: Visit, lin: User) -> None:
    """Tick three, assign them by the palette, undo, tag, open the first; views and search by key."""
    visitor = at_the_queue(visit, "en", DESK)
    page, refs = visitor.page, rows(visitor.page)
    keys(page, "j", "x", "j", "j", "Shift+X")
    assert ticked(page) == refs[:3]
    keys(page, "Control+k")
    page.keyboard.type("assign to me")
    with page.expect_navigation():
        keys(page, "Enter")
    visitor.sees("3 complaints changed.")
    visitor.look_over()
    assert set(Ticket.objects.filter(ref__in=refs[:3]).values_list("assignee", flat=True)) == {lin.pk}
    with page.expect_navigation():
        keys(page, "Tab", "Enter")  # the outcome has the focus, its first button is the undo
    assert Ticket.objects.filter(ref__in=refs[:3], assignee=lin).count() == 0
    assert page.url.endswith("/desk/")
    keys(page, "j", "x", "Control+k")
    page.keyboard.type("put on press")
    with page.expect_navigation():
        keys(page, "Enter")
    expect(page.locator(f"tr[data-ref='{refs[0]}'] .queue-tag")).to_have_text("press")
    with page.expect_navigation():
        keys(page, "g", "u")
    assert page.url.endswith("?assignee=none")
    keys(page, "/")
    page.keyboard.type(refs[0])
    with page.expect_navigation():
        keys(page, "Enter")
    assert refs[0] in page.url


def test_the_dialogs_speak_both_languages_and_keys_can_be_turned_off(visit: Visit, lin: User) -> None:
    for language, screen in (("en", WIDE), ("zh-hans", DESK)):
        visitor = at_the_queue(visit, language, screen)
        page = visitor.page
        keys(page, "?")
        expect(page.locator("#keys-help")).to_be_visible()
        visitor.look_over()
        page.locator("#keys-on").uncheck()
        keys(page, "Escape", "j")
        assert page.evaluate("document.activeElement.closest('tr')") is None
        keys(page, "Control+k")
        expect(page.locator("#palette-input")).to_be_focused()
        visitor.look_over()
        page.keyboard.type("ts-20260101-000001")
        expect(page.locator("#palette-list li")).to_have_text(visitor.t("Open {0}").replace("{0}", "TS-20260101-000001"))
        keys(page, "Escape")


def test_by_mouse(visit: Visit, lin: User) -> None:
    visitor = at_the_queue(visit, "en", WIDE)
    page, refs = visitor.page, rows(visitor.page)
    boxes = page.locator("input[name=row]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    assert ticked(page) == refs[:3]
    page.locator("#tick-all").check()
    assert ticked(page) == refs
    page.get_by_role("button", name="Untick all").click()
    assert ticked(page) == []
    boxes.nth(0).click()
    page.get_by_label("Tag", exact=True).last.select_option("press")
    visitor.press("Put on")
    visitor.sees("1 complaint changed.")
    visitor.press("Undo")
    expect(page.locator(".queue-tag", has_text="press")).to_have_count(0)
    page.locator(".queue-save summary").click()
    visitor.open("/desk/?waiting_on=customer")
    page.locator(".queue-save summary").click()
    visitor.fill("Name", "Their turn", page.locator(".queue-save"))
    visitor.press("Save", within=page.locator(".queue-save"))
    expect(page.locator(".queue-views a", has_text="Their turn")).to_have_attribute("aria-current", "page")


def test_news_comes_without_moving_the_page(visit: Visit, lin: User) -> None:
    visitor = at_the_queue(visit, "en", DESK)
    page, refs = visitor.page, rows(visitor.page)
    page.locator("[data-count=b0]:not(:empty)").wait_for()
    place = page.locator("tr[data-ref]").nth(3).bounding_box()
    fresh = file_ticket(User.objects.get(email="mei@example.com"), filing()).ref
    amend(User.objects.get(email="zhao@example.com"), refs[1], {"assignee": "chen@example.com"})
    tag(lin, refs[2], ["press"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#queue-news p")).to_have_text("1 new complaint")
    expect(page.locator("tr.is-changed")).to_have_count(2)
    assert rows(page) == refs
    assert page.locator("tr[data-ref]").nth(3).bounding_box() == place
    visitor.look_over()
    with page.expect_navigation():
        keys(page, "r")
    assert fresh in rows(page)


def test_without_javascript(visit: Visit, lin: User) -> None:
    visitor = visit("en", DESK, javascript=False)
    visitor.mixed = True
    tap_in(visitor, "lin@example.com")
    visitor.open("/desk/")
    page = visitor.page
    first = page.locator("input[name=row]").first
    ref = (first.get_attribute("value") or "").partition(".")[0]
    first.check()
    visitor.press("Assign")
    visitor.sees("1 complaint changed.")
    assert Ticket.objects.get(ref=ref).assignee == lin
