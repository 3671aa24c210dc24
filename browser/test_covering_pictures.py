"""Parts of a picture covered before it is sent: by keyboard, mouse and finger. What was covered never reaches the server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from browser.conftest import DESK, Visit
from browser.pictures import SECRET, photo, secret
from browser.uploading import PATIENCE, announced, arrives, choose, form_of
from browser.visitor import Visitor
from evidence.models import EvidenceItem
from evidence.vault import store

pytestmark = pytest.mark.browser
TITLE = "Cover parts of the picture"
FIRST = "Let me cover parts of the picture before it is sent"
FILL = (28, 37, 48)
REMEMBERED = """() => {
  const form = document.querySelector('form[data-upload]').dataset.upload
  const kept = [{ url: '/api/v1/uploads/none/', name: 'a.png', size: 9, isCovered: true, form }]
  sessionStorage.setItem('uploads:' + location.pathname, JSON.stringify(kept))
}"""
AT = (300, 780, 480, 860)  # about the middle of 780 x 1688


def editor(me: Visitor) -> Locator:
    return me.page.get_by_role("dialog", name=me.t(TITLE))


def kept() -> Iterator[Image.Image]:
    """What the server holds: the bytes as they came, and the copy people look at."""
    for name in (EvidenceItem.objects.get().original, EvidenceItem.objects.get().safe):
        yield Image.open(io.BytesIO(store.read(name))).convert("RGB")


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 0) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def colours(picture: Image.Image) -> set[tuple[int, ...]]:
    found = picture.getcolors(picture.width * picture.height) or []
    return {colour for _count, colour in found}  # type: ignore[misc]


def test_by_keyboard_on_a_phone_and_only_the_copy_is_sent(arrive: Visit, files: Path) -> None:
    me = arrive("zh-hans")
    begun, form = announced(me), form_of(me)
    me.tick(me.t(FIRST), form)
    choose(form, secret(files / "secret.png", AT))
    dialog = editor(me)
    expect(dialog).to_be_visible(timeout=PATIENCE)
    expect(dialog.get_by_role("button", name=me.t("Add a box"))).to_be_focused()
    expect(dialog.get_by_role("button", name=me.t("Undo"))).to_be_disabled()
    me.page.keyboard.press("Enter")
    box = dialog.get_by_role("button", name=me.t("Box {0} of {1}").replace("{0}", "1").replace("{1}", "1"))
    expect(box).to_be_focused()
    me.look_over()
    before = box.bounding_box()
    for key in ["ArrowLeft"] * 2 + ["ArrowUp"] * 6 + ["Shift+ArrowRight"] * 8 + ["Shift+ArrowDown"] * 14:
        me.page.keyboard.press(key)
    after = box.bounding_box()
    assert before and after and after["x"] < before["x"] and after["width"] > before["width"] + 50
    cover_all(me, box)
    dialog.get_by_role("button", name=me.t("Use this picture")).click()
    expect(dialog).to_be_hidden()
    me.sees(me.t("Parts are covered. Only this copy will be sent."), form.locator(".sending"))
    assert begun == []
    me.look_over()
    form.get_by_role("button", name=me.t("Add it")).click()
    arrives(me, 1)
    for picture in kept():
        assert picture.size == (780, 1688), "full size"
        assert SECRET not in colours(picture), "not a pixel of it"
        assert picture.getpixel((390, 820)) == FILL
        assert picture.getpixel((20, 20)) == Image.open(files / "secret.png").getpixel((20, 20)), "the rest is as it was"


def cover_all(me: Visitor, box: Locator) -> None:
    """On with the arrows, until the box reaches the secret's edges: how far that is depends on the screen."""
    canvas = me.page.locator("[data-picture]").bounding_box()
    assert canvas
    scale = canvas["width"] / 780
    edges = {"ArrowLeft": AT[0], "ArrowUp": AT[1], "Shift+ArrowRight": AT[2], "Shift+ArrowDown": AT[3]}
    for key, edge in edges.items():
        for _ in range(80):
            area, whole = box.bounding_box(), me.page.locator("[data-picture]").bounding_box()
            assert area and whole
            reached = {
                "ArrowLeft": area["x"] - whole["x"] < edge * scale - 4,
                "ArrowUp": area["y"] - whole["y"] < edge * scale - 4,
                "Shift+ArrowRight": area["x"] + area["width"] - whole["x"] > edge * scale + 4,
                "Shift+ArrowDown": area["y"] + area["height"] - whole["y"] > edge * scale + 4,
            }
            if reached[key]:
                break
            me.page.keyboard.press(key)


def test_with_a_mouse_undone_cancelled_and_done_again(arrive: Visit, files: Path) -> None:
    me = arrive("en", DESK, scheme="dark")
    form = form_of(me, "account_binding_proof")
    choose(form, photo(files / "account.jpg", "account", 1))
    opener = form.locator(".sending").get_by_role("button", name=me.t("Cover parts"))
    opener.click()
    dialog = editor(me)
    draw(me, (0.2, 0.05), (0.6, 0.12))
    draw(me, (0.1, 0.2), (0.3, 0.3))
    expect(dialog.locator("[data-number]")).to_have_count(2)
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.locator("[data-number]")).to_have_count(1)
    me.look_over()
    me.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    me.sees_not(me.t("Parts are covered. Only this copy will be sent."), form)
    opener.click()
    expect(dialog).to_be_visible(timeout=PATIENCE)
    expect(dialog.locator("[data-number]")).to_have_count(0)
    draw(me, (0.2, 0.05), (0.6, 0.12))
    dialog.get_by_role("button", name="Use this picture").click()
    me.sees(me.t("Parts are covered. Only this copy will be sent."), form)
    opener.click()
    expect(dialog.locator("[data-number]")).to_have_count(1)  # the picture itself is still at hand
    dialog.get_by_role("button", name="Cancel").click()
    form.get_by_role("button", name="Add it").click()
    arrives(me, 1, "account_binding_proof")
    for picture in kept():
        assert picture.size == (900, 1200)
        assert near(picture.getpixel((360, 100)), FILL, 6)
        assert not near(picture.getpixel((100, 20)), FILL, 40)


def draw(me: Visitor, start: tuple[float, float], end: tuple[float, float]) -> None:
    """With the mouse, in parts of the picture."""
    expect(me.page.locator("[data-picture]")).to_be_visible(timeout=PATIENCE)
    area = me.page.locator("[data-picture]").bounding_box()
    assert area
    me.page.mouse.move(area["x"] + start[0] * area["width"], area["y"] + start[1] * area["height"])
    me.page.mouse.down()
    me.page.mouse.move(area["x"] + end[0] * area["width"], area["y"] + end[1] * area["height"], steps=4)
    me.page.mouse.up()


def test_with_a_finger_and_the_focus_stays_inside(arrive: Visit, files: Path) -> None:
    me = arrive("zh-hans", scheme="dark")
    form = form_of(me)
    me.tick(me.t(FIRST), form)
    choose(form, secret(files / "secret.png", AT))
    dialog = editor(me)
    expect(dialog).to_be_visible(timeout=PATIENCE)
    frame = me.page.locator("[data-frame]").bounding_box()
    assert frame
    me.page.touchscreen.tap(frame["x"] + frame["width"] / 2, frame["y"] + 60)
    me.page.touchscreen.tap(frame["x"] + frame["width"] / 2, frame["y"] + 160)
    expect(dialog.locator("[data-number]")).to_have_count(2)
    me.look_over()
    for _ in range(14):
        me.page.keyboard.press("Tab")
        assert me.page.evaluate(
            "() => !document.activeElement || document.activeElement === document.body"
            " || Boolean(document.activeElement.closest('dialog[data-covering]'))"
        )
    dialog.get_by_role("button", name=me.t("Remove the box")).click()
    expect(dialog.locator("[data-number]")).to_have_count(1)
    corner = dialog.locator("[data-corner]").bounding_box()
    assert corner and min(corner["width"], corner["height"]) >= 24, "a target for a finger"
    dialog.get_by_role("button", name=me.t("Cancel")).click()
    expect(form.get_by_role("button", name=me.t("Add it"))).to_be_visible()
    expect(form.locator(".sending")).to_have_count(1)
    assert not EvidenceItem.objects.exists()


def test_after_a_reload_half_way_it_says_that_the_copy_is_gone(arrive: Visit, files: Path) -> None:
    """Choosing the same file again would send what was to be covered."""
    me = arrive("en")
    me.page.evaluate(REMEMBERED)
    me.page.route("**/api/v1/uploads/none/", lambda route: route.fulfill(json={"offset": 5, "chunk_size": 5}))
    me.open(me.page.url.removeprefix(me.address))
    row = me.page.locator(".sending")
    me.sees(me.t("The copy with covered parts was lost when the page was left. Choose the picture again and cover them again."), row)
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
