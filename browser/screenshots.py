"""Pictures of every page, phone and desk, both languages, light and dark, in var/screenshots. `make screenshots`.

`make screenshots README=1` makes only the three that README.md shows, small enough to be committed.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from browser.conftest import DESK, PHONE, Visit
from browser.tour import tap_in, walk
from browser.visitor import Visitor
from tickets.models import Ticket

pytestmark = pytest.mark.browser
FOLDER = Path(settings.VAR_DIR) / "screenshots"
BIG_PHONE = {**PHONE, "device_scale_factor": 1.5}
IMAGES = Path(settings.BASE_DIR) / "docs" / "images"
IMAGE_BYTES = 150_000


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


def test_picture_the_three_of_the_readme(visit: Visit, furnished: None) -> None:
    """A customer's complaint on a phone; the queue and a complaint of it on a desk."""
    mine = Ticket.objects.filter(owner__email="mei@example.com", status="evidence_collection").earliest("pk")
    taken = Ticket.objects.filter(status="under_review", assignee__email="chen@example.com").earliest("pk")
    shoot_for_readme(visit("en", PHONE), "mei@example.com", f"/tickets/{mine.ref}/", "my-complaint")
    shoot_for_readme(visit("en", DESK), "lin@example.com", "/desk/", "queue")
    shoot_for_readme(visit("en", DESK), "chen@example.com", f"/desk/tickets/{taken.ref}/", "ticket-page")


def shoot_for_readme(visitor: Visitor, email: str, address: str, name: str) -> None:
    """What is seen without scrolling, as WebP."""
    visitor.overlooking = False
    tap_in(visitor, email)
    visitor.open(address)
    picture = Image.open(io.BytesIO(visitor.page.screenshot()))
    IMAGES.mkdir(exist_ok=True)
    file = IMAGES / f"{name}.webp"
    picture.save(file, quality=80, method=6)
    assert file.stat().st_size <= IMAGE_BYTES
