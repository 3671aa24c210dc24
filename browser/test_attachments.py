"""Files with words, in a real browser: chosen, refused by name, taken back, sent, and seen on the other side; without JavaScript too."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from browser.conftest import DESK, Visit, let_in
from browser.pictures import photo, screenshot
from desk.models import Draft
from desk.ticket.sending import release_due
from evidence.models import EvidenceItem
from evidence.periodic import inspect_waiting
from tickets.models import Message

pytestmark = pytest.mark.browser


def broken(path: Path) -> Path:
    path.write_bytes(b"PK\x03\x04 no picture")
    return path


@pytest.mark.parametrize(("language", "javascript"), [("zh-hans", True), ("en", False)], ids=["script", "none"])
def test_a_reply_with_files_from_the_box_to_the_customer(
    visit: Visit, ref: str, files: Path, mei: User, lin: User, language: str, javascript: bool
) -> None:
    desk = visit(language, DESK, javascript=javascript)
    desk.mixed = True
    let_in(desk, lin)
    desk.open(f"/desk/tickets/{ref}/")
    page = desk.page
    page.locator("#message-body").fill("对账单见附件。")
    page.locator("#message-files").set_input_files([photo(files / "bill.jpg", "bill", 1), broken(files / "tool.zip")])
    send = page.locator("#act-message button[value=public]")
    desk.go(send, 400)
    desk.sees("tool.zip")
    assert page.locator("#message-body").input_value() == "对账单见附件。"
    expect(page.locator("#act-message .attached")).to_contain_text("bill.jpg")
    page.locator("#message-files").set_input_files([screenshot(files / "shot.png", "shot", 2)])
    desk.go(send)
    desk.go(page.locator("form[action$='/undo/'] button"))
    expect(page.locator("#act-message .attached li")).to_have_count(2)
    desk.go(page.locator("#act-message button[name=without]").last)
    expect(page.locator("#act-message .attached li")).to_have_count(1)
    assert page.locator("#message-body").input_value() == "对账单见附件。"
    desk.go(send)
    assert not Message.objects.exists()
    Draft.objects.update(send_at=timezone.now())
    release_due(timezone.now())
    inspect_waiting(timezone.now())
    me = visit(language, javascript=javascript)
    me.words |= {"bill.jpg"}
    let_in(me, mei)
    me.open(f"/tickets/{ref}/")
    me.sees("bill.jpg")
    me.sees_not("shot.png")
    assert me.page.request.get(f"{me.address}/evidence/{EvidenceItem.objects.get(message__by_staff=True).pk}/").status == 200


def test_a_customer_sends_a_picture_with_a_message(visit: Visit, ref: str, files: Path, mei: User, lin: User) -> None:
    me = visit("zh-hans", javascript=False)
    me.words |= {"shot.png", "tool.zip"}
    let_in(me, mei)
    me.open(f"/tickets/{ref}/")
    messages = me.panel(me.t("Messages and history"))
    messages.locator("details:not(.fold) > summary").click()
    me.fill(me.t("Your message"), "…", messages)
    me.page.locator("#message-file").set_input_files([screenshot(files / "shot.png", "shot", 2), broken(files / "tool.zip")])
    me.press(me.t("Send"), within=messages)
    me.sees("tool.zip")
    me.sees("shot.png", me.panel(me.t("Messages and history")))
    inspect_waiting(timezone.now())
    desk = visit("zh-hans", DESK)
    desk.mixed = True
    let_in(desk, lin)
    desk.open(f"/desk/tickets/{ref}/")
    desk.go(desk.page.locator(".timeline .attached a"))
    assert EvidenceItem.objects.get().message == Message.objects.get()
