"""A look at a picture before it is sent: too small, blurred, too large, not a picture. On the device, and nothing leaves it meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Locator, expect

from browser.conftest import DESK, Visit
from browser.pictures import photo, screenshot
from browser.uploading import LANGUAGES, announced, arrives, choose, form_of
from evidence.models import EvidenceItem, PartialUpload
from evidence.tests.making import HEIC
from sla.policies import snapshot
from tickets.models import Ticket

pytestmark = pytest.mark.browser
SMALL = "The picture is small ({0} × {1} pixels). If it is a thumbnail or a piece of a picture, send the original."
BLURRED = "The picture looks blurred or empty. Text on it must be readable: hold the phone still, wait until it is sharp."
WRONG_TYPE = "This file is not of a type we can take here. Here we take: %(forms)s."
NO_CANVAS = "HTMLCanvasElement.prototype.getContext = undefined"
SHARP = 30  # as in static/js/file-check.js
MEASURE = """async (address) => {
  const { sharpness } = await import(document.querySelector('script[src*="js/file-check"]').src)
  const picture = new Image()
  picture.src = address
  await picture.decode()
  return sharpness(picture, picture.naturalWidth, picture.naturalHeight)
}"""


def sized(path: Path, size: tuple[int, int], blur: float = 0) -> Path:
    """A page of text, sharp or not."""
    picture = Image.new("RGB", size, (246, 246, 248))
    pen = ImageDraw.Draw(picture)
    for line in range(12):
        at = size[1] // 16 * (line + 1)
        pen.text((size[0] // 12, at), f"2026-03-{line + 10} No. 42001807{line}", fill=(30, 30, 30), font_size=size[0] // 22)
    picture.filter(ImageFilter.GaussianBlur(blur)).save(path, quality=88)
    return path


def actions_of(me: Any, row: Locator) -> set[str]:
    return {button.inner_text().strip() for button in row.get_by_role("button").all() if button.is_visible()}


def test_a_small_and_a_blurred_picture_are_told_and_can_be_sent_anyway(arrive: Visit, files: Path) -> None:
    me = arrive("en")
    begun, form = announced(me), form_of(me)
    choose(form, sized(files / "small.png", (500, 900)), sized(files / "blurred.jpg", (1080, 1920), blur=8))
    small, blurred = form.locator(".sending", has_text="small.png"), form.locator(".sending", has_text="blurred.jpg")
    me.sees(me.t(SMALL).replace("{0}", "500").replace("{1}", "900"), small)
    me.sees(me.t(BLURRED), blurred)
    assert actions_of(me, small) >= {me.t("Choose another"), me.t("Send it anyway"), me.t("Cover parts"), me.t("Remove")}
    me.look_over()
    assert begun == [], "nothing left the device"
    with me.page.expect_file_chooser() as chooser:
        me.page.evaluate("() => null")  # as browser.focus.choose_file does
        small.get_by_role("button", name=me.t("Choose another")).click()
    expect(small).to_have_count(0)
    chooser.value.set_files(screenshot(files / "good.png", "good", 1))
    arrives(me, 1)
    assert len(begun) == 1, "the other one still waits"
    blurred.get_by_role("button", name=me.t("Send it anyway")).dblclick()
    arrives(me, 2)
    expect(me.page.locator(".sending")).to_have_count(0)
    assert PartialUpload.objects.count() == 2, "tapped twice, sent once"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_server_would_refuse_is_refused_before_it_is_sent(arrive: Visit, ref: str, files: Path, language: str) -> None:
    me = arrive(language)
    begun, form = announced(me), form_of(me)
    policy = snapshot(Ticket.objects.get(ref=ref).policy_id)
    (files / "letter.doc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    (files / "huge.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(policy.max_upload_mb * 1024 * 1024))
    choose(form, sized(files / "thumb.png", (200, 400)), files / "letter.doc", files / "huge.jpg")
    said = {
        "thumb.png": "The picture is too small to read: its short side has less than %(min_side_px)s pixels. "
        "Please send the original, not a thumbnail.",
        "huge.jpg": "The file is larger than %(max_upload_mb)s MB. Take a screenshot of the part that matters, or send it in parts.",
    }
    for name, text in said.items():
        row = form.locator(".sending", has_text=name)
        me.sees(me.t(text, min_side_px=policy.min_side_px, max_upload_mb=policy.max_upload_mb), row)
        assert actions_of(me, row) == {me.t("Choose another"), me.t("Remove")}
    me.sees(me.t(WRONG_TYPE).partition("%")[0], form.locator(".sending", has_text="letter.doc"))
    me.look_over()
    assert begun == []


def test_what_this_browser_cannot_open_but_the_desk_can_is_sent_without_a_word(arrive: Visit, files: Path) -> None:
    me = arrive("en")
    (files / "IMG_1.HEIC").write_bytes(HEIC)
    choose(form_of(me), files / "IMG_1.HEIC", photo(files / "fine.jpg", "fine", 1))
    arrives(me, 2)
    expect(me.page.locator(".sending")).to_have_count(0)
    assert set(EvidenceItem.objects.values_list("state", flat=True)) == {"clean"}


def test_without_a_canvas_everything_is_sent_as_ever(arrive: Visit, files: Path) -> None:
    me = arrive("en")
    me.page.add_init_script(NO_CANVAS)
    me.open(me.page.url.removeprefix(me.address))
    choose(form_of(me), sized(files / "small.png", (500, 900)))
    arrives(me, 1)
    assert EvidenceItem.objects.get().state == "clean"


def test_the_threshold_lies_between_sharp_and_blurred(arrive: Visit, files: Path) -> None:
    """Radius in pixels of a picture whose longer side has 1,000, as the comment in file-check.js has them."""
    me = arrive("en", DESK)

    def measured(size: tuple[int, int], radius: float) -> float:
        path = sized(files / f"{size[0]}-{radius}.jpg", size, radius * max(size) / 1000)
        me.page.route("**/measured.jpg", lambda route: route.fulfill(path=path), times=1)
        return float(me.page.evaluate(MEASURE, "/measured.jpg"))

    for size in ((750, 1334), (1080, 2340), (3000, 4000)):
        assert measured(size, 0) > 20 * SHARP, size
        assert measured(size, 1) > SHARP, size
        assert measured(size, 2.5) < SHARP, size
