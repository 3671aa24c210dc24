"""What a freeze and a whole filing cost: taps, characters and pages, counted on a phone. Printed with -s."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Locator, expect

from accounts.models import User
from browser.category_cases import HAPPENED, NOW, SYMPTOM
from browser.conftest import CODE, PHONE, Visit, let_in
from browser.pictures import photo
from browser.visitor import Visitor
from tickets.models import Ticket

pytestmark = pytest.mark.browser
NEWCOMER, KNOWN = 6, 3
CHARGED_TWICE = 24  # from the front page to an appeal that is submitted, a newcomer's, beside the camera
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
        sys.stdout.write(f"\n{who}: {self.taps} taps, {self.letters} characters, {self.pages} pages\n")


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
    thumb.report("freeze, newcomer")
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
    thumb.report("freeze, known")
    assert Ticket.objects.filter(owner=mei, status="freeze_pending").count() == 1
    assert thumb.taps <= KNOWN


# ---- A whole filing: charged twice, with what has to be said
def press(thumb: Thumb) -> None:
    thumb.go(thumb.visitor.page.locator("main form .btn-primary").first)


def sign_in(thumb: Thumb) -> None:
    thumb.write(thumb.visitor.page.locator("[name=email]"), "twice@example.com")
    press(thumb)
    found = re.search(CODE, str(mail.outbox[-1].body))
    assert found
    thumb.write(thumb.visitor.page.locator("[name=code]"), found[0])
    press(thumb)


def answer_what_must_be(thumb: Thumb) -> None:
    """Page by page; each of them asserts by its address that nothing was refused."""
    page = thumb.visitor.page
    thumb.tap(page.locator("[name=routing][value=charge]"))
    press(thumb)
    thumb.tap(page.locator("[name=incident_at]"))
    page.locator("[name=incident_at]").fill(HAPPENED)  # its wheels are the phone's
    thumb.write(page.locator("[name=amount]"), "128.50")
    thumb.write(page.locator("[name=order_numbers]"), "A-20260309-77")
    press(thumb)
    thumb.write(page.locator("[name='facts.times_charged']"), "2")
    thumb.write(page.locator("[name='facts.times_delivered']"), "1")
    press(thumb)
    thumb.write(page.locator("[name='statement.symptom']"), SYMPTOM["zh-hans"])
    thumb.tap(page.locator("[name=demands][value=refund]"))
    press(thumb)
    assert page.url.endswith("/check/")


def photograph(thumb: Thumb, kind: str, pictures: list[Path]) -> None:
    """All at once. What chooses or takes them is the phone's own."""
    slot = thumb.visitor.page.locator(f"#slot-{kind}")
    thumb.tap(slot.locator("details.add-evidence > summary"))
    slot.locator("input[type=file]").first.set_input_files(pictures)
    button = slot.get_by_role("button", name=thumb.visitor.t("Add it"))
    if button.is_visible():
        thumb.tap(button)
    expect(slot.locator(".item")).to_have_count(len(pictures))


def test_charged_twice_is_submitted_in_few_taps(visit: Visit, lasting: None, clock: Callable[[str], object], files: Path) -> None:
    clock(NOW)
    me = visit("zh-hans")
    me.overlooking = me.unfolding = False
    me.open("/")
    thumb = Thumb(me)
    thumb.go(me.page.locator("main a[href='/file/?category=billing_duplicate']"))
    sign_in(thumb)
    press(thumb)
    answer_what_must_be(thumb)
    press(thumb)
    thumb.tap(me.page.locator("main a[href='#evidence']"))
    photograph(thumb, "payment_voucher", [photo(files / f"{n}.jpg", f"voucher {n}", n) for n in (1, 3)])
    photograph(thumb, "billing_detail_screenshot", [photo(files / "5.jpg", "detail", 5)])
    thumb.go(me.page.locator(".submit-appeal .btn-primary"))
    thumb.report("charged twice, newcomer")
    assert Ticket.objects.get().status == "appeal_submitted"
    assert thumb.taps <= CHARGED_TWICE
