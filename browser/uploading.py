"""The evidence checklist as a person fills it: its forms, files for them, and what has left the device."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Request, expect

from browser.visitor import Visitor

KIND = "transaction_screenshot"
LANGUAGES = ["zh-hans", "en"]
PATIENCE = 30_000  # sent, sealed, decoded in a process apart and drawn anew, on a machine that may be busy


def form_of(me: Visitor, kind: str = KIND, slot: str = "") -> Locator:
    slot_row = me.page.locator(f"#slot-{slot or kind}")
    form = slot_row.locator(f"form[action$='/evidence/{kind}/']")
    if not form.is_visible():
        slot_row.locator("details.add-evidence > summary").click()
    return form


def choose(form: Locator, *files: Path) -> None:
    form.locator("input[type=file]").first.set_input_files(list(files))


def arrives(me: Visitor, count: int = 1, kind: str = KIND) -> None:
    """So many items stand in the list, checked, with their small pictures; nothing is on its way."""
    expect(me.page.locator(f"#slot-{kind} .item")).to_have_count(count, timeout=PATIENCE)
    expect(me.page.locator("[data-checking]")).to_have_count(0, timeout=PATIENCE)
    me.page.wait_for_load_state("networkidle")


def announced(me: Visitor) -> list[str]:
    """Fills with every request that begins an upload."""
    found: list[str] = []

    def heard(request: Request) -> None:
        if request.url.endswith("/announce/"):
            found.append(request.url)

    me.page.on("request", heard)
    return found
