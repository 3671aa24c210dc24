"""Reference numbers: never the same twice, and no filing waits for another's transaction."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from tickets.models import ReferenceCounter
from tickets.operations import file_ticket
from tickets.operations.reference_numbers import ROOM_FOR_OLD_PROCESSES, begin_day, next_reference
from tickets.tests.making import filing

SHANGHAI = "Asia/Shanghai"


def number(ref: str) -> int:
    return int(ref.rpartition("-")[2])


@pytest.mark.sqlite
@pytest.mark.django_db
def test_each_day_begins_at_one_where_the_desk_is(clock):
    late = clock("2026-03-10T23:59:59+08:00")
    early = clock("2026-03-11T00:00:00+08:00")
    assert [next_reference(late, SHANGHAI) for _ in range(2)] == ["TS-20260310-000001", "TS-20260310-000002"]
    assert next_reference(early, SHANGHAI) == "TS-20260311-000001"
    assert next_reference(late, SHANGHAI) != "TS-20260310-000002"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_filing_that_is_stuck_holds_up_no_other(lasting, mei, wang, monkeypatch):
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)
    monkeypatch.setattr("tickets.operations.intake_clocks.enqueue", lambda *_: None)
    begin_day(timezone.now(), SHANGHAI)
    filed, may_go = threading.Event(), threading.Event()

    def get_stuck() -> str:
        try:
            with transaction.atomic():
                ref = file_ticket(mei, filing()).ref
                filed.set()
                may_go.wait(30)
            return ref
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(get_stuck)
        assert filed.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            others = [file_ticket(wang, filing()).ref for _ in range(3)]
        finally:
            may_go.set()
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        assert len({stuck.result(), *others}) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_filers_at_the_first_moment_of_a_day_get_a_number_each():
    gate, now = threading.Barrier(8), timezone.now()

    def take(_n: int) -> list[str]:
        try:
            gate.wait(30)
            return [next_reference(now, SHANGHAI) for _ in range(20)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        taken = [ref for refs in pool.map(take, range(8)) for ref in refs]
    assert len(set(taken)) == 160
    assert min(map(number, taken)) >= 1


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_day_that_began_before_the_upgrade_leaves_room_for_old_processes(clock):
    now = clock("2026-03-10T12:00:00+08:00")
    ReferenceCounter.objects.create(day="2026-03-10", last=41)
    assert number(next_reference(now, SHANGHAI)) == 41 + ROOM_FOR_OLD_PROCESSES + 1
    assert begin_day(now, SHANGHAI) == 0
