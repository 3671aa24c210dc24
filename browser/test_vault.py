"""The vault in a real browser: pictures large by mouse and keyboard, a reason and a watermark for what is sensitive."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image, ImageChops
from playwright.sync_api import Locator, expect

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit
from browser.tour import tap_in
from browser.visitor import Visitor
from evidence.models import CustodyEntry, EvidenceItem, VaultRun
from evidence.operations import content
from evidence.people import request_deletion
from evidence.tests.conftest import vault  # noqa: F401 - each test its own
from evidence.words import PURPOSE
from tickets.operations import perform

pytestmark = pytest.mark.browser


def arrive(visit: Visit, email: str, language: str = "en", screen: dict[str, Any] = DESK, **how: Any) -> Visitor:
    visitor = visit(language, screen, **how)
    visitor.mixed = True  # the demo's people write Chinese
    tap_in(visitor, email)
    return visitor


def viewer_of(item: EvidenceItem, more: str = "") -> str:
    return f"/desk/tickets/{item.ticket.ref}/evidence/?item={item.pk}{more}"


@pytest.fixture
def voucher(demo: None) -> EvidenceItem:
    return EvidenceItem.objects.filter(ticket__status="appeal_submitted", kind="transaction_screenshot").select_related("ticket").get()


@pytest.fixture
def card(demo: None) -> EvidenceItem:
    return EvidenceItem.objects.filter(kind="id_card_front", state="clean").select_related("ticket").first()


def place(frame: Locator) -> list[int]:
    return frame.evaluate("(frame) => [frame.scrollWidth, frame.clientWidth, Math.round(frame.scrollLeft), Math.round(frame.scrollTop)]")


def test_a_picture_is_enlarged_turned_and_moved_by_mouse(visit: Visit, voucher: EvidenceItem) -> None:
    visitor = arrive(visit, "lin@example.com")
    visitor.open(viewer_of(voucher))
    looks = CustodyEntry.objects.filter(action="viewed").count()
    frame = visitor.page.locator("[data-pane]")
    picture = frame.locator("svg")
    assert place(frame)[0] == place(frame)[1]
    for _time in range(8):
        visitor.page.get_by_role("link", name="Larger").click()
    wide, seen, left, top = place(frame)
    assert wide > 2 * seen
    box = frame.bounding_box()
    assert box is not None
    visitor.page.mouse.move(box["x"] + 300, box["y"] + 300)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 200, box["y"] + 220, steps=4)
    visitor.page.mouse.up()
    assert place(frame)[2:] == [left + 100, top + 80]
    visitor.page.get_by_role("link", name="Turn right").click()
    assert picture.get_attribute("viewBox") == f"0 0 {voucher.height} {voucher.width}"
    visitor.page.get_by_role("link", name="Whole picture").click()
    assert place(frame)[0] == place(frame)[1]
    assert picture.get_attribute("viewBox") == f"0 0 {voucher.width} {voucher.height}"
    assert CustodyEntry.objects.filter(action="viewed").count() == looks  # nothing was loaded again
    visitor.look_over()


def test_the_keyboard_does_the_same_and_goes_on(visit: Visit, voucher: EvidenceItem) -> None:
    visitor = arrive(visit, "lin@example.com")
    visitor.open(viewer_of(voucher))
    frame, press = visitor.page.locator("[data-pane]"), visitor.page.keyboard.press
    press("+")
    press("+")
    assert visitor.page.locator("[data-size]").inner_text() == "156 %"
    top = place(frame)[3]
    press("ArrowDown")
    assert place(frame)[3] > top  # there is nothing beside it to move to: across, the arrows lead to the next one
    press("r")
    assert "rotate(90)" in str(frame.locator("image").get_attribute("transform"))
    press("-")
    press("0")
    assert visitor.page.locator("[data-size]").inner_text() == "100 %"
    with visitor.page.expect_navigation(url="**item=*"):
        press("ArrowRight")
    visitor.look_over()
    assert f"item={voucher.pk}" not in visitor.page.url
    with visitor.page.expect_navigation():
        press("ArrowLeft")
    assert f"item={voucher.pk}" in visitor.page.url


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_sensitive_picture_opens_for_a_reason_and_wears_the_name_of_who_looks(visit: Visit, card: EvidenceItem, language: str) -> None:
    visitor = arrive(visit, "sun@example.com", language)
    visitor.open(viewer_of(card))
    assert not visitor.page.locator("image").count()
    visitor.page.get_by_label(visitor.word(PURPOSE["protection"])).check()
    with visitor.page.expect_response(lambda answer: f"/evidence/{card.pk}/?purpose=" in answer.url) as loaded:
        visitor.press(visitor.t("Look at it"))
    seen = Image.open(io.BytesIO(loaded.value.body())).convert("RGB")
    plain = Image.open(io.BytesIO(content(card.ticket.owner, card.pk).data)).convert("RGB")
    changed = ImageChops.difference(seen, plain).convert("L").point(lambda level: 255 if level > 40 else 0)
    assert changed.histogram()[255] > seen.width * seen.height / 50
    shown = Image.open(io.BytesIO(visitor.page.locator("[data-pane] svg").screenshot())).convert("L")
    assert shown.getextrema()[1] - shown.getextrema()[0] > 100
    look = CustodyEntry.objects.get(action="viewed", by__email="sun@example.com")
    assert look.purpose == visitor.word(PURPOSE["protection"])


def test_two_pictures_stand_beside_each_other(visit: Visit, voucher: EvidenceItem) -> None:
    visitor = arrive(visit, "lin@example.com", "zh-hans")
    visitor.open(viewer_of(voucher))
    other = voucher.ticket.evidence.get(kind="payment_voucher")
    visitor.page.get_by_label(visitor.t("Compare with")).select_option(str(other.pk))
    visitor.press(visitor.t("Side by side"))
    frames = visitor.page.locator("[data-pane]")
    assert frames.count() == 2
    one, two = frames.nth(0).bounding_box(), frames.nth(1).bounding_box()
    assert one and two and one["y"] == two["y"] and two["x"] > one["x"] + one["width"]
    visitor.page.get_by_role("link", name=visitor.t("Turn right")).nth(1).click()
    assert frames.nth(0).locator("image").get_attribute("transform") in (None, "rotate(0)")
    assert "rotate(90)" in str(frames.nth(1).locator("image").get_attribute("transform"))


def test_without_a_script_the_buttons_are_links(visit: Visit, voucher: EvidenceItem) -> None:
    visitor = visit("en", PHONE, javascript=False)
    visitor.mixed = True
    tap_in(visitor, "lin@example.com")
    visitor.open(viewer_of(voucher))
    visitor.follow("Larger")
    visitor.follow("Turn right")
    frame = visitor.page.locator("[data-pane]")
    box, inner = frame.bounding_box(), frame.locator("svg").bounding_box()
    assert box and inner and round(inner["width"] / box["width"], 1) == 1.5
    assert frame.locator("image").get_attribute("transform") == f"translate({voucher.height} 0) rotate(90)"


# ---- The privacy officer
def test_the_officer_reads_who_looked_and_takes_the_log_along(visit: Visit, card: EvidenceItem) -> None:
    content(User.objects.get(email="zhou@example.com"), card.pk, "核对身份")
    visitor = arrive(visit, "sun@example.com", "zh-hans")
    visitor.follow(visitor.t("Privacy"))
    visitor.sees(f"#{card.pk}")
    visitor.follow(visitor.t("Who opened what"))
    visitor.fill(visitor.t("E-mail address"), "zhou@example.com")
    visitor.press(visitor.t("Show"))
    visitor.sees("核对身份")
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("link", name=visitor.t("All of these as CSV")).click()
    assert "核对身份" in Path(taken.value.path()).read_text("utf-8-sig")


def test_the_officer_proves_the_log_and_sees_how_far_it_is(visit: Visit, card: EvidenceItem) -> None:
    visitor = arrive(visit, "sun@example.com")
    visitor.open("/desk/privacy/runs/")
    visitor.press(visitor.t("Prove the log now"))
    visitor.sees(visitor.t("nothing wrong"))
    run = VaultRun.objects.create(kind="rotation", started_at=timezone.now(), done=1, total=4)
    visitor.open("/desk/privacy/runs/")
    progress = visitor.page.locator("progress")
    assert progress.get_attribute("value") == "1"
    VaultRun.objects.filter(pk=run.pk).update(done=3)
    visitor.page.locator("progress[value='3']").wait_for()
    VaultRun.objects.filter(pk=run.pk).update(done=4, ended_at=timezone.now())
    progress.wait_for(state="detached")
    visitor.look_over()


def test_the_officer_hands_out_and_erases_a_persons_data(visit: Visit, card: EvidenceItem) -> None:
    visitor = arrive(visit, "sun@example.com", "en")
    visitor.words |= {"shop@example.com"}
    visitor.open("/desk/privacy/person/")
    visitor.fill(visitor.t("E-mail address"), card.ticket.owner.email)
    visitor.press(visitor.t("Find"))
    out = visitor.page.get_by_role("region", name=visitor.t("Hand out"))
    visitor.press(visitor.t("Make the ZIP"), 400)
    visitor.error_at(visitor.t("Reason, for the log"), visitor.t("Say why. It is written down."), out)
    visitor.fill(visitor.t("Reason, for the log"), "2026-77", out)
    with visitor.page.expect_download() as taken:
        out.get_by_role("button").click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert "id_card_front" in archive.read("withheld.txt").decode()
    request_deletion(card.ticket.owner)
    visitor.open(f"/desk/privacy/person/?email={card.ticket.owner.email}")
    gone = visitor.page.get_by_role("region", name=visitor.t("Erase"), exact=True)
    visitor.fill(visitor.t("Reason, for the log"), "2026-77", gone)
    visitor.go(gone.get_by_role("button"))
    visitor.sees(visitor.t("What could be erased is erased. The rest is named below."))
    assert User.objects.get(pk=card.ticket.owner_id).is_active


def test_the_officer_releases_a_hold(visit: Visit, card: EvidenceItem) -> None:
    perform(card.ticket.owner, card.ticket.ref, "refer_to_police", {"note": "2026-77"})
    visitor = arrive(visit, "sun@example.com")
    visitor.open("/desk/privacy/holds/")
    row = visitor.page.get_by_role("row").filter(has_text=card.ticket.ref)
    row.locator("details.more > summary").click()
    visitor.fill(visitor.t("Reason"), "closed", row)
    visitor.press(visitor.t("Release the hold"), within=row)
    expect(row).to_have_count(0)
