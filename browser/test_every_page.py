"""Every page of the furnished demo in both languages: in the dark at its usual width, in the light at the other one."""

from __future__ import annotations

from typing import Any

import pytest

from browser.conftest import DESK, PHONE, Visit
from browser.tour import walk
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("scheme", "customers", "staff"), [("dark", PHONE, DESK), ("light", DESK, NARROW)], ids=["dark", "light-other-width"]
)
def test_every_page_can_be_read(
    visit: Visit, furnished: None, language: str, scheme: str, customers: dict[str, Any], staff: dict[str, Any]
) -> None:
    seen: list[str] = []

    def arrive(screen: dict[str, Any]) -> Visitor:
        visitor = visit(language, screen, scheme=scheme)
        visitor.mixed = True  # the demo's people write Chinese
        return visitor

    walk(arrive, lambda _visitor, name: seen.append(name), customers, staff)
    assert len(seen) > 80
