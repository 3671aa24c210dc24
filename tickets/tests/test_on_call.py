"""The roster: planned, taken over, handed over with a note; one person at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tickets.models import OnCallShift, on_call_at
from tickets.staffing import cancel_shift, hand_over, plan_shift, take_over
from tickets.tests.cast import person
from tickets.workflow.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:00:00+08:00")


@pytest.fixture
def bai(db):
    return person("bai@example.com", Role.FREEZE_OPERATOR)


def plan(actor, who, begin: int, end: int) -> OnCallShift:
    """Hours from now."""
    now = timezone.now()
    times = {"from_at": now + timedelta(hours=begin), "to_at": now + timedelta(hours=end)}
    return plan_shift(actor, {"person": who.pk, **times})


def now_on_call():
    return on_call_at(timezone.now())


def test_supervisors_plan_and_the_hour_decides(zhao, zhou, bai, now, clock) -> None:
    plan(zhao, zhou, 0, 8)
    plan(zhao, bai, 8, 16)
    assert now_on_call() == zhou
    clock(now + timedelta(hours=8))
    assert now_on_call() == bai
    clock(now + timedelta(hours=16))
    assert now_on_call() is None


@pytest.mark.parametrize(("begin", "end", "field"), [(-2, 0, "to_at"), (3, 3, "to_at"), (0, 24 * 15, "to_at"), (1, 9, "from_at")])
def test_a_time_that_has_passed_is_too_long_or_taken_is_refused(begin, end, field, zhao, zhou) -> None:
    plan(zhao, zhou, 8, 16)
    with pytest.raises(Invalid) as caught:
        plan(zhao, zhou, begin, end)
    assert list(caught.value.errors) == [field]


def test_only_supervisors_plan_and_only_freeze_operators_are_on_call(zhao, zhou, lin, bai) -> None:
    for actor in (zhou, lin):
        with pytest.raises(Forbidden):
            plan(actor, zhou, 0, 8)
    with pytest.raises(Invalid):
        plan(zhao, lin, 0, 8)
    bai.is_active = False
    bai.save(update_fields=["is_active"])
    with pytest.raises(Invalid):
        plan(zhao, bai, 0, 8)


def test_taken_over_it_is_theirs_for_the_rest_of_the_time(zhao, zhou, bai, now, clock) -> None:
    plan(zhao, zhou, 0, 8)
    clock(now + timedelta(hours=2))
    taken = take_over(bai, {"note": "周宁临时有事"})
    assert (now_on_call(), taken.to_at) == (bai, now + timedelta(hours=8))
    assert OnCallShift.objects.standing().order_by("pk").first().to_at == now + timedelta(hours=2)


def test_where_nobody_has_it_until_the_next_planned_time(zhao, zhou, bai, now) -> None:
    assert take_over(bai, {}).to_at == now + timedelta(hours=12)
    hand_over(zhao, {"person": zhou.pk, "note": "x"})
    cancel_shift(zhao, OnCallShift.objects.at(now).get().pk)
    plan(zhao, zhou, 3, 8)
    assert take_over(bai, {}).to_at == now + timedelta(hours=3)


def test_handed_over_with_a_note(zhao, zhou, bai, now, clock) -> None:
    plan(zhao, zhou, 0, 8)
    clock(now + timedelta(hours=1))
    shift = hand_over(zhou, {"person": bai.pk, "note": "两笔冻结在等渠道"})
    assert (now_on_call(), shift.note, shift.note_by) == (bai, "两笔冻结在等渠道", zhou)
    with pytest.raises(Invalid) as caught:
        hand_over(bai, {"person": zhou.pk})
    assert list(caught.value.errors) == ["note"]


def test_nobody_hands_over_what_is_not_theirs_but_a_supervisor_may(zhao, zhou, bai, lin) -> None:
    plan(zhao, zhou, 0, 8)
    for actor in (bai, lin):
        with pytest.raises(Forbidden):
            hand_over(actor, {"person": bai.pk, "note": "x"})
    with pytest.raises(Forbidden):
        take_over(lin, {})
    hand_over(zhao, {"person": bai.pk, "note": "x"})
    assert now_on_call() == bai


def test_whoever_is_on_call_does_not_take_over_from_themselves(zhao, zhou) -> None:
    plan(zhao, zhou, 0, 8)
    with pytest.raises(Invalid):
        take_over(zhou, {})


def test_taken_off_the_roster(zhao, zhou, bai, now, clock) -> None:
    coming, running = plan(zhao, bai, 8, 16), plan(zhao, zhou, 0, 8)
    with pytest.raises(Forbidden):
        cancel_shift(zhou, coming.pk)
    clock(now + timedelta(hours=1))
    cancel_shift(zhao, coming.pk)
    cancel_shift(zhao, running.pk)
    assert now_on_call() is None
    assert OnCallShift.objects.get(pk=running.pk).to_at == now + timedelta(hours=1), "what has passed stays"
    assert OnCallShift.objects.count() == 2
    with pytest.raises(NotFound):
        cancel_shift(zhao, coming.pk)


def test_whoever_has_left_is_not_on_call(zhao, zhou) -> None:
    plan(zhao, zhou, 0, 8)
    zhou.is_active = False
    zhou.save(update_fields=["is_active"])
    assert now_on_call() is None


def test_who_has_left_the_group_or_the_house_is_on_call_no_more(zhao, zhou, bai) -> None:
    plan(zhao, zhou, 0, 8)
    zhou.groups.clear()
    assert now_on_call() is None
    hand_over(zhao, {"person": bai.pk, "note": "x"})
    assert now_on_call() == bai
    bai.is_active = False
    bai.save(update_fields=["is_active"])
    assert now_on_call() is None
