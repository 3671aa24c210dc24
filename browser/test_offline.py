"""The site on a home screen, and a phone that loses its network: open pages stay, a signed-in person's are nowhere on the phone."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page

from browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demo")]
WORKS = "() => navigator.serviceWorker.controller"
KEPT = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
  const requests = (await Promise.all(opened.map((cache) => cache.keys()))).flat()
  return requests.map((each) => new URL(each.url).pathname)
}"""


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(**PHONE, locale="zh-CN", base_url=live_server.url)
    yield context.new_page()
    context.close()


def reload_offline(phone: Page, path: str) -> None:
    phone.context.set_offline(True)
    phone.goto(path)


def test_without_a_network_open_pages_stay_and_others_say_so(phone):
    phone.goto("/")
    phone.wait_for_function(WORKS)
    phone.goto("/freeze/")  # through the worker now
    phone.goto("/")
    title = phone.locator("h1").inner_text()
    reload_offline(phone, "/")
    assert phone.locator("h1").inner_text() == title
    phone.goto("/tickets/")
    assert phone.locator("h1").inner_text() == "当前没有网络"
    assert phone.locator("html").get_attribute("lang") == "zh-Hans"
    assert "网络" in phone.title()
    phone.context.set_offline(False)
    phone.goto("/follow/")
    assert phone.locator("h1").inner_text() != "当前没有网络"


def test_nothing_of_a_signed_in_person_is_kept_on_the_phone(phone):
    phone.goto("/accounts/login/")
    phone.locator("button[value='mei@example.com']").click()
    phone.goto("/")
    phone.wait_for_function(WORKS)
    for path in ("/", "/tickets/", "/freeze/", "/?q=被盗"):
        phone.goto(path)
    assert "李梅" in phone.content()
    kept = phone.evaluate(KEPT)
    pages = {path for path in kept if not path.startswith(django_settings.STATIC_URL)}
    assert pages == {"/offline/zh-hans/"}
    reload_offline(phone, "/tickets/")
    assert "李梅" not in phone.content()
