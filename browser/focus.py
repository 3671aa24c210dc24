"""Where the focus is, how it looks there, and whether anything lies over it. For people who use the keyboard alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator

from browser.visitor import Visitor

MOST = 160  # presses of Tab; no page has more stops


def here(me: Visitor) -> dict[str, Any] | None:
    return me.eyes("focus")


def faults(stop: dict[str, Any]) -> list[str]:
    return [f"{stop['name']}: {fault}" for fault, is_so in (("focus not seen", not stop["visible"]), ("covered", stop["covered"])) if is_so]


def stops(me: Visitor, key: str = "Tab") -> list[dict[str, Any]]:
    """Every place the key leads to, once round the page."""
    me.page.emulate_media(reduced_motion="reduce")  # while the page still glides, the focus is nowhere yet
    me.eyes("remember", True)
    me.page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })")
    found: list[dict[str, Any]] = []
    for _press in range(MOST):
        me.page.keyboard.press(key)
        stop = here(me)
        if stop is None or (found and stop["key"] == found[0]["key"]):
            break
        if not found or found[-1]["key"] != stop["key"]:  # a date has several stops inside one field
            found.append(stop)
    return found


def out_of_order(found: list[dict[str, Any]]) -> list[str]:
    """From the top to the bottom, and within a line from left to right; another column may begin higher up."""
    wrong = []
    for one, other in pairwise(found):
        if one["apart"] != other["apart"]:
            continue
        above = other["bottom"] <= one["top"] + 1
        beside = other["left"] >= one["right"] - 1 or other["right"] <= one["left"] + 1
        same_line = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 8
        if (above and not beside) or (same_line and other["right"] <= one["left"] + 1):
            wrong.append(f"{one['name']!r} before {other['name']!r}")
    return wrong


def tab_to(me: Visitor, target: Locator) -> None:
    """On the way every stop is seen and nothing lies over it."""
    me.page.emulate_media(reduced_motion="reduce")
    handle = target.first.element_handle()
    me.eyes("remember", False)
    for _press in range(MOST):
        if me.page.evaluate("(node) => node === document.activeElement", handle):
            return
        me.page.keyboard.press("Tab")
        stop = here(me)
        assert stop is None or not faults(stop), faults(stop)
    raise AssertionError(f"Tab never comes to {target}")


def choose(me: Visitor, name: str, value: str) -> None:
    """A radio button: Tab to the group, then the arrows; a tick: the space bar."""
    group = me.page.locator(f"main [name='{name}']")
    if group.first.get_attribute("type") == "checkbox":
        tab_to(me, group.and_(me.page.locator(f"[value='{value}']")))
        me.page.keyboard.press("Space")
        return
    checked = me.page.locator(f"main [name='{name}']:checked")
    tab_to(me, checked if checked.count() else group)
    me.page.keyboard.press("Space")
    for _press in range(group.count()):
        if me.page.locator(f"main [name='{name}'][value='{value}']").is_checked():
            return
        me.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} has no {value}")


def type_into(me: Visitor, name: str, text: str) -> None:
    tab_to(me, me.page.locator(f"main [name='{name}']"))
    me.words.add(text)
    me.page.keyboard.press("Control+a")
    me.page.keyboard.type(text)


def type_moment(me: Visitor, name: str, day: str, hour: str) -> None:
    """The parts of a date one after the other, then the hour. The morning is said where the browser asks for it."""
    tab_to(me, me.page.locator(f"main [name='{name}']"))
    me.page.keyboard.type(day)
    me.page.keyboard.press("ArrowRight")
    me.page.keyboard.type(f"{hour}a")


def enter(me: Visitor, target: Locator, status: int = 200) -> None:
    """Tab to it, Enter, and look over the page it leads to."""
    tab_to(me, target)
    with me._refused(status):
        with me.page.expect_navigation(wait_until="load") as going:
            me.page.keyboard.press("Enter")
        me._arrived(going.value, status)


def choose_file(me: Visitor, field: Locator, path: Path) -> None:
    """Tab to it, and the space bar opens the chooser."""
    tab_to(me, field)
    with me.page.expect_file_chooser() as asked:
        # Keys reach the page by another way than what says that we wait for the chooser: whoever was not told of it opens none.
        me.page.evaluate("() => null")
        me.page.keyboard.press("Space")
    asked.value.set_files(path)
