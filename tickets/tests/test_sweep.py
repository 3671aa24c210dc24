"""The sweep: every warning and every breach exactly once, whoever sweeps, however late, however often killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tickets.cases.case import FiringCase
from tickets.models import Event, Notification, Ticket, Timer
from tickets.operations import file_ticket, open_case, post_message
from tickets.operations.expiry import settle
from tickets.periodic import SweepTicket, fire_due_timers
from tickets.tests.making import filing
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.sqlite


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao, sun, adapter):
    return SimpleNamespace(owner=mei, stranger=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.fixture(autouse=True)
def _no_mail(monkeypatch):
    """Tasks run at once in tests: ten thousand letters are not what is proven here."""
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)


def fired() -> Counter:
    rows = Event.objects.filter(kind__startswith="timer.").values_list("ticket_id", "kind", "data")
    return Counter((ticket, kind, data["timer"], data["cycle"], data.get("level", "due")) for ticket, kind, data in rows)


@pytest.mark.django_db
def test_a_sweep_asks_once_for_all_its_cases_who_is_there(people, clock):
    """A breach is told to whoever does the work now: of thirty cases that is not asked thirty times."""

    def asked_for(count: int) -> int:
        clock("2026-07-06T09:00:00+08:00")
        tickets = [file_ticket(people.owner, filing("billing_duplicate")) for _ in range(count)]
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(assignee=people.agent)
        for ticket in tickets:
            post_message(people.owner, ticket.ref, {"body": "Is anybody there?"})
        clock("2026-07-09T12:00:00+08:00")
        with CaptureQueriesContext(connection) as asked:
            fire_due_timers(timezone.now())
        told = Notification.objects.filter(ticket__in=tickets, kind="timer.passed", data__timer="next_reply", recipient=people.agent)
        assert told.count() == count
        return len(asked)

    asked_for(2)  # what a process remembers is remembered
    assert asked_for(30) <= asked_for(5) + 5  # complaints with as many events are written together: a few groups more


@pytest.mark.django_db
def test_a_second_sweep_finds_nothing(people, clock):
    clock("2026-07-06T09:00:00+08:00")
    for maker in MAKERS.values():
        maker(people)
    clock("2026-09-30T09:00:00+08:00")
    assert fire_due_timers(timezone.now()) > 30
    once = fired()
    assert set(once.values()) == {1}
    assert fire_due_timers(timezone.now()) == 0
    assert fired() == once


@pytest.mark.django_db
def test_a_late_sweep_tells_the_true_instants(mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing())
    late = clock("2026-07-20T12:34:56+08:00")
    fire_due_timers(timezone.now())
    event = ticket.events.get(kind="timer.breached", data__timer="first_response")
    assert event.at.isoformat() == "2026-07-07T01:00:00+00:00"
    assert event.recorded_at == late


@pytest.mark.django_db
def test_a_warning_of_what_is_over_is_recorded_and_told_to_nobody(mei, clock):
    start = clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing())
    clock(start + timedelta(hours=24, microseconds=1))
    fire_due_timers(timezone.now())
    warned = ticket.events.filter(kind="timer.warned", data__timer="first_response")
    assert [event.at for event in warned.order_by("at")] == [start + timedelta(hours=12), start + timedelta(hours=20)]
    assert all(event.data["late"] for event in warned)
    told = ticket.notifications.filter(data__timer="first_response").values_list("kind", flat=True)
    assert set(told) == {"timer.passed"}


@pytest.mark.django_db
def test_a_late_warning_is_still_told_while_there_is_time(mei, clock):
    start = clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing())
    clock(start + timedelta(hours=24))
    fire_due_timers(timezone.now())
    (told,) = ticket.notifications.filter(data__timer="first_response")
    assert (told.kind, told.data["level"]) == ("timer.warned", "+1200m")
    assert not ticket.events.filter(kind="timer.warned", data__late=True).exists()


SHOWN = ("kind", "at", "recorded_at", "from_status", "to_status", "data", "visibility", "actor_id")
TIMER_SHOWN = ("key", "cycle", "started_at", "due_at", "stopped_at", "cancelled", "overrun_at", "warned", "next_at")
TICKET_SHOWN = ("status", "stage", "waiting_on", "refund_tier", "late_claim", "due_at", "due_key", "close_reason", "closed_at")
NOTICE_SHOWN = ("kind", "audience", "recipient_id", "urgent", "state", "not_before")


def picture(ticket: Ticket) -> dict:
    notices = ticket.notifications.order_by("id").values_list(*NOTICE_SHOWN)
    return {
        "ticket": Ticket.objects.filter(pk=ticket.pk).values(*TICKET_SHOWN).get(),
        "events": list(ticket.events.filter(recorded_at=timezone.now()).order_by("seq").values(*SHOWN)),
        "timers": list(ticket.timers.order_by("key", "cycle").values(*TIMER_SHOWN)),
        "notices": sorted(map(str, notices)),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0.6, 2, 4, 9, 40, 120])
def test_many_at_once_end_as_one_at_a_time(people, clock, days):
    """The set form of the sweep equals the single form that every operation uses."""
    start = clock("2026-07-06T09:00:00+08:00")
    many = [maker(people) for status, maker in MAKERS.items() if status != "draft"]
    single = [maker(people) for status, maker in MAKERS.items() if status != "draft"]
    clock(start + timedelta(days=days))
    for ticket in single:
        with open_case(people.owner, ticket.ref) as case:
            case.actor = None
    fire_due_timers(timezone.now())
    for one, other in zip(many, single, strict=True):
        left, right = picture(one), picture(other)
        for part in left:
            assert left[part] == right[part], (one.status, part)


# ---- On PostgreSQL: real locks, real processes


def crowd(owner, count: int) -> None:
    """Copies of one filed ticket whose first warning is due."""
    first = file_ticket(owner, filing())
    ticket = Ticket.objects.get(pk=first.pk)
    fields = {f.attname: getattr(ticket, f.attname) for f in Ticket._meta.concrete_fields if f.attname != "id"}
    tickets = Ticket.objects.bulk_create([Ticket(**{**fields, "ref": f"TS-20260706-{n:07d}"}) for n in range(count)])
    source = first.timers.get(key="first_response")
    plain = {f.attname: getattr(source, f.attname) for f in Timer._meta.concrete_fields if f.attname not in ("id", "ticket_id")}
    Timer.objects.bulk_create([Timer(**plain, ticket=copy) for copy in tickets])
    first.timers.update(next_at=None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_share_ten_thousand_timers(lasting, mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    crowd(mei, 10_000)
    now = clock("2026-07-07T12:00:00+08:00")
    counts: list[int] = []

    def sweep() -> None:
        try:
            counts.append(fire_due_timers(now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fire_due_timers(now)
    assert all(counts), "both had a share"
    assert len(fired()) == 30_000  # two warnings and the breach of each
    assert set(fired().values()) == {1}
    assert Notification.objects.filter(kind="timer.passed", recipient=mei).count() == 10_000


SWEEP = """
import django, datetime; django.setup()
from django.conf import settings
from tickets import periodic
print("ready", flush=True)
periodic.fire_due_timers(datetime.datetime.fromisoformat({now!r}))
"""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_sweep_killed_half_way_loses_and_repeats_nothing(lasting, mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    crowd(mei, 10_000)
    now = clock("2026-07-07T12:00:00+08:00")
    clock_free = {**os.environ, "DATABASE_URL": address_of_the_test_database(), "DJANGO_SETTINGS_MODULE": "supportdesk.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", SWEEP.format(now=now.isoformat())],
        env=clock_free, cwd=settings.BASE_DIR, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdout is not None
    worker.stdout.readline()
    until = time.monotonic() + 60
    while not Event.objects.filter(kind="timer.breached").exists() and time.monotonic() < until:
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    half = Event.objects.filter(kind="timer.breached").count()
    assert 0 < half < 10_000, "killed half-way"
    fire_due_timers(now)
    assert len(fired()) == 30_000
    assert set(fired().values()) == {1}


def address_of_the_test_database() -> str:
    name = connection.settings_dict
    return f"postgres://{name['USER']}:{name['PASSWORD']}@{name['HOST']}:{name['PORT'] or 5432}/{name['NAME']}"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_locked_ticket_is_left_for_the_next_sweep(lasting, mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    crowd(mei, 3)
    now = clock("2026-07-07T12:00:00+08:00")
    held = Ticket.objects.order_by("pk").last()
    assert held is not None
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with open_case(mei, held.ref) as case:
                case.discarded = True
                ready.set()
                done.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert ready.wait(20)
    fire_due_timers(now)
    seen = {ticket for ticket, *_ in fired()}
    done.set()
    thread.join()
    assert held.pk not in seen
    assert len(seen) == 2


def test_a_timer_that_moves_its_ticket_wants_the_whole_case() -> None:
    """The sweep reads no more of a ticket than telling people takes: nothing may be moved on the strength of that."""
    now = timezone.now()
    due = now - timedelta(hours=1)
    ticket = SweepTicket(id=1, status="resolved", last_seq=0, owner_id=1, assignee_id=None, policy_id="2026.2")
    timer = Timer(key="confirm", binds="customer", due_at=due, next_at=due)
    with pytest.raises(TypeError, match="confirm"):
        settle(FiringCase(ticket, now, timers=[timer]))
