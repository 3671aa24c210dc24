"""Complaints from before the count of their evidence was kept are counted, a bounded number at a time, and then left alone."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tickets.models import Event, Ticket
from tickets.operations import backfill_evidence_counts, file_ticket, open_case
from tickets.operations.backfill_evidence_counts import take_missing_stock
from tickets.tests.making import FILES, filing, put_evidence
from tickets.tests.stages import MAKERS

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao, sun, adapter):
    return SimpleNamespace(owner=mei, stranger=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


def counts() -> list[tuple[str, int, int]]:
    return list(Ticket.objects.order_by("pk").values_list("ref", "evidence_need", "evidence_have"))


def test_what_was_never_counted_is_counted_as_an_operation_would_have(people, clock) -> None:
    for make in MAKERS.values():
        ref = make(people).ref
        with open_case(people.owner, ref) as case:
            assert case.evidence is not None  # what an operation has read, it counts
    kept = counts()
    state = list(Ticket.objects.order_by("pk").values_list("version", "updated_at", "last_seq"))
    events = Event.objects.count()
    open_refs = set(Ticket.objects.still_open().values_list("ref", flat=True))
    Ticket.objects.filter(ref__in=open_refs).update(evidence_need=0, evidence_have=0)
    assert counts() != kept
    assert take_missing_stock(timezone.now()) == len([ref for ref, need, _have in kept if ref in open_refs and need])
    assert counts() == kept
    assert list(Ticket.objects.order_by("pk").values_list("version", "updated_at", "last_seq")) == state
    assert Event.objects.count() == events
    assert take_missing_stock(timezone.now()) == 0


def test_a_run_is_bounded_and_its_queries_do_not_grow(people, clock, monkeypatch) -> None:
    monkeypatch.setattr(backfill_evidence_counts, "BATCH", 3)
    for _ in range(5):
        ref = file_ticket(people.owner, filing()).ref
        put_evidence(Ticket.objects.get(ref=ref), *FILES["mp_topup_stolen"])
    Ticket.objects.update(evidence_need=0, evidence_have=0)
    with CaptureQueriesContext(connection) as three:
        assert take_missing_stock(timezone.now()) == 3
    with CaptureQueriesContext(connection) as two:
        assert take_missing_stock(timezone.now()) == 2
    assert abs(len(three) - len(two)) <= 2
    assert {have for _ref, _need, have in counts()} == {7}


def test_a_playbook_that_asks_for_nothing_is_not_asked_again(people, clock, monkeypatch) -> None:
    file_ticket(people.owner, filing())
    Ticket.objects.update(evidence_need=0)
    monkeypatch.setattr(backfill_evidence_counts, "_asks", lambda *_kind: False)
    assert take_missing_stock(timezone.now()) == 0
