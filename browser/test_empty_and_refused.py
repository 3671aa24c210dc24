"""The edges of the house: nothing there yet, nothing found, not allowed, menus open. Looked over like every other page."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit, let_in
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
LOOKS: list[Any] = [("en", PHONE, "dark"), ("zh-hans", DESK, "light")]  # each language, width and scheme once
looks = pytest.mark.parametrize(("language", "screen", "scheme"), LOOKS)
EMPTY_FOR_CUSTOMERS = ("/", "/tickets/", "/my-data/", "/freeze/", "/follow/?ref=TS-20200101-000001")
EMPTY_AT_THE_DESK = (
    "/desk/", "/desk/?q=nothing", "/desk/freezes/", "/desk/countersign/", "/desk/outside/", "/desk/incidents/", "/desk/notices/",
    "/desk/views/",
    "/desk/bills/", "/desk/figures/", "/desk/audit/",
)  # fmt: skip


def with_all_open(me: Visitor, path: str, status: int = 200, which: str = "details") -> None:
    """As it comes, then with everything open that opens."""
    me.open(path, status)
    me.page.evaluate("(which) => document.querySelectorAll(which).forEach((each) => { each.open = true })", which)
    me.look_over()


@looks
def test_a_customer_to_whom_nothing_has_happened_yet(visit: Visit, mei: User, language: str, screen: Any, scheme: str) -> None:
    me = visit(language, screen, scheme=scheme)
    let_in(me, mei)
    me.language = mei.language or language
    for path in EMPTY_FOR_CUSTOMERS:
        with_all_open(me, path, 404 if "ref=" in path else 200)
    with_all_open(me, "/desk/", 403)
    with_all_open(me, "/tickets/TS-20200101-000001/", 404)


@looks
def test_a_desk_on_its_first_morning(visit: Visit, zhao: User, language: str, screen: Any, scheme: str) -> None:
    me = visit(language, screen, scheme=scheme)
    let_in(me, zhao)
    for path in EMPTY_AT_THE_DESK:
        with_all_open(me, path, which="details:not(.menu)")  # a menu lies over what stands below it
    with_all_open(me, "/desk/privacy/", 403)
    with_all_open(me, "/desk/tickets/TS-20200101-000001/", 404)
