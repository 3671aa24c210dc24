"""Pictures of every page, phone and desk, both languages, light and dark, in var/screenshots. `make screenshots`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from browser.conftest import DESK, PHONE, Visit
from browser.tour import walk
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
FOLDER = Path(settings.VAR_DIR) / "screenshots"
BIG_PHONE = {**PHONE, "device_scale_factor": 1.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_picture_every_page(visit: Visit, furnished: None, language: str, scheme: str) -> None:
    folder = FOLDER / f"{language}-{scheme}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def arrive(screen: dict[str, Any]) -> Visitor:
        visitor = visit(language, screen, scheme=scheme)
        visitor.overlooking = False
        return visitor

    def shoot(visitor: Visitor, name: str) -> None:
        size = "phone" if visitor.page.viewport_size == PHONE["viewport"] else "desk"
        visitor.page.screenshot(path=folder / f"{size}-{name}.png", full_page=True)

    for phone, desk in ((BIG_PHONE, DESK), (DESK, BIG_PHONE)):
        walk(arrive, shoot, phone, desk)
