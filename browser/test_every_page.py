"""Every page of the furnished demo twice: in Chinese, in the dark, the desk at a desk; in English, in the light, all 390 pixels wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.conftest import DESK, PHONE, Visit
from browser.tour import walk
from browser.visitor import Visitor

pytestmark = pytest.mark.browser


def arriving(visit: Visit, language: str, scheme: str) -> Callable[..., Visitor]:
    def arrive(screen: dict[str, Any]) -> Visitor:
        visitor = visit(language, screen, scheme=scheme)
        visitor.axe_reads_colours = True
        visitor.mixed = True  # the demo's people write Chinese
        return visitor

    return arrive


def test_every_page_can_be_read_in_the_dark(visit: Visit, furnished: None) -> None:
    seen: list[str] = []
    walk(arriving(visit, "zh-hans", "dark"), lambda _visitor, name: seen.append(name), PHONE, DESK)
    assert len(seen) > 120


def test_every_page_can_be_read_in_the_light_and_on_a_phone(visit: Visit, furnished: None) -> None:
    seen: list[str] = []
    walk(arriving(visit, "en", "light"), lambda _visitor, name: seen.append(name), PHONE, PHONE)
    assert len(seen) > 120
