"""Eight workers give complaints out at once: each complaint once, everybody the same number. Real threads, real locks."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db.models import Count
from django.utils import timezone

from accounts.roles import Role
from tickets.models import Event, Notification, StaffProfile, Ticket
from tickets.operations import file_ticket
from tickets.staffing import pass_on, reassignment
from tickets.staffing.reassignment import assign_waiting
from tickets.tests.making import filing
from tickets.tests.staffing import Mode, rule, staff
from tickets.tests.test_concurrency import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WORKERS, AGENTS = 8, 7
CROWD, BATCH = 350, 150  # read in three goes; a thousand, by one sweep, are in test_assigning.py


@pytest.fixture(autouse=True)
def _nothing_in_the_background(monkeypatch):
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)
    monkeypatch.setattr("tickets.operations.intake_clocks.enqueue", lambda *_: None)


def shares() -> Counter:
    return Counter(Ticket.objects.values_list("assignee", flat=True))


def spread(counts: Counter) -> int:
    return max(counts.values()) - min(counts.values())


def copies(first: Ticket, count: int) -> None:
    names = [field.attname for field in Ticket._meta.concrete_fields if not field.primary_key]
    copy = {name: getattr(first, name) for name in names}
    Ticket.objects.bulk_create(Ticket(**{**copy, "ref": f"TS-20260101-{n:06d}"}) for n in range(count))


@pytest.mark.parametrize("mode", [Mode.ROUND_ROBIN, Mode.BY_LOAD])
def test_eight_sweeps_share_all_within_one(mode, lasting, mei, monkeypatch):
    monkeypatch.setattr(reassignment, "BATCH", BATCH)
    crowd = [staff(f"agent{n}", Role.AGENT) for n in range(AGENTS)]
    copies(file_ticket(mei, filing()), CROWD - 1)
    rule(mode)
    assert at_once([lambda: assign_waiting(timezone.now())] * WORKERS) == {"ok": WORKERS}
    assign_waiting(timezone.now())  # a sweep skips what another has locked; the next one has it
    counts = shares()
    assert (set(counts), sum(counts.values())) == ({one.pk for one in crowd}, CROWD)
    assert spread(counts) <= 1
    twice = Event.objects.filter(kind="assigned").values("ticket").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
    assert Notification.objects.filter(kind="assigned").count() == CROWD


def test_filed_at_once_and_swept_at_once(lasting, mei):
    for n in range(AGENTS):
        staff(f"agent{n}", Role.AGENT)
    rule(Mode.ROUND_ROBIN)
    filers = [lambda: [file_ticket(mei, filing()) for _ in range(7)]] * WORKERS
    outcomes = at_once([*filers, *[lambda: assign_waiting(timezone.now())] * 2])
    assert outcomes == {"ok": WORKERS + 2}
    assert (sum(shares().values()), spread(shares())) == (56, 0)
    assert Event.objects.filter(kind="assigned").count() == 56


def test_two_supervisors_and_the_clock_pass_the_same_on(lasting, mei, lin, zhao):
    bao = staff("bao", Role.AGENT)
    first = file_ticket(mei, filing())
    Ticket.objects.filter(pk=first.pk).update(assignee=lin)
    first.assignee = lin
    copies(first, 39)
    StaffProfile.objects.create(user=lin, away_from=date(2020, 1, 1), stand_in=bao)
    passing = [lambda: pass_on(zhao, lin.pk)] * 4
    assert at_once([*passing, *[lambda: assign_waiting(timezone.now())] * 4]) == {"ok": 8}
    assert shares() == {bao.pk: 40}
    assert Event.objects.filter(kind="assigned").count() == 40
