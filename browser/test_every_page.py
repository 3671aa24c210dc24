"""Every page of the furnished demo in Chinese and in English, in the light and in the dark, on a phone and at a desk."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from browser.conftest import DESK, PHONE, Visit
from browser.tour import walk
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
Scheme = Literal["light", "dark"]


def look_everywhere(visit: Visit, language: str, scheme: Scheme, desk: dict[str, Any]) -> None:
    """Each page is opened once, in this scheme, with axe and its colours; then it is shown in the other three ways."""
    seen: list[str] = []
    other: Scheme = "light" if scheme == "dark" else "dark"

    def arrive(screen: dict[str, Any]) -> Visitor:
        visitor = visit(language, screen, scheme=scheme)
        visitor.axe_reads_colours = True
        visitor.mixed = True  # the demo's people write Chinese
        return visitor

    def look(visitor: Visitor, name: str) -> None:
        seen.append(name)
        here, there = (PHONE, DESK) if visitor.page.viewport_size == PHONE["viewport"] else (DESK, PHONE)
        for screen, shown in ((here, other), (there, other), (there, scheme)):
            visitor.look_over_as(screen, shown)
        visitor.page.set_viewport_size(here["viewport"])

    walk(arrive, look, PHONE, desk)
    assert len(seen) > 120


def test_every_page_can_be_read_in_chinese(visit: Visit, furnished: None) -> None:
    look_everywhere(visit, "zh-hans", "dark", DESK)


def test_every_page_can_be_read_in_english(visit: Visit, furnished: None) -> None:
    look_everywhere(visit, "en", "light", PHONE)
