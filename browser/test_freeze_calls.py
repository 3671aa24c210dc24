"""A freeze request interrupts whoever works at the desk: a number at the tab and in the title, and a tone if it is wanted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from browser.conftest import Visit, let_in
from browser.visitor import Visitor
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.browser
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# Counts the notes that are played; a machine that runs tests has no loudspeaker.
NOTES = """
let notes = 0
const start = OscillatorNode.prototype.start
OscillatorNode.prototype.start = function (at) {
  notes += 1
  document.documentElement.dataset.notes = notes
  start.call(this, at)
}
"""


def at_the_desk(visit: Visit, zhou: User, address: str) -> Visitor:
    visitor = visit("en", DESK)
    visitor.mixed = True
    visitor.page.add_init_script(NOTES)
    visitor.page.clock.install()
    let_in(visitor, zhou)
    visitor.open(address)
    return visitor


def freeze(mei: User, number: int) -> None:
    file_ticket(mei, filing(request_freeze=True, account=f"douyin:1370000000{number}"))


def a_while_later(page: Page) -> None:
    """Past the longest wait between two questions."""
    page.clock.fast_forward(23_000)


def heard(page: Page, count: int) -> None:
    """So many notes since the page was opened."""
    expect(page.locator("html")).to_have_attribute("data-notes", str(count))


def test_the_title_counts_and_nothing_sounds_by_itself(visit: Visit, mei: User, zhou: User) -> None:
    page = at_the_desk(visit, zhou, "/desk/notices/").page
    assert not page.title().startswith("(")
    freeze(mei, 1)
    a_while_later(page)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("[data-freezes]")).to_have_text("1")
    expect(page.locator("[data-freezes-said]")).to_have_text("A new freeze request has come in.")
    assert page.locator("html").get_attribute("data-notes") is None


def test_the_queue_tells_it_too(visit: Visit, mei: User, zhou: User) -> None:
    page = at_the_desk(visit, zhou, "/desk/").page
    freeze(mei, 1)
    a_while_later(page)
    expect(page).to_have_title(re.compile(r"^\(1\) "))


def test_with_the_switch_on_each_new_one_sounds_once_and_the_switch_is_remembered(visit: Visit, mei: User, zhou: User) -> None:
    visitor = at_the_desk(visit, zhou, "/desk/freezes/")
    page = visitor.page
    switch = page.get_by_label("A sound for each new freeze request, in this browser")
    expect(switch).not_to_be_checked()
    switch.check()
    heard(page, 2)
    freeze(mei, 1)
    a_while_later(page)
    heard(page, 4)
    a_while_later(page)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    heard(page, 4)  # the same one does not sound again
    visitor.open("/desk/freezes/")
    expect(page.get_by_label("A sound for each new freeze request, in this browser")).to_be_checked()
