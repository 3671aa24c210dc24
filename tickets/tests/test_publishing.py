"""A version of the rules is made, edited and published as a whole."""

import pytest
from django.utils import timezone

from sla.errors import InvalidPolicy
from sla.models import Policy
from sla.policies import current
from sla.timer_keys import timer_keys
from tickets.models import Category, PayeeRule
from tickets.operations import file_ticket
from tickets.policy.playbooks import playbooks
from tickets.policy.publishing import category_problems, new_version, problems, publish_version
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def draft() -> Policy:
    return new_version(Policy.objects.get(version="2026.2"))


def shape(version: str) -> dict[str, object]:
    """Everything of a version but its keys."""
    skip = {"id", "policy_id", "category_id"}
    rows = {}
    for category in Category.objects.filter(policy_id=version).prefetch_related("slots"):
        plain = {field.attname: getattr(category, field.attname) for field in Category._meta.concrete_fields if field.attname not in skip}
        rows[category.key] = (plain, [(slot.kind, slot.required, slot.minimum, slot.lane, slot.position) for slot in category.slots.all()])
    return {"categories": rows, "rules": list(PayeeRule.objects.filter(policy_id=version).values_list("contains", "responsible_parties"))}


def test_a_draft_is_a_copy_of_everything(draft) -> None:
    assert shape(draft.version) == shape("2026.2")
    assert draft.timer_rules.count() == len(timer_keys())
    assert problems(draft) == []


def test_new_tickets_follow_the_new_version_and_old_ones_keep_theirs(draft, mei) -> None:
    before = file_ticket(mei, filing("merchant_deduction"))
    Category.objects.filter(policy=draft, key="merchant_deduction").update(title_en="Charged by mistake")
    publish_version(draft, timezone.now())
    after = file_ticket(mei, filing("merchant_deduction"))
    assert (before.policy_id, after.policy_id) == ("2026.2", draft.version)
    assert playbooks(after.policy_id)["merchant_deduction"].title_en == "Charged by mistake"
    assert playbooks("2026.2")["merchant_deduction"].title_en == "Merchant: wrongful deduction"
    assert current(timezone.now()).version == draft.version


BROKEN = [
    ({"facts": ["weather"]}, "facts"),
    ({"required_facts": ["fee"]}, "required_facts"),
    ({"remedies": ["cake"]}, "remedies"),
    ({"responsible_parties": ["neighbour"]}, "responsible_parties"),
    ({"lane": "fast"}, "lane"),
    ({"targets": ["moon"]}, "targets"),
    ({"targets": "l1_internal"}, "targets"),
    ({"targets": [{"key": "cac", "needs_fact": "weather"}]}, "targets"),
    ({"review_limit_wd": None}, "review_limit_wd"),
    ({"review_limit_wd": 2000}, "review_limit_wd"),
    ({"review_target_wd": 6, "review_limit_wd": 5}, "review_target_wd"),
]


@pytest.mark.parametrize(("change", "field"), BROKEN)
def test_what_makes_no_sense_is_not_published(draft, change, field) -> None:
    category = Category.objects.get(policy=draft, key="mp_topup_stolen")
    for name, value in change.items():
        setattr(category, name, value)
    assert field in {name for name, _text in category_problems(category, [], draft.max_wd)}
    category.save()
    with pytest.raises(InvalidPolicy) as refused:
        publish_version(draft, timezone.now())
    assert any("mp_topup_stolen" in problem for problem in refused.value.problems)
    assert Policy.objects.get(pk=draft.pk).is_draft


def test_unknown_kinds_of_evidence_and_parties_of_a_payee_are_found(draft) -> None:
    Category.objects.get(policy=draft, key="after_sale").slots.create(kind="selfie")
    PayeeRule.objects.create(policy=draft, contains="X", responsible_parties=["neighbour"])
    assert len(problems(draft)) == 2


def test_a_version_without_categories_is_not_published(draft) -> None:
    draft.categories.all().delete()
    assert len(problems(draft)) == 1
