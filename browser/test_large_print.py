"""Large print: one tap on any page, without JavaScript too, on every page after it, and nothing runs off a phone."""

from __future__ import annotations

import pytest

from browser import tour
from browser.conftest import PHONE, Visit

pytestmark = pytest.mark.browser
SIZE = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
# What stands beyond the right edge where the page can be scrolled there, the innermost only.
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= wide) return []
  const off = [...document.body.querySelectorAll('*')].filter((each) => each.getBoundingClientRect().right > wide + 1)
  return off.filter((each) => !off.some((other) => other !== each && each.contains(other))).map((each) => each.outerHTML.slice(0, 150))
}"""


@pytest.mark.parametrize("javascript", [True, False])
def test_one_tap_makes_letters_large_and_one_more_puts_them_back(visit: Visit, furnished: None, javascript: bool) -> None:
    visitor = visit("zh-hans", PHONE, javascript=javascript)
    visitor.open("/")
    visitor.go(visitor.page.get_by_role("button", name="大字版"))
    visitor.open("/freeze/")
    assert visitor.page.locator("html.large-print").count() == 1
    visitor.go(visitor.page.get_by_role("button", name="标准字号"))
    assert visitor.page.url.endswith("/freeze/")
    assert visitor.page.locator("html.large-print").count() == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_of_a_customer_runs_off_a_phone_in_large_letters(visit: Visit, furnished: None, language: str) -> None:
    visitor = visit(language, PHONE)
    visitor.overlooking = False
    visitor.context.add_cookies([{"name": "large_print", "value": "1", "url": visitor.address}])
    off = []
    for stops in (tour.ANYONE, (("signed-in", ""), *tour.of_customer(tour.CUSTOMERS[0]))):
        for name, address in stops:
            visitor.open(address) if address else tour.tap_in(visitor, tour.CUSTOMERS[0])
            assert visitor.page.evaluate(SIZE) == 24, name
            off += [(name, part) for part in visitor.page.evaluate(TOO_WIDE)]
    assert not off, "\n".join(map(str, off[:30]))
