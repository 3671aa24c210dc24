"""What a freeze costs: taps, characters and pages, counted on a phone, of a newcomer and of somebody known. Printed with -s."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

import pytest
from django.core import mail
from playwright.sync_api import Locator

from accounts.models import User
from browser.conftest import CODE, PHONE, Visit, let_in
from browser.visitor import Visitor
from tickets.models import Ticket

pytestmark = pytest.mark.browser
NEWCOMER, KNOWN = 6, 3
FIRST_SCREEN = PHONE["viewport"]["height"]


@dataclass
class Thumb:
    """Every tap and letter goes through here. A field that has the focus already costs no tap."""

    visitor: Visitor
    taps: int = 0
    letters: int = 0
    pages: int = 1

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()

    def write(self, field: Locator, words: str) -> None:
        if not field.evaluate("(field) => field === document.activeElement"):
            self.tap(field)
        field.type(words)
        self.letters += len(words)

    def go(self, target: Locator) -> None:
        self.taps += 1
        self.pages += 1
        self.visitor.go(target)

    def report(self, who: str) -> None:
        sys.stdout.write(f"\nfreeze, {who}: {self.taps} taps, {self.letters} characters, {self.pages} pages\n")


def bottom_of_the_red_button(visitor: Visitor) -> float:
    box = visitor.page.locator("main form .btn-danger").bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_a_freeze_costs_a_newcomer_six_taps_and_somebody_known_three(visit: Visit, lasting: None, mei: User) -> None:
    me = visit("zh-hans")
    me.open("/freeze/")
    assert bottom_of_the_red_button(me) <= FIRST_SCREEN
    thumb, form = Thumb(me), me.page.locator("main form")
    thumb.write(form.locator("[name=account]"), "13800001111")
    thumb.tap(form.locator("label", has=me.page.locator("[name=respondent][value=wechat]")))
    thumb.tap(form.locator("[name=not_me]"))
    thumb.write(form.locator("[name=email]"), "new@example.com")
    thumb.go(form.locator(".btn-danger"))
    found = re.search(CODE, str(mail.outbox[-1].body))
    assert found
    thumb.write(me.page.locator("[name=code]"), found[0])
    thumb.go(me.page.locator("main form .btn-primary").first)
    thumb.report("newcomer")
    assert Ticket.objects.get().status == "freeze_pending"
    assert thumb.taps <= NEWCOMER

    known = visit("en")
    let_in(known, mei)
    known.open("/freeze/")
    assert bottom_of_the_red_button(known) <= FIRST_SCREEN
    thumb, form = Thumb(known), known.page.locator("main form")
    thumb.write(form.locator("[name=account]"), "13800002222")
    thumb.tap(form.locator("[name=not_me]"))
    thumb.go(form.locator(".btn-danger"))
    thumb.report("known")
    assert Ticket.objects.filter(owner=mei, status="freeze_pending").count() == 1
    assert thumb.taps <= KNOWN
