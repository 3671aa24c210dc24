"""A complaint taken outside, from the rejection to the number it got there: only what was filed is said to be filed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator

from accounts.models import User
from browser.conftest import PHONE, Visit, let_in
from browser.test_customer_actions import Arrive, arrive
from browser.visitor import Visitor
from tickets.models import EscalationTarget

pytestmark = pytest.mark.browser
__all__ = ["arrive"]


def place_of(me: Visitor, key: str) -> Locator:
    return me.page.locator(f"section[aria-labelledby=place-{key}]")


def test_12315_from_the_rejection_to_its_number(arrive: Arrive) -> None:
    me, ticket = arrive("rejected")
    me.open(f"/tickets/{ticket.ref}/further/")
    place = place_of(me, "regulator_12315")
    row = EscalationTarget.objects.get(key="regulator_12315")
    assert place.get_by_role("link", name=row.website).get_attribute("href") == row.website
    assert me.t("Filed by you") not in me.page.inner_text("main")
    me.press(me.t("Put my words into its papers"), within=place)
    me.sees(me.t("Your words are in the papers now. It is not filed yet: only you can file it there."))
    assert ticket.escalations.get().state == "to_be_filed"
    ticket.refresh_from_db()
    assert ticket.status == "rejected"

    place = place_of(me, "regulator_12315")
    place.locator("summary", has_text=me.t("Once you have filed it there, tell us")).click()
    place.locator("[name=reference]").fill("12315-2026-0001")
    me.press(me.t("I have filed it there"), within=place)
    me.sees(me.t("Filed by you"))
    me.sees("12315-2026-0001")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.escalations.get().state) == ("escalated", "filed")
    assert ticket.timers.filter(key="regulator_accept", stopped_at=None).exists()


def test_the_same_without_scripts_and_before_any_decision(visit: Visit, arrive: Arrive, mei: User) -> None:
    _me, ticket = arrive("under_review")
    me = visit("en", PHONE, javascript=False)
    me.mixed = True
    let_in(me, mei)
    me.open(f"/tickets/{ticket.ref}/further/")
    place = place_of(me, "litigation")
    place.locator("summary", has_text=me.t("Once you have filed it there, tell us")).click()
    me.press(me.t("I have filed it there"), within=place)
    me.sees(me.t("Filed by you"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.escalations.get().state) == ("under_review", "filed")


@pytest.mark.parametrize("status", ["under_review", "rejected", "escalated"])
def test_the_places_are_two_and_a_half_screens(arrive: Arrive, status: str) -> None:
    """As it opens: the next step above, each place by its name and what it can do."""
    me, ticket = arrive(status)
    me.open(f"/tickets/{ticket.ref}/further/")
    me.page.reload()  # looking it over has opened what was folded
    height = me.page.evaluate("() => document.documentElement.scrollHeight")
    assert height <= 2.5 * PHONE["viewport"]["height"], height
