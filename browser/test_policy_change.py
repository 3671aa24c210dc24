"""A change of the rules from its draft to running complaints: compared, tried out, previewed, published, confirmed by a supervisor."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import GuardedChange, User
from browser.conftest import DESK, Visit, let_in
from browser.visitor import Visitor
from sla.models import Policy
from tickets.models import Category, Ticket
from tickets.tests.making import submitted

pytestmark = pytest.mark.browser
LIST = "/admin/sla/policy/"


@pytest.fixture
def running(lasting: None, mei: User) -> tuple[Ticket, Ticket]:
    """Under the version in force: one the new version answers sooner, one it would answer later."""
    return submitted(mei, "billing_unauthorized"), submitted(mei, "mp_topup_stolen")


def limit_of(ticket: Ticket) -> timezone.datetime:
    return ticket.timers.get(key="review_limit").due_at


def a_draft(admin: Visitor) -> Policy:
    """A copy of the version in force, in which one kind of complaint gets a shorter limit and another a longer one."""
    admin.open(LIST)
    admin.page.locator("input[name=_selected_action]").first.check()
    admin.page.locator("select[name=action]").select_option("draft_from")
    admin.go(admin.page.locator("button[name=index]"))
    draft = Policy.objects.get(published_at=None)
    for key, days in (("billing_unauthorized", "5"), ("mp_topup_stolen", "30")):
        row = Category.objects.get(policy=draft, key=key)
        admin.open(f"/admin/tickets/category/{row.pk}/change/")
        admin.page.locator("input[name=review_limit_wd]").fill(days)
        admin.go(admin.page.locator("input[name=_save]"))
    return draft


def compare(admin: Visitor) -> None:
    admin.open(LIST)
    admin.follow(admin.t("Compare versions"))
    compared = admin.page.locator("#content")
    assert compared.locator("tbody tr").count() == 2, "only what differs"
    admin.sees(admin.t("Latest answer, in working days"), compared.locator("tbody").first)


def try_out(admin: Visitor, draft: Policy) -> None:
    admin.open(LIST)
    admin.follow(admin.t("Try out a deadline"))
    form = admin.page.locator("form.ask")
    form.locator("[name=version]").select_option(draft.pk)
    form.locator("[name=timer]").select_option("review_limit")
    form.locator("[name=category]").select_option("billing_unauthorized")
    form.locator("[name=start]").fill("2026-09-28T10:00")
    admin.go(form.locator("[type=submit]"))
    answer = admin.page.locator("#found")
    assert answer.locator("td.day-due span").inner_text() == "10", "29 and 30 September, 8 and 9 October, the make-up Saturday"
    assert re.search("国庆节|National Day", answer.inner_text())


@pytest.fixture
def second_admin(lasting: None) -> User:
    return User.objects.create_superuser("second@example.com", None, language="zh-hans")


def test_a_change_is_seen_before_it_is_made(
    visit: Visit, running: tuple[Ticket, Ticket], admin_person: User, second_admin: User, zhao: User
) -> None:
    sooner, later = running
    promised = [limit_of(ticket) for ticket in running]
    admin = visit("zh-hans", DESK)
    admin.overlooking = False  # Django's own look; errors and the content policy are still watched
    let_in(admin, admin_person)

    draft = a_draft(admin)
    compare(admin)
    try_out(admin, draft)
    admin.open(f"{LIST}rebase/?version={draft.pk}")
    admin.sees(sooner.ref)
    admin.sees(admin.t("stays as promised"))
    admin.sees(admin.t("A supervisor confirms it on the desk, once the version is published."))
    assert [limit_of(ticket) for ticket in running] == promised, "looking moves nothing"

    admin.open(LIST)
    admin.page.locator(f"input[name=_selected_action][value='{draft.pk}']").check()
    admin.page.locator("select[name=action]").select_option("publish_draft")
    admin.go(admin.page.locator("button[name=index]"))
    assert Policy.objects.current(timezone.now()).pk != draft.pk
    second = visit("zh-hans", DESK)
    second.overlooking = False
    let_in(second, second_admin)
    second.open(reverse("admin:accounts_guardedchange_change", args=[GuardedChange.objects.get().pk]))
    second.press(second.t("Agree"))
    assert Policy.objects.current(timezone.now()).pk == draft.pk

    supervisor = visit("zh-hans", DESK)
    let_in(supervisor, zhao)
    supervisor.open("/desk/figures/")
    supervisor.follow(supervisor.t("Re-base running complaints"))
    supervisor.sees(sooner.ref)
    supervisor.press(supervisor.t("Put these complaints under %(version)s", version=draft.pk))
    assert set(Ticket.objects.values_list("policy_id", flat=True)) == {draft.pk}
    assert limit_of(sooner) < promised[0]
    assert limit_of(later) == promised[1], "no promise becomes later"
    supervisor.open("/desk/audit/?kind=h:policy_rebased")
    supervisor.sees(sooner.ref)
