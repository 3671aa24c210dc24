"""A device whose clock is an hour off shows the time that is really left: the server's clock counts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from browser.conftest import Visit, let_in
from tickets.tests.stages import MAKERS
from tickets.workflow import Status

pytestmark = pytest.mark.browser
SHIFT = "(() => {{ const real = Date.now; Date.now = () => real() + {ms} }})()"


def minutes_left(visitor) -> list[float]:
    """Of every chip on the page, from its own words."""
    found = []
    for text in visitor.page.locator("[data-clock] [data-clock-text]").all_text_contents():
        count = {unit: int(n) for n, unit in re.findall(r"(\d+) (d|h|min)", text)}
        found.append(count.get("d", 0) * 1440 + count.get("h", 0) * 60 + count.get("min", 0))
    return found


@pytest.mark.parametrize("hours", [1, -1])
def test_a_device_an_hour_off_shows_what_is_really_left(visit: Visit, mei: User, adapter: User, hours: int) -> None:
    ticket = MAKERS[Status.EVIDENCE_COLLECTION](SimpleNamespace(owner=mei, service=adapter))
    me = visit("en")
    me.page.add_init_script(SHIFT.format(ms=int(timedelta(hours=hours).total_seconds() * 1000)))
    let_in(me, mei)
    me.open(f"/tickets/{ticket.ref}/")
    off = me.page.evaluate("Date.now()") / 1000 - timezone.now().timestamp()
    assert abs(off - hours * 3600) < 120, "the device is off"
    chips = me.page.locator("[data-clock]")
    assert chips.count()
    for n, shown in enumerate(minutes_left(me)):
        due = datetime.fromisoformat(chips.nth(n).locator("time").get_attribute("datetime").replace("Z", "+00:00"))
        rounded_away = (due - timezone.now()).total_seconds() / 60 - shown
        assert -1 <= rounded_away <= (60 if shown >= 1440 else 3)
