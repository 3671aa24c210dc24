"""Versions: which one is in force, what a draft is, and that a published one stays."""

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from lib import memo
from sla.errors import InvalidPolicy, PolicyNotPublished
from sla.models import Policy, TimerRule
from sla.policies import PolicySnapshot, build_snapshot, current, snapshot
from sla.publishing import new_draft, problems, publish

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def draft():
    return new_draft(Policy.objects.get(version="2026.2"))


def test_a_snapshot_has_every_number_of_the_policy():
    columns = {field.name for field in Policy._meta.concrete_fields if field.editable} - {"published_at", "note"}
    assert {field.name for field in fields(PolicySnapshot)} == columns | {"timers", "retention"}


def test_the_numbers_are_the_shipped_ones():
    policy = snapshot("2026.2")
    assert policy.countersign_threshold == Decimal("1000.00")
    assert policy.warning_time == time(9)
    assert (policy.pause_limit, policy.reopen_days, policy.objection_days, policy.max_wd) == (2, 30, 7, 1000)
    assert (policy.max_upload_mb, policy.max_submission_mb, policy.max_files) == (10, 50, 30)
    assert (policy.incident_threshold, policy.incident_minutes, policy.police_hold_days, policy.draft_days) == (5, 60, 180, 30)


def test_a_snapshot_is_read_once(django_assert_num_queries):
    with django_assert_num_queries(3):
        first = snapshot("2026.2")
    with django_assert_num_queries(0):
        assert snapshot("2026.2") is first
    memo.forget_all()
    with django_assert_num_queries(3):
        snapshot("2026.2")


def test_a_snapshot_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        snapshot("2026.2").pause_limit = 3
    with pytest.raises(TypeError):
        snapshot("2026.2").timers["confirm"] = None


def test_a_draft_has_no_snapshot_but_can_be_read(draft):
    with pytest.raises(PolicyNotPublished):
        snapshot(draft.version)
    assert build_snapshot(draft).timers == build_snapshot(Policy.objects.get(version="2026.2")).timers


def test_an_unknown_version_is_an_error_and_not_remembered():
    with pytest.raises(PolicyNotPublished):
        snapshot("2026.3")
    publish(new_draft(Policy.objects.get(version="2026.2")), NOW)
    assert snapshot("2026.3").version == "2026.3"


def test_a_draft_is_a_copy_under_the_next_free_version(draft):
    assert draft.version == "2026.3"
    assert draft.is_draft
    assert new_draft(Policy.objects.get(version="2026.2")).version == "2026.4"
    assert TimerRule.objects.filter(policy=draft).count() == TimerRule.objects.filter(policy_id="2026.2").count()


def test_a_version_without_a_dot_gets_one():
    Policy.objects.create(version="spring", published_at=NOW)
    assert new_draft(Policy.objects.get(version="spring")).version == "spring.1"


def test_changing_a_draft_leaves_its_origin(draft):
    draft.timer_rules.filter(key="confirm").update(amount=9)
    assert snapshot("2026.2").timers["confirm"].duration.amount == 7


def test_the_one_in_force_is_the_latest_published_by_then(draft):
    assert Policy.objects.current(NOW).version == "2026.2"
    publish(draft, NOW)
    assert Policy.objects.current(NOW).version == draft.version
    assert Policy.objects.current(NOW - timedelta(seconds=1)).version == "2026.2"
    assert current(NOW) == snapshot(draft.version)


def test_no_policy_at_all_is_an_error():
    with pytest.raises(PolicyNotPublished):
        Policy.objects.current(datetime(2019, 1, 1, tzinfo=UTC))


def test_a_published_policy_is_not_published_again(draft):
    publish(draft, NOW)
    with pytest.raises(InvalidPolicy):
        publish(draft, NOW + timedelta(days=1))
    assert Policy.objects.get(pk=draft.pk).published_at == NOW


@pytest.mark.parametrize(
    ("key", "change", "complaint"),
    [
        ("confirm", {"amount": 0}, "confirm: the amount must be at least 1."),
        ("supplement", {"amount": 1001}, "supplement: more than 1000 working days."),
        ("confirm", {"warn": [8]}, "confirm: a warning lies outside the time it warns of."),
        ("confirm", {"warn": [0]}, "confirm: a warning lies outside the time it warns of."),
        ("freeze_exec", {"warn": [60]}, "freeze_exec: a warning lies outside the time it warns of."),
        ("freeze_exec", {"warn": [0]}, "freeze_exec: a warning lies outside the time it warns of."),
        ("supplement", {"warn": [4]}, "supplement: a warning lies outside the time it warns of."),
        ("withdrawal_arrival", {"warn": [2]}, "withdrawal_arrival: a warning lies outside the time it warns of."),
        ("freeze_exec", {"roll": True}, "freeze_exec: only a clock of days moves off rest days."),
        ("regulatory_final", {"extensions": [10]}, "regulatory_final: each extension must be longer than what it extends."),
        ("regulatory_final", {"extensions": [60, 30]}, "regulatory_final: each extension must be longer than what it extends."),
        ("review_limit", {"amount": 5}, "review_limit: the category says how many working days; leave 0 working days here."),
        ("confirm", {"clock": "moon"}, "confirm: there is no such clock."),
    ],
)
def test_a_draft_with_an_impossible_timer_is_not_published(draft, key, change, complaint):
    from django.utils import translation

    draft.timer_rules.filter(key=key).update(**change)
    with translation.override("en"), pytest.raises(InvalidPolicy) as caught:
        publish(draft, NOW)
    assert caught.value.problems == [complaint]
    assert Policy.objects.get(pk=draft.pk).is_draft


def test_a_draft_without_a_timer_or_with_a_strange_one_is_not_published(draft):
    from django.utils import translation

    draft.timer_rules.filter(key="confirm").update(key="confirmation")
    with translation.override("en"):
        assert problems(draft) == ["The timer confirm is missing.", "Nothing starts a timer confirmation."]


def test_a_draft_in_a_zone_that_is_none_is_not_published(draft):
    draft.zone = "Asia/Peking"
    assert len(problems(draft)) == 1
