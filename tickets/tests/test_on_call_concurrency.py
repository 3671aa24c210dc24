"""Eight take over, and two plan the same hours, at once: never two on call. Real threads, real locks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tickets.models import OnCallShift
from tickets.staffing import plan_shift, take_over
from tickets.tests.cast import person
from tickets.tests.test_concurrency import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_one_is_on_call_whoever_takes_over(lasting):
    crowd = [person(f"operator{n}@example.com", Role.FREEZE_OPERATOR) for n in range(8)]
    assert at_once([lambda who=who: take_over(who, {}) for who in crowd]) == {"ok": 8}
    assert OnCallShift.objects.at(timezone.now()).count() == 1


def test_the_same_hours_are_planned_once(lasting, zhao, zhou):
    now = timezone.now()
    hours = {"person": zhou.pk, "from_at": now + timedelta(hours=1), "to_at": now + timedelta(hours=9)}
    assert at_once([lambda: plan_shift(zhao, hours)] * 8) == {"ok": 1, "invalid": 7}
    assert OnCallShift.objects.count() == 1
