"""The admin and the API's pages in a real browser: nothing broken, nothing that the policy of content forbids."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit, let_in
from browser.tour import tap_in
from browser.visitor import AXE, RULES, Visitor

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


# Without looking into style sheets: Django's own keep axe from it.
VIOLATIONS = """async (rules) => {
  const found = await axe.run(document, { preload: false, runOnly: { type: 'tag', values: rules } })
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`)
}"""
OURS = ("sla/policy/compare/", "sla/policy/foresee/", "sla/policy/rebase/", "sla/calendarday/year/", "sla/calendarday/import/")


@pytest.mark.parametrize(("screen", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_axe_finds_nothing_on_our_own_pages_of_the_admin(visit: Visit, lasting: None, admin_person: User, screen: Any, scheme: str) -> None:
    visitor = visit("zh-hans", screen, scheme=scheme)
    visitor.overlooking = False
    let_in(visitor, admin_person)
    for page in OURS:
        visitor.open(f"/admin/{page}")
        visitor.page.evaluate(AXE)
        assert visitor.page.evaluate(VIOLATIONS, RULES) == [], page


def test_the_documentation_of_the_api_draws_itself(administrator: Visitor) -> None:
    administrator.open(reverse("api:docs"))
    administrator.page.get_by_text("/api/v1/tickets/", exact=True).first.wait_for()
    assert not administrator.problems
