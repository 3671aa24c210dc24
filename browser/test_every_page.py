"""Every page of the demo in the dark and in both languages: contrast, width, words, nothing broken. S01 sees them in the light."""

from __future__ import annotations

from typing import Any

import pytest

from browser.conftest import DESK, PHONE, Visit
from browser.tour import walk
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
NARROW_DESK: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_can_be_read_in_the_dark(visit: Visit, demo: None, language: str) -> None:
    seen: list[str] = []

    def arrive(screen: dict[str, Any]) -> Visitor:
        visitor = visit(language, screen, scheme="dark")
        visitor.mixed = True  # the demo's people write Chinese
        return visitor

    walk(arrive, lambda _visitor, name: seen.append(name), PHONE, DESK)
    assert len(seen) > 40
