"""The admin and the API's pages in a real browser: nothing broken, nothing that the policy of content forbids."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from browser.conftest import DESK, Visit
from browser.tour import tap_in
from browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(visit: Visit, demo: None) -> Visitor:
    visitor = visit("zh-hans", DESK)
    visitor.overlooking = False  # Django's own look; errors and the content policy are still watched
    tap_in(visitor, "admin@example.com")
    return visitor


def test_every_list_and_one_of_its_rows_open(administrator: Visitor) -> None:
    administrator.open("/admin/")
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        administrator.open(reverse(f"{base}_changelist"))
        if first := model._default_manager.order_by("pk").first():
            administrator.open(reverse(f"{base}_change", args=[first.pk]))
    assert not administrator.problems


def test_the_documentation_of_the_api_draws_itself(administrator: Visitor) -> None:
    administrator.open(reverse("api:docs"))
    administrator.page.get_by_text("/api/v1/tickets/", exact=True).first.wait_for()
    assert not administrator.problems
