"""One statement reads what eight queries would."""

from types import SimpleNamespace

import pytest
from django.db import models
from django.utils import timezone

from tickets.cases.case import Case
from tickets.cases.loading import CHILDREN, ELSEWHERE, gather, gather_whole
from tickets.models import Bill, BillFinding, Event, Tag, Tagging, Ticket
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.sqlite

NAMES = [name for name, _source in CHILDREN if name not in ELSEWHERE]  # nobody is complained about in these stages


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
    for name in NAMES:
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
    fresh, expected = Ticket.objects.get(pk=ticket.pk), str(ticket.registered_respondent)
    with django_assert_num_queries(1):
        gather(fresh)
        for name in NAMES:
            list(getattr(fresh, name).all())
        [list(decision.remedies.all()) for decision in fresh.decisions.all()]
        assert str(fresh.registered_respondent) == expected


def test_tags_come_with_their_names_and_tones(people, clock, django_assert_num_queries) -> None:
    ticket = MAKERS["under_review"](people)
    Tagging.objects.create(ticket=ticket, tag=Tag.objects.create(name="press", tone="bad"))
    with django_assert_num_queries(1):
        case = Case.of_rows(ticket, timezone.now(), people.agent, gather_whole(ticket, people.agent))
        assert [(tagging.tag.name, tagging.tag.tone) for tagging in case.taggings] == [("press", "bad")]
    assert [plain(tagging) for tagging in case.taggings] == [plain(tagging) for tagging in Tagging.objects.all()]


OF_A_CASE = ("timers", "freezes", "decisions", "escalations", "requests", "evidence", "order_references", "bill_findings")


@pytest.mark.parametrize("status", MAKERS)
def test_a_case_of_rows_is_the_case_the_orm_reads(status, people, clock, django_assert_num_queries) -> None:
    ref = MAKERS[status](people).ref
    gathered, fresh = Ticket.objects.get(ref=ref), Ticket.objects.get(ref=ref)
    now = timezone.now()
    with django_assert_num_queries(1):
        case = Case.of_rows(gathered, now, people.agent, gather_whole(gathered, people.agent))
        found = {name: [plain(row) for row in getattr(case, name)] for name in OF_A_CASE}
        remedies = [plain(remedy) for decision in case.decisions for remedy in decision.remedies.all()]
        assert all(row.ticket is gathered for name in OF_A_CASE for row in getattr(case, name))
    expected = Case(fresh, now, people.agent)
    assert found == {name: [plain(row) for row in getattr(expected, name)] for name in OF_A_CASE}
    assert remedies == [plain(remedy) for decision in expected.decisions for remedy in decision.remedies.order_by("pk")]
    assert (case.security_tasks, case.complained_about) == (expected.security_tasks, expected.complained_about)


def test_what_bills_say_comes_with_them(people, clock, django_assert_num_queries) -> None:
    ticket = MAKERS["under_review"](people)
    bill = Bill.objects.create(name="三月.csv", uploaded_by=people.agent, created_at=clock("2026-03-12T10:00:00+08:00"))
    finding = BillFinding.objects.create(bill=bill, ticket=ticket, verdict="paid", amount="12.50", transactions=[{"number": "4200"}])
    fresh = Ticket.objects.get(pk=ticket.pk)
    with django_assert_num_queries(1):
        [row] = gather_whole(fresh, people.agent)["bill_findings"]
        assert (row.bill.name, row.bill.public_id) == (bill.name, bill.public_id)
    finding.refresh_from_db()
    assert plain(row) == plain(finding)


def test_other_rows_may_come_with_them_as_values_and_for_a_reader(people, clock, django_assert_num_queries) -> None:
    ticket = MAKERS["under_review"](people)
    columns = ("id", "kind", "at", "data", "actor_id")
    events = ("events", lambda key, _reader: Event.objects.filter(ticket=key).order_by("-seq").values_list(*columns, named=True)[:2])
    own = ("own", lambda key, reader: Event.objects.filter(ticket=key, actor=reader).values_list("id", named=True))
    with django_assert_num_queries(1):
        rows = gather_whole(ticket, people.reviewer, (events, own))
    latest = Event.objects.filter(ticket=ticket).order_by("-seq").values_list(*columns)[:2]
    assert [tuple(row) for row in rows["events"]] == sorted(latest)
    assert rows["events"][0].kind
    assert [row.id for row in rows["own"]] == list(Event.objects.filter(ticket=ticket, actor=people.reviewer).values_list("id", flat=True))
    assert rows["own"]
