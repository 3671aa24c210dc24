"""The queue of a desk with one ticket in each status: what is in it, in which order, and what filters and words leave of it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone

from desk.queue.filters import asker_of, filter_queue, filter_values, order_of
from desk.queue.paging import Place
from desk.queue.saved import built_in_views
from desk.tests.reading import refs
from tickets.models import Tag, Tagging, Ticket
from tickets.operations import post_message, start_draft
from tickets.tests.cast import as_they_are, at_the_hour, company
from tickets.tests.making import filing
from tickets.tests.stages import MAKERS

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture(scope="module")
def world(rows_of_the_module) -> SimpleNamespace:
    """Made once: it takes longer than the tests themselves."""
    with at_the_hour():
        people = company()
        return SimpleNamespace(people=people, every={str(status): make(people).ref for status, make in MAKERS.items()})


@pytest.fixture
def people(world, db, clock) -> SimpleNamespace:
    return as_they_are(world.people)


@pytest.fixture
def every(world) -> dict[str, str]:
    """One ticket in each status, by status."""
    return dict(world.every)


def test_open_tickets_stand_by_next_breach(every, people, at) -> None:
    shown = refs(at(people.agent).get("/desk/"))
    expected = Ticket.objects.in_queue().by_next_breach().values_list("ref", flat=True)
    assert shown == list(expected)
    assert {every["draft"], every["resolved"], every["closed"]}.isdisjoint(shown)


FILTERS = [
    ("status=under_review", {"under_review"}),
    ("status=closed", {"closed"}),
    ("stage=freeze", {"freeze_pending", "frozen"}),
    ("stage=done", {"resolved", "closed"}),
    ("category=pay_failed_deducted", {"auto_reversal_wait"}),
    ("assignee=me", {"under_review", "needs_evidence", "remedy_pending", "rejected", "escalated"}),
    ("assignee=chen@example.com&status=rejected", {"rejected"}),
    ("waiting_on=channel", {"auto_reversal_wait"}),
    ("waiting_on=customer", {"evidence_collection", "frozen", "needs_evidence", "rejected"}),
    ("lane=merchant", set()),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_filters_narrow_it(query, expected, every, people, at) -> None:
    assert set(refs(at(people.reviewer).get(f"/desk/?{query}"))) == {every[status] for status in expected}


WORDS = ("q=盗用", "q=充值&status=closed", "stage=done", "tag=press", "category=mp_topup_stolen")
ASKED = [*(view.query for view in built_in_views("en")), *WORDS]


@pytest.mark.parametrize("query", ASKED)
def test_a_view_shows_what_is_asked_of_the_orm_at_any_time_and_by_anybody(query, every, people, at, clock) -> None:
    """The queue keeps the statements of its first pages; what they compare with is each time another."""
    Ticket.objects.filter(ref=every["under_review"]).update(assignee=people.agent, follow_up_on="2026-03-11")
    Tagging.objects.create(tag=Tag.objects.create(name="press"), ticket=Ticket.objects.get(ref=every["frozen"]))
    start_draft(people.agent, filing())
    for status in ("closed", "frozen"):
        post_message(people.owner, every[status], {"body": "在吗？"})
    shown = []
    for _day in range(3):
        for person in (people.agent, people.reviewer):
            given = QueryDict(query)
            rows = filter_queue(person, filter_values(given), asker_of(person))
            shown.append(refs(at(person).get(f"/desk/?{query}")))
            ordered = rows.order_by(F(order_of(filter_values(given))).asc(nulls_last=True), "id")
            assert shown[-1] == list(ordered.values_list("ref", flat=True))
        clock(timezone.now() + timedelta(hours=25))
    assert any(shown)


def test_unassigned_shows_what_nobody_has(every, people, at) -> None:
    expected = set(Ticket.objects.in_queue().filter(assignee=None).values_list("ref", flat=True))
    assert set(refs(at(people.agent).get("/desk/?assignee=none"))) == expected != set()


def test_what_the_customer_wrote_is_a_view_the_longest_waiting_first_and_closed_ones_too(every, people, at, clock) -> None:
    for status in ("rejected", "closed", "frozen"):
        clock(timezone.now() + timedelta(minutes=7))
        post_message(people.owner, every[status], {"body": "请问进展如何？"})
    expected = [every[status] for status in ("rejected", "closed", "frozen")]
    browser = at(people.agent)
    assert refs(browser.get("/desk/?unanswered=true")) == expected
    assert set(expected) <= set(refs(browser.get("/desk/"))), "the closed one is in the queue as well"
    html = browser.get("/desk/?unanswered=true").content.decode()
    assert html.count("Customer has written, unanswered for") == 3
    assert "the desk and the customer" in html
    first = browser.get("/desk/?unanswered=true&page_size=20").content.decode()
    place_after_first = f"{Place(Ticket.objects.get(ref=expected[0]).unanswered_since, Ticket.objects.get(ref=expected[0]).pk)}"
    assert first and refs(browser.get(f"/desk/?unanswered=true&after={place_after_first}")) == expected[1:]
    post_message(people.agent, every["closed"], {"body": "已收到，今天答复您。"})
    assert refs(browser.get("/desk/?unanswered=true")) == [every["rejected"], every["frozen"]]


def test_a_choice_that_does_not_exist_is_said_and_left_out(every, people, at) -> None:
    response = at(people.agent).get("/desk/?status=on_fire&breached=perhaps")
    assert response.status_code == 200
    assert "there is no such choice" in response.content.decode()
    assert len(refs(response)) == len(MAKERS) - 3


def test_words_find_closed_tickets_too(every, people, at) -> None:
    client = at(people.agent)
    assert set(refs(client.get("/desk/?q=充值"))) == set(every.values()) - {every["draft"]}
    assert refs(client.get("/desk/?q=没有这样的词语")) == []
    assert set(refs(client.get("/desk/?q=202603100001234"))) == set(every.values()) - {every["draft"]}


def test_a_reference_leads_straight_to_its_ticket_if_one_may_see_it(every, people, at) -> None:
    client = at(people.agent)
    assert client.get(f"/desk/?q={every['closed'].lower()}")["Location"] == f"/desk/tickets/{every['closed']}/"
    assert refs(client.get(f"/desk/?q={every['draft']}")) == []
