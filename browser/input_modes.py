"""The same actions with a mouse or with the keyboard alone. By keyboard, every stop on the way shows its focus and nothing lies over it."""

from __future__ import annotations

from playwright.sync_api import Locator

from browser.focus import enter, tab_to
from browser.visitor import Visitor


class Mouse:
    def __init__(self, me: Visitor) -> None:
        self.me = me

    def go(self, target: Locator) -> None:
        """To the page that a link or a button leads to."""
        self.me.go(target)

    def press(self, target: Locator) -> None:
        """What changes the page without leaving it."""
        target.click()

    def type(self, field: Locator, text: str) -> None:
        self.me.words.add(text)
        field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        field.select_option(label=label)

    def tick_rows(self, count: int) -> None:
        """The first rows of the queue."""
        boxes = self.me.page.locator("input[type=checkbox][name=row]")
        boxes.first.click()
        boxes.nth(count - 1).click(modifiers=["Shift"])

    def open_first_row(self) -> None:
        self.me.go(self.me.page.locator(".queue-ref").first)

    def open_palette(self) -> None:
        self.me.page.get_by_role("button", name=self.me.t("Commands")).click()


class Keyboard(Mouse):
    def go(self, target: Locator) -> None:
        enter(self.me, target)

    def press(self, target: Locator) -> None:
        tab_to(self.me, target)
        self.me.page.keyboard.press("Enter")

    def type(self, field: Locator, text: str) -> None:
        self.me.words.add(text)
        tab_to(self.me, field)
        self.me.page.keyboard.press("Control+a")
        self.me.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        tab_to(self.me, field)
        self.me.page.keyboard.type(label)

    def tick_rows(self, count: int) -> None:
        for key in ("j", "x", *["j"] * (count - 1), "Shift+X"):
            self.me.page.keyboard.press(key)

    def open_first_row(self) -> None:
        self.me.page.keyboard.press("j")
        with self.me.page.expect_navigation():
            self.me.page.keyboard.press("Enter")

    def open_palette(self) -> None:
        self.me.page.keyboard.press("Control+k")
