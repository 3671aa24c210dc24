"""Every page of the furnished demo in both languages, in the dark; those of the desk in the light and 390 pixels wide besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.conftest import DESK, PHONE, Visit
from browser.tour import walk, walk_the_desk
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
languages = pytest.mark.parametrize("language", ["zh-hans", "en"])


def arriving(visit: Visit, language: str, scheme: str) -> Callable[..., Visitor]:
    def arrive(screen: dict[str, Any]) -> Visitor:
        visitor = visit(language, screen, scheme=scheme)
        visitor.mixed = True  # the demo's people write Chinese
        return visitor

    return arrive


@languages
def test_every_page_can_be_read_in_the_dark(visit: Visit, furnished: None, language: str) -> None:
    seen: list[str] = []
    walk(arriving(visit, language, "dark"), lambda _visitor, name: seen.append(name), PHONE, DESK)
    assert len(seen) > 120


@languages
def test_every_page_of_the_desk_can_be_read_on_a_phone(visit: Visit, furnished: None, language: str) -> None:
    seen: list[str] = []
    walk_the_desk(arriving(visit, language, "light"), lambda _visitor, name: seen.append(name), PHONE)
    assert len(seen) > 60
