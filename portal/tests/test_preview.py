"""A category as its customers will meet it, for those who write the rules: drafts too, and nothing to send."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from portal.forms.filing import steps_of
from sla.models import Policy
from tickets.models import Category, Ticket
from tickets.policy.playbooks import read_playbooks
from tickets.policy.publishing import new_version

pytestmark = pytest.mark.django_db


def address(category: Category) -> str:
    return reverse("portal:preview", args=[category.pk])


def page(client, category: Category) -> str:
    response = client.get(address(category), headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def admin(client, admin_person):
    client.force_login(admin_person)
    return client


@pytest.fixture
def draft() -> Policy:
    return new_version(Policy.objects.get(pk="2026.2"))


def test_a_draft_is_shown_as_it_stands_and_not_remembered(admin, draft) -> None:
    mine = Category.objects.get(policy=draft, key="billing_unauthorized")
    Policy.objects.filter(pk=draft.pk).update(statement_min_chars=77)
    text = page(admin, mine)
    assert "This version is a draft." in text
    assert "At least 77 characters" in text
    assert "Was a fee taken? How much?" not in text
    Category.objects.filter(pk=mine.pk).update(facts=["fee"], title_en="Charged by a stranger")
    text = page(admin, mine)
    assert "Was a fee taken? How much?" in text
    assert "Charged by a stranger" in text


@pytest.mark.parametrize("key", ["billing_unauthorized", "card_cover_frozen", "after_sale", "merchant_deduction", "mp_topup_stolen"])
def test_every_page_and_every_paper_is_there_and_none_can_be_sent(admin, key) -> None:
    mine = Category.objects.get(policy="2026.2", key=key)
    text = page(admin, mine)
    main = text[text.index("<main") : text.index("</main>")]
    playbook = read_playbooks("2026.2")[key]
    assert main.count('<fieldset class="plain" disabled>') == (0 if key == "after_sale" else len(steps_of(playbook)))
    assert "<form" not in main
    assert main.count("<li>") >= len(playbook.slots_for(playbook.lane))


def test_looking_writes_nothing_and_takes_few_queries(admin, draft, django_assert_max_num_queries) -> None:
    mine = Category.objects.get(policy=draft, key="billing_unauthorized")
    with django_assert_max_num_queries(16):
        page(admin, mine)
    assert not Ticket.objects.exists()
    assert admin.post(address(mine)).status_code == 405


def test_it_is_for_those_who_may_see_categories(client, mei, zhao) -> None:
    mine = Category.objects.get(policy="2026.2", key="billing_unauthorized")
    assert client.get(address(mine)).status_code == 302
    for person in (mei, zhao):
        client.force_login(person)
        assert client.get(address(mine)).status_code == 403
    zhao.is_staff = True
    zhao.save()
    assert client.get(address(mine)).status_code == 403
    zhao.user_permissions.add(Permission.objects.get(codename="view_category"))
    assert client.get(address(mine)).status_code == 200


def test_the_admin_leads_to_it(admin) -> None:
    mine = Category.objects.get(policy="2026.2", key="billing_unauthorized")
    text = admin.get(reverse("admin:tickets_category_change", args=[mine.pk])).content.decode()
    assert address(mine) in text
