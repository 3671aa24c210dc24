"""The admin works in a real browser under the same strict policy as every other page."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def admin_pages() -> list[str]:
    pages = ["/admin/"]
    for model in admin.site._registry:
        for kind in ("changelist", "add"):
            try:
                pages.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}"))
            except NoReverseMatch:
                continue
    return pages


@override_settings(REQUIRE_STAFF_2FA=False)
def test_no_admin_page_breaks_the_policy(live_server: LiveServer, page: Page) -> None:
    administrator = User.objects.create_superuser(email="root@example.com", password="only for this test")
    client = Client()
    client.force_login(administrator)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    said: list[str] = []
    page.on("console", lambda message: said.append(complaint(message)))
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in admin_pages():
        response = page.goto(live_server.url + address)
        assert response is not None
        assert response.status in {200, 403}, address  # some rows can only be made by operations
    assert [words for words in said if words] == []


def complaint(message: ConsoleMessage) -> str:
    is_refusal = "403" in message.text  # the browser notes the status itself
    return "" if message.type not in {"error", "warning"} or is_refusal else f"{message.location['url']}: {message.text}"
