"""No JavaScript at all: file, upload, submit, on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import User
from browser.conftest import Visit, sign_in_by_code
from browser.pictures import photo, screenshot
from browser.visitor import Visitor
from tickets.models import Ticket
from tickets.words import ACTION, DEMAND, FACT, ISSUER, STATUS

pytestmark = pytest.mark.browser
SYMPTOM = {
    "zh-hans": "页面显示一百元，实际被扣了一百二十八元五角，要求退还差额。",
    "en": "The page said 100 yuan, but 128.50 were taken. Refund the rest.",
}


def test_a_complaint_is_filed_documented_and_submitted(visit: Visit, mei: User, files: Path) -> None:
    me = visit("zh-hans", javascript=False)
    sign_in_by_code(me, mei)
    ref = file(me, "zh-hans")
    for kind, picture in (
        ("payment_voucher", photo(files / "a.jpg", "paid", 1)),
        ("billing_detail_screenshot", screenshot(files / "b.png", "bill", 2)),
    ):
        me.page.locator(f"#slot-{kind} .add-evidence > summary").click()
        form = me.page.locator(f"#slot-{kind} form[action$='/evidence/{kind}/']")
        form.locator("input[type=file]").first.set_input_files(picture)
        me.press(me.t("Add it"), within=form)
    me.press(me.word(ACTION["submit_appeal"]))
    me.sees(me.word(STATUS["appeal_submitted"]))
    ticket = Ticket.objects.get(ref=ref)
    assert (ticket.status, ticket.owner, str(ticket.amount)) == ("appeal_submitted", mei, "128.50")
    assert ticket.submissions.get().number == 1
    assert ticket.timers.filter(key="review_limit").exists()


def file(me: Visitor, language: str) -> str:
    """Through the pages of the wizard; a mistake on the way keeps what was typed."""
    me.open("/")
    me.page.locator("a[href*='billing_amount_mismatch']").click()
    me.press(me.t("Continue"))
    me.tick(me.t("I was charged wrongly: twice, too much, or without my agreement"))
    me.press(me.t("Save and continue"))
    me.fill(me.t("When did it happen?"), "2026-03-09T10:00")
    me.fill(me.t("How much is it about? (yuan)"), "a lot" if language == "en" else "很多")
    me.tick(me.word(ISSUER["other"]))
    me.fill(me.t("Order or transaction number"), "A-20260309-77")
    me.press(me.t("Save and continue"), status=400)
    me.error_at(me.t("How much is it about? (yuan)"), me.t("Enter an amount such as 128.00."))
    assert me.field(me.t("Order or transaction number")).input_value() == "A-20260309-77"
    assert me.field(me.t("When did it happen?")).input_value() == "2026-03-09T10:00"
    me.fill(me.t("How much is it about? (yuan)"), "128.50")
    me.press(me.t("Save and continue"))
    me.fill(me.word(FACT["expected"]), "100.00")
    me.fill(me.word(FACT["charged"]), "128.50")
    me.press(me.t("Save and continue"))
    me.fill(me.t("What happened, in your own words?"), SYMPTOM[language])
    me.tick(me.word(DEMAND["refund"]))
    me.press(me.t("Save and continue"))
    me.sees(SYMPTOM[language])
    me.press(me.t("File the complaint"))
    ref = Ticket.objects.get().ref
    me.sees(ref)
    return ref
