"""Days are published, a policy is replaced: promises are recomputed in the open and never silently worsened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sla.models import CalendarDay, Policy
from sla.publishing import new_draft, publish
from tickets.models import Category, EvidenceSlot, Ticket
from tickets.operations.rebasing import preview, rebase
from tickets.periodic import recompute_provisional_dates
from tickets.tests.making import submitted
from tickets.workflow.errors import Forbidden

pytestmark = pytest.mark.django_db


def limit(ticket):
    return ticket.timers.get(key="review_limit")


def publish_year(year: int, *rest: date, makeup: tuple[date, ...] = ()) -> None:
    day, rows = date(year, 1, 1), []
    while day.year == year:
        working = (day.weekday() < 5 and day not in rest) or day in makeup
        rows.append(CalendarDay(date=day, is_workday=working, source="notice"))
        day += timedelta(days=1)
    CalendarDay.objects.bulk_create(rows)


def test_a_deadline_past_the_published_calendar_is_provisional_and_moves_with_a_notice(mei, clock):
    clock("2026-12-30T10:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized")
    before = limit(ticket)
    assert before.provisional
    assert recompute_provisional_dates(timezone.now()) == 0
    publish_year(2027, date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5))
    clock("2026-12-31T10:00:00+08:00")
    assert recompute_provisional_dates(timezone.now()) > 0
    after = limit(ticket)
    assert not after.provisional
    assert after.due_at > before.due_at
    moved = ticket.events.get(kind="date_moved", data__timer="review_limit")
    assert moved.data["from"] == before.due_at.isoformat()
    assert ticket.notifications.filter(kind="date_moved", recipient=mei).exists()
    assert recompute_provisional_dates(timezone.now()) == 0


def test_published_days_that_change_nothing_are_not_announced(mei, clock):
    clock("2026-12-28T10:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized")
    due_at = limit(ticket).due_at
    publish_year(2027, date(2027, 1, 1))
    recompute_provisional_dates(timezone.now())
    if limit(ticket).due_at == due_at:
        assert not ticket.events.filter(kind="date_moved", data__timer="review_limit").exists()
    assert not limit(ticket).provisional


@pytest.fixture
def next_policy(clock):
    """Another version: reviews of a stranger's payment in five working days instead of seven, answers in 12 hours."""
    clock("2026-07-06T09:00:00+08:00")
    current = Policy.objects.get(version="2026.2")
    draft = new_draft(current)
    if not draft.categories.exists():
        for category in current.categories.prefetch_related("slots"):
            slots = list(category.slots.all())
            category.pk, category.policy = None, draft
            category._state.adding = True
            category.save()
            for slot in slots:
                EvidenceSlot.objects.create(category=category, kind=slot.kind, required=slot.required, minimum=slot.minimum)
    Category.objects.filter(policy=draft, key="billing_unauthorized").update(review_limit_wd=5)
    Category.objects.filter(policy=draft, key="mp_topup_stolen").update(review_limit_wd=9)
    draft.timer_rules.filter(key="first_response").update(amount=12, warn=[360])
    Policy.objects.filter(pk=draft.pk).update(countersign_threshold=Decimal("500.00"))
    draft.refresh_from_db()
    publish(draft, timezone.now())
    return draft


def test_a_running_ticket_keeps_its_policy(mei, next_policy, clock):
    ticket = submitted(mei, "billing_unauthorized")
    assert ticket.policy_id == next_policy.version
    clock("2026-03-12T09:00:00+08:00")
    assert submitted(mei, "merchant_deduction").policy_id == "2026.2"


def test_rebasing_is_previewed_explicit_and_never_worsens_a_promise(mei, zhao, lin, clock, next_policy):
    clock("2026-07-05T09:00:00+08:00")
    shorter, longer = submitted(mei, "billing_unauthorized"), submitted(mei, "mp_topup_stolen")
    assert {shorter.policy_id, longer.policy_id} == {"2026.2"}
    promised = {ticket.pk: limit(ticket).due_at for ticket in (shorter, longer)}
    clock("2026-07-06T10:00:00+08:00")
    moves = {(move.ref, move.timer): move for move in preview(next_policy.version)}
    assert moves[shorter.ref, "review_limit"].would_be < promised[shorter.pk]
    assert moves[longer.ref, "review_limit"].would_be > promised[longer.pk]
    assert limit(shorter).due_at == promised[shorter.pk], "a preview writes nothing"
    with pytest.raises(Forbidden):
        rebase(lin, [shorter.ref], next_policy.version, timezone.now())
    rebase(zhao, [shorter.ref, longer.ref], next_policy.version, timezone.now())
    assert limit(shorter).due_at == moves[shorter.ref, "review_limit"].would_be
    assert limit(longer).due_at == promised[longer.pk]
    assert set(Ticket.objects.values_list("policy_id", flat=True)) == {next_policy.version}
    event = shorter.events.get(kind="policy_rebased")
    assert event.actor == zhao
    assert event.data["to"] == next_policy.version


def test_the_command_previews_and_applies_in_a_supervisors_name(mei, zhao, lin, clock, next_policy, capsys):
    clock("2026-07-05T09:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized")
    clock("2026-07-06T10:00:00+08:00")
    call_command("rebase_policy", next_policy.version)
    assert f"{ticket.ref} review_limit" in capsys.readouterr().out
    ticket.refresh_from_db()
    assert ticket.policy_id == "2026.2"
    for somebody in (None, lin.email):
        with pytest.raises(CommandError):
            call_command("rebase_policy", next_policy.version, apply=True, supervisor=somebody)
    call_command("rebase_policy", next_policy.version, apply=True, supervisor=zhao.email)
    ticket.refresh_from_db()
    assert ticket.policy_id == next_policy.version
