"""What ships: every timer of the law, and the same again after a flush."""

from datetime import UTC, date, datetime

import pytest

from sla import seeding
from sla.durations import Duration
from sla.models import CalendarDay, Policy, TimerRule
from sla.policies import build_snapshot, snapshot
from sla.publishing import new_draft, problems
from sla.seeding import seed_calendar, seed_policy_rules
from sla.timer_keys import timer_keys

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

LAW = {  # of the newest version that ships: duration, roll, warnings, whom it binds
    "freeze_exec": ("wall", 1, False, (30, 45), "operator"),
    "full_refund_window": ("wall", 48, False, (24 * 60, 42 * 60, 47 * 60), "customer"),
    "claim_limit": ("day", 15, True, (7, 3, 1), "customer"),
    "first_response": ("wall", 24, False, (12 * 60, 20 * 60), "operator"),
    "auto_reversal_wait": ("wall", 24, False, (), "customer"),
    "review_target": ("wd", 0, False, (1, 0), "operator"),
    "review_limit": ("wd", 0, False, (1, 0), "operator"),
    "no_action": ("wd", 3, False, (1, 0), "operator"),
    "supplement": ("wd", 3, False, (1, 0), "customer"),
    "fast_unfreeze": ("wall", 24, False, (12 * 60, 20 * 60), "operator"),
    "refund_payout": ("wd", 3, False, (1, 0), "operator"),
    "statement": ("wd", 3, False, (1, 0), "operator"),
    "withdrawal_arrival": ("t1", 0, False, (), "customer"),
    "channel_dispute": ("wd", 7, False, (1, 0), "third_party"),
    "regulator_accept": ("wd", 7, False, (1, 0), "third_party"),
    "hand_over": ("wall", 24, False, (12 * 60, 20 * 60), "operator"),
    "authority_reply": ("day", 15, False, (5, 2), "operator"),
    "regulatory_final": ("day", 15, False, (5, 2), "operator"),
    "confirm": ("day", 7, False, (1,), "customer"),
    "l1_review": ("wd", 3, False, (1, 0), "operator"),
    "remedy_exec": ("wd", 3, False, (1, 0), "operator"),
    "lift_exec": ("wall", 24, False, (12 * 60, 20 * 60), "operator"),
    "rejection_final": ("day", 30, False, (7, 1), "customer"),
    "abandoned": ("day", 60, False, (14, 3), "customer"),
    "next_reply": ("wall", 24, False, (12 * 60, 20 * 60), "operator"),
    "promise": ("at", 0, False, (2 * 60,), "operator"),
    "reopen_decision": ("wd", 3, False, (1, 0), "operator"),
    "police_stop": ("wall", 48, False, (42 * 60,), "third_party"),
    "evidence_purge": ("day", 30, False, (), "internal"),
}


@pytest.fixture
def newest() -> Policy:
    return Policy.objects.get(version=seeding.shipped_versions()[-1])


def test_the_migrations_bring_every_version_that_ships():
    assert set(Policy.objects.values_list("version", flat=True)) == set(seeding.shipped_versions())
    assert seeding.shipped_versions()[-1] == seeding.VERSION


def test_the_shipped_policy_has_every_timer_of_the_law(newest):
    timers = snapshot(newest.version).timers
    found = {key: (spec.duration.clock, spec.duration.amount, spec.duration.roll, spec.warn, spec.binds) for key, spec in timers.items()}
    assert found == LAW
    assert set(timers) == set(timer_keys())


def test_only_the_final_answer_can_be_extended(newest):
    timers = snapshot(newest.version).timers
    assert {key: spec.extensions for key, spec in timers.items() if spec.extensions} == {"regulatory_final": (30, 60)}


def test_the_shipped_policy_would_pass_its_own_publication(newest):
    assert problems(new_draft(newest)) == []


def test_the_newest_policy_is_in_force_from_the_first_day_of_the_shipped_calendar(newest):
    assert Policy.objects.current(datetime(2024, 1, 1, tzinfo=UTC)) == newest


def test_seeding_again_changes_nothing_and_finds_no_difference(newest):
    before = (build_snapshot(newest), list(CalendarDay.objects.values()))
    changes = seed_calendar()
    assert seed_policy_rules() == []
    assert (build_snapshot(newest), list(CalendarDay.objects.values())) == before
    assert (changes.created, changes.changed, changes.kept) == ([], [], [])


def test_seeding_restores_a_version_that_was_lost():
    CalendarDay.objects.all().delete()
    Policy.objects.all().delete()
    assert len(seed_calendar().created) == 366 + 365 + 365
    assert seed_policy_rules() == []
    assert snapshot(seeding.VERSION).pause_limit == 2
    assert snapshot(seeding.VERSION).timers["claim_limit"].duration == Duration("day", 15, roll=True)


def test_a_published_version_is_left_alone_and_each_difference_named(newest):
    Policy.objects.update(pause_limit=9)
    newest.refresh_from_db()
    TimerRule.objects.filter(key="claim_limit").update(amount=20, warn=[7])
    TimerRule.objects.filter(key="abandoned").delete()
    before = build_snapshot(newest)
    assert seed_policy_rules() == [
        "policy: pause_limit is 9, the file says 2",
        "timer abandoned: only in the file",
        "timer claim_limit: amount is 20, the file says 15",
        "timer claim_limit: warn is [7], the file says [7, 3, 1]",
    ]
    assert build_snapshot(newest) == before


def test_a_draft_of_the_same_name_is_somebodys_work_and_left_alone():
    Policy.objects.update(published_at=None)
    assert seed_policy_rules() == ["policy: published_at is null, the file says 2024-01-01T00:00:01+08:00"]
    assert all(policy.is_draft for policy in Policy.objects.all())


def test_the_shipped_versions_come_in_their_order(tmp_path, monkeypatch):
    for version in ("2026.10", "2026.2", "2025.1"):
        (tmp_path / f"policy-{version}.json").touch()
    monkeypatch.setattr(seeding, "DATA", tmp_path)
    assert seeding.shipped_versions() == ["2025.1", "2026.2", "2026.10"]


def test_seeding_leaves_what_an_admin_wrote():
    CalendarDay.objects.filter(date=date(2026, 10, 10)).update(is_workday=False, source="manual")
    assert [change.date for change in seed_calendar().kept] == [date(2026, 10, 10)]
    assert not CalendarDay.objects.get(date=date(2026, 10, 10)).is_workday
