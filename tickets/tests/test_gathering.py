"""One statement reads what eight queries would."""

from types import SimpleNamespace

import pytest
from django.db import models

from tickets.gathering import NAMES, gather, gather_whole
from tickets.models import Bill, BillFinding, Ticket
from tickets.tests.stages import MAKERS

CHILDREN = [name for name in NAMES.values() if name != "complained_about"]


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


def plain(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("status", MAKERS)
def test_it_reads_exactly_what_the_orm_reads(status, people, clock) -> None:
    ref = MAKERS[status](people).ref
    gathered, fresh = Ticket.objects.get(ref=ref), Ticket.objects.get(ref=ref)
    gather(gathered)
    for name in CHILDREN:
        expected = getattr(fresh, name).order_by("pk")
        assert [plain(row) for row in getattr(gathered, name).all()] == [plain(row) for row in expected], name
    remedies = [plain(remedy) for decision in gathered.decisions.all() for remedy in decision.remedies.all()]
    assert remedies == [plain(remedy) for decision in fresh.decisions.order_by("pk") for remedy in decision.remedies.order_by("pk")]


def test_people_complained_about_come_with_their_names(people, clock) -> None:
    ticket = MAKERS["under_review"](people)
    ticket.complained_about.add(people.reviewer)
    fresh = Ticket.objects.get(pk=ticket.pk)
    gather(fresh)
    assert [(person.pk, person.name) for person in fresh.complained_about.all()] == [(people.reviewer.pk, people.reviewer.name)]


def test_it_asks_once_and_the_case_asks_no_more(people, clock, django_assert_num_queries) -> None:
    ticket = MAKERS["remedy_pending"](people)
    fresh = Ticket.objects.get(pk=ticket.pk)
    with django_assert_num_queries(1):
        gather(fresh)
        for name in NAMES.values():
            list(getattr(fresh, name).all())
        [list(decision.remedies.all()) for decision in fresh.decisions.all()]


@pytest.mark.parametrize("status", MAKERS)
def test_clocks_and_evidence_come_with_the_rest_as_the_orm_reads_them(status, people, clock, django_assert_num_queries) -> None:
    ref = MAKERS[status](people).ref
    gathered, fresh = Ticket.objects.get(ref=ref), Ticket.objects.get(ref=ref)
    with django_assert_num_queries(1):
        gather_whole(gathered)
        timers, items = ([plain(row) for row in getattr(gathered, name).all()] for name in ("timers", "evidence"))
    assert timers == [plain(row) for row in fresh.timers.all()]
    assert items == [plain(row) for row in fresh.evidence.order_by("pk")]


def test_what_bills_say_comes_with_them(people, clock, django_assert_num_queries) -> None:
    ticket = MAKERS["under_review"](people)
    bill = Bill.objects.create(name="三月.csv", uploaded_by=people.agent, created_at=clock("2026-03-12T10:00:00+08:00"))
    finding = BillFinding.objects.create(bill=bill, ticket=ticket, verdict="paid", amount="12.50", transactions=[{"number": "4200"}])
    fresh = Ticket.objects.get(pk=ticket.pk)
    with django_assert_num_queries(1):
        gather_whole(fresh)
        [row] = fresh.bill_findings.all()
        assert (row.bill.name, row.bill.public_id) == (bill.name, bill.public_id)
    finding.refresh_from_db()
    assert plain(row) == plain(finding)
