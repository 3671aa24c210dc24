"""Enlarged twice and four times, on paper, without motion, in forced colours: nothing cut off, nothing gone, nothing in the way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from browser.conftest import DESK, Visit, let_in
from browser.focus import faults, stops
from browser.visitor import Visitor
from tickets.operations import start_draft
from tickets.tests.stages import MAKERS
from tickets.workflow import Status

pytestmark = pytest.mark.browser
# A window of 1280 by 800, enlarged to 200 % and to 400 % (WCAG 1.4.4 and 1.4.10).
ENLARGED: list[dict[str, Any]] = [{"viewport": {"width": 640, "height": 400}}, {"viewport": {"width": 320, "height": 256}}]
GONE_ON_PAPER = ".site-header, .site-footer, .skip-link, nav, .back, button, .no-print"


@pytest.fixture
def people(lasting: None, mei: User, lin: User, zhou: User, chen: User, zhao: User, adapter: User) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


@pytest.fixture
def pages(people: SimpleNamespace) -> list[str]:
    draft = start_draft(people.owner, {"category": "withdrawal_anomaly"})
    filed = [MAKERS[Status(status)](people).ref for status in ("frozen", "rejected")]
    return [
        *("/", "/freeze/", "/tickets/", "/accounts/profile/", f"/file/{draft.ref}/facts/", f"/file/{draft.ref}/check/"),
        *(f"/tickets/{ref}/" for ref in filed),
        *(f"/tickets/{filed[-1]}/{page}/" for page in ("further", "receipt")),
    ]


def come(visit: Visit, user: User, language: str = "en", screen: dict[str, Any] = DESK, **more: Any) -> Visitor:
    me = visit(language, screen, **more)
    me.overlooking, me.mixed = False, True
    let_in(me, user)
    return me


# ---- Enlarged
def enlarged_faults(me: Visitor, path: str) -> list[str]:
    me.open(path)
    me.page.evaluate("() => document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true })")
    wide, shown = me.page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    found = [f"scrolls sideways: {wide} > {shown}"] if wide > shown else []
    found += me.eyes("cut")
    found += [fault for stop in [*stops(me), *stops(me, "Shift+Tab")] for fault in faults(stop)]
    return [f"{path}: {fault}" for fault in dict.fromkeys(found)]


@pytest.mark.parametrize(("screen", "language"), [(ENLARGED[0], "zh-hans"), (ENLARGED[1], "en")], ids=["200%", "400%"])
def test_enlarged_it_is_all_there(visit: Visit, people: SimpleNamespace, pages: list[str], screen: dict[str, Any], language: str) -> None:
    me = come(visit, people.owner, language, screen)
    found = [fault for path in pages for fault in enlarged_faults(me, path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("screen", ENLARGED, ids=["200%", "400%"])
def test_enlarged_the_desk_is_all_there(visit: Visit, people: SimpleNamespace, screen: dict[str, Any]) -> None:
    ticket = MAKERS[Status("under_review")](people)
    agent = come(visit, people.reviewer, "zh-hans", screen)
    found = [fault for path in ("/desk/", f"/desk/tickets/{ticket.ref}/") for fault in enlarged_faults(agent, path)]
    assert not found, "\n".join(found)


# ---- On paper
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_there_is_the_case_and_nothing_to_press(visit: Visit, people: SimpleNamespace, scheme: str) -> None:
    ticket = MAKERS[Status("under_review")](people)
    me = come(visit, people.owner, "zh-hans", scheme=scheme)
    me.page.emulate_media(media="print")
    for path in (f"/tickets/{ticket.ref}/", f"/tickets/{ticket.ref}/receipt/"):
        me.open(path)
        left = [each.inner_text() for each in me.page.locator(GONE_ON_PAPER).all() if each.is_visible()]
        assert not left, left
        expect(me.page.locator("h1")).to_be_visible()
        me.sees(ticket.ref)
        assert me.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        me.page.emulate_media(media="print", color_scheme="light")  # paper is white whatever the screen is
        assert not me.eyes("faint")
        me.page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
        assert len(me.page.pdf()) > 5000


# ---- Without motion, in forced colours
def test_without_motion_nothing_moves_and_nothing_is_gone(visit: Visit, people: SimpleNamespace, pages: list[str]) -> None:
    me = come(visit, people.owner)
    for path in pages:
        me.open(path)
        texts = me.eyes("words")
        me.page.emulate_media(reduced_motion="reduce")
        assert me.eyes("moving") == [], path
        assert me.eyes("words") == texts, path
        me.page.emulate_media(reduced_motion="no-preference")


def test_in_forced_colours_nothing_is_gone(visit: Visit, people: SimpleNamespace, pages: list[str]) -> None:
    me = come(visit, people.owner)
    wrong: list[str] = []
    for path in pages:
        me.open(path)
        texts = me.eyes("words")
        me.page.emulate_media(forced_colors="active")
        assert me.eyes("words") == texts, path
        wrong += [f"{path}: {fault}" for fault in me.eyes("lost")]
        me.page.keyboard.press("Tab")
        wrong += [f"{path}: {fault}" for stop in stops(me)[:12] for fault in faults(stop)]
        me.page.emulate_media(forced_colors="none")
    assert not wrong, "\n".join(dict.fromkeys(wrong))
