"""How long each kind is kept is a row of the policy that an admin may change, and never below what the law asks."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from sla.errors import InvalidPolicy
from sla.models import Policy, RetentionRule
from sla.policies import build_snapshot
from tickets.policy.comparison import differences
from tickets.policy.publishing import new_version, problems, publish_version
from tickets.policy.retention import FLOOR_DAYS, KEPT_KINDS, MAY_GO_EARLIER, days_kept, floor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Policy:
    return new_version(Policy.objects.get(version="2026.2"))


def keep(draft: Policy, kind: str, days: int) -> None:
    RetentionRule.objects.filter(policy=draft, kind=kind).update(days=days)


def test_a_row_for_each_kind_and_no_other() -> None:
    rows = set(Policy.objects.get(version="2026.2").retention_rules.values_list("kind", flat=True))
    assert rows == set(KEPT_KINDS)


@pytest.mark.parametrize("kind", sorted(set(KEPT_KINDS) - MAY_GO_EARLIER))
def test_complaint_material_is_kept_three_years_at_least(draft, kind) -> None:
    keep(draft, kind, FLOOR_DAYS - 1)
    with pytest.raises(InvalidPolicy) as refused:
        publish_version(draft, timezone.now())
    assert len(refused.value.problems) == 1 and "1096" in refused.value.problems[0]
    keep(draft, kind, FLOOR_DAYS + 365)
    assert problems(draft) == []
    assert days_kept(build_snapshot(draft), kind) == FLOOR_DAYS + 365


@pytest.mark.parametrize("kind", sorted(MAY_GO_EARLIER))
def test_papers_of_people_may_go_earlier_but_not_before_the_purge(draft, kind) -> None:
    keep(draft, kind, 30)
    assert problems(draft) == []
    keep(draft, kind, 29)
    assert len(problems(draft)) == 1
    assert floor_of(kind) == 1


def test_a_missing_and_an_unknown_kind_are_named(draft) -> None:
    draft.retention_rules.get(kind="login_record").delete()
    RetentionRule.objects.create(policy=draft, kind="sketch", days=2000)
    assert len(problems(draft)) == 2


def test_a_draft_of_an_older_version_begins_with_what_really_counts() -> None:
    draft = new_version(Policy.objects.get(version="2026.1"))
    assert draft.retention_rules.get(kind="login_record").days == FLOOR_DAYS
    assert problems(draft) == []


def test_the_form_refuses_it_at_the_field(client, admin_person, draft) -> None:
    client.force_login(admin_person)
    address = reverse("admin:sla_policy_change", args=[draft.pk])
    shown = client.get(address)
    form = shown.context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for formset in (each.formset for each in shown.context["inline_admin_formsets"]):
        data |= {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
        for each in formset.forms:
            data |= {each.add_prefix(name): each[name].value() for name in each.fields}
    data = {name: value for name, value in data.items() if value is not None and value is not False}
    days = next(name for name, value in data.items() if value == "login_record").replace("-kind", "-days")
    refused = client.post(address, {**data, days: "365"})
    assert refused.status_code == 200 and "1096" in refused.content.decode()
    saved = client.post(address, {**data, days: "2000"})
    assert saved.status_code == 302, saved.context["errors"]
    assert draft.retention_rules.get(kind="login_record").days == 2000


def test_the_comparison_says_what_is_kept_longer(draft) -> None:
    keep(draft, "login_record", 2000)
    [section] = differences(Policy.objects.get(version="2026.2"), draft)
    assert [("1096" in row.before, "2000" in row.after) for row in section.rows] == [(True, True)]
