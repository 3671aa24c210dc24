"""A freeze that is not confirmed: the group and whoever is on call at once, on call again, supervisors too, then everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from tickets.delivery.sending import deliver_waiting
from tickets.models import Event, Notification
from tickets.operations import amend, file_ticket, perform
from tickets.staffing import acknowledge_freeze, plan_shift
from tickets.tests.cast import person
from tickets.tests.making import filing
from tickets.tests.stages import sweep
from tickets.tests.telling import THEFT
from tickets.workflow.errors import Forbidden, NotFound, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:00:00+08:00")


@pytest.fixture
def bai(zhao, zhou, now):
    """On call now, beside Zhou in the group of freeze operators."""
    bai = person("bai@example.com", Role.FREEZE_OPERATOR)
    plan_shift(zhao, {"person": bai.pk, "from_at": now - timedelta(hours=1), "to_at": now + timedelta(hours=8)})
    return bai


def told(ticket) -> set:
    """Since asked last: to whom, and whether at once."""
    rows = list(Notification.objects.filter(ticket=ticket, state="pending").exclude(recipient=ticket.owner))
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(state="shown")
    assert all(row.urgent for row in rows)
    return {row.audience or row.recipient.email for row in rows}


def test_the_ladder(mei, bai, now, clock) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    assert told(ticket) == {"freeze_operators", "bai@example.com"}
    clock(now + timedelta(minutes=31))
    sweep()
    assert told(ticket) == {"bai@example.com"}
    clock(now + timedelta(minutes=46))
    sweep()
    assert told(ticket) == {"bai@example.com", "supervisors"}
    clock(now + timedelta(minutes=61))
    sweep()
    assert told(ticket) == {"freeze_operators", "bai@example.com", "supervisors"}


def test_a_late_sweep_goes_straight_to_the_rung_that_is_due(mei, bai, now, clock) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    told(ticket)
    clock(now + timedelta(minutes=50))
    sweep()
    assert told(ticket) == {"bai@example.com", "supervisors"}


def test_with_nobody_on_the_roster_the_group_is_called(mei, zhou, zhao, now, clock) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    assert told(ticket) == {"freeze_operators"}
    clock(now + timedelta(minutes=31))
    sweep()
    assert told(ticket) == {"freeze_operators"}
    clock(now + timedelta(minutes=46))
    sweep()
    assert told(ticket) == {"freeze_operators", "supervisors"}


def test_who_is_a_freeze_operator_no_more_is_not_called_but_the_group(mei, bai, now, clock) -> None:
    bai.groups.clear()
    ticket = file_ticket(mei, filing(**THEFT))
    assert told(ticket) == {"freeze_operators"}
    clock(now + timedelta(minutes=31))
    sweep()
    assert told(ticket) == {"freeze_operators"}


def test_who_is_complained_about_is_not_called_but_the_group(mei, bai, zhao, now, clock) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    amend(zhao, ticket.ref, {"complained_about": [bai.email]})
    told(ticket)
    clock(now + timedelta(minutes=31))
    sweep()
    assert told(ticket) == {"freeze_operators"}


def test_nobody_is_called_to_a_case_of_their_own(bai, now, clock) -> None:
    ticket = file_ticket(bai, filing(**THEFT))
    clock(now + timedelta(minutes=31))
    sweep()
    rows = Notification.objects.filter(ticket=ticket, kind="timer.warned")
    assert [(row.audience, row.recipient) for row in rows] == [("freeze_operators", None)]


def test_one_letter_each_and_the_one_on_call_reads_why(mei, bai, zhou) -> None:
    file_ticket(mei, filing(**THEFT))
    deliver_waiting(timezone.now())
    letters = {(to, letter.subject) for letter in mail.outbox for to in letter.to if to != mei.email}
    subjects = dict(letters)
    assert len(letters) == 2
    assert set(subjects) == {bai.email, zhou.email}
    assert "值班" in subjects[bai.email] or "on call" in subjects[bai.email]
    assert subjects[zhou.email] != subjects[bai.email]


def test_i_am_on_it(mei, zhou, bai, lin, wang, now, clock) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    freeze = acknowledge_freeze(zhou, ticket.ref)
    assert (freeze.acknowledged_by, freeze.acknowledged_at) == (zhou, now)
    acknowledge_freeze(zhou, ticket.ref)
    events = Event.objects.filter(ticket=ticket, kind="freeze_acknowledged")
    assert [(event.actor, event.visibility) for event in events] == [(zhou, "internal")]
    acknowledge_freeze(bai, ticket.ref)
    assert (ticket.freezes.get().acknowledged_by, events.all().count()) == (bai, 2)
    with pytest.raises(Forbidden):
        acknowledge_freeze(lin, ticket.ref)
    with pytest.raises(NotFound):
        acknowledge_freeze(wang, ticket.ref)


def test_what_is_said_stops_no_clock(mei, bai, now, clock) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    acknowledge_freeze(bai, ticket.ref)
    told(ticket)
    clock(now + timedelta(minutes=46))
    sweep()
    assert told(ticket) == {"bai@example.com", "supervisors"}


def test_only_a_freeze_that_waits_and_not_by_those_complained_about(mei, zhou, zhao, bai) -> None:
    ticket = file_ticket(mei, filing(**THEFT))
    amend(zhao, ticket.ref, {"complained_about": [zhou.email]})
    with pytest.raises(Forbidden):
        acknowledge_freeze(zhou, ticket.ref)
    perform(bai, ticket.ref, "confirm_freeze", {"reference": "F-1"})
    with pytest.raises(Refusal) as caught:
        acknowledge_freeze(bai, ticket.ref)
    assert caught.value.code == "WRONG_STATUS"
