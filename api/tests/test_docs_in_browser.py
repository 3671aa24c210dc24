"""The readable page, in a real browser under the Content-Security-Policy."""

import pytest

from api.tests.driving import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_lists_the_calls_and_breaks_no_policy(live_server, page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}{ROOT}docs/")
    page.wait_for_selector(".opblock", timeout=30_000)
    assert page.locator(".opblock").count() > 40
    page.locator(".opblock-summary").first.click()
    page.wait_for_selector(".opblock-body")
    assert complaints == []
