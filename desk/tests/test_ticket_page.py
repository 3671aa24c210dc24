"""The ticket page: whole in every status for every role, in few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tickets.operations import amend, file_ticket, perform, post_message
from tickets.tests.making import filing
from tickets.tests.stages import MAKERS
from tickets.workflow import Status

pytestmark = pytest.mark.sqlite

FILED = [status for status in MAKERS if status != Status.DRAFT]
DESK = ("agent", "operator", "reviewer", "supervisor", "privacy")


@pytest.mark.parametrize("status", FILED)
def test_every_role_of_the_desk_sees_every_filed_ticket(status, people, at) -> None:
    ref = MAKERS[status](people).ref
    for role in DESK:
        page = at(getattr(people, role)).get(f"/desk/tickets/{ref}/")
        assert page.status_code == 200
        assert ref in page.content.decode()


def queries(client, address) -> list[str]:
    client.get(address)  # policies, titles and names are remembered
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in found.captured_queries]


@pytest.mark.parametrize("status", FILED)
def test_it_costs_twelve_queries_at_most(status, people, at, clock) -> None:
    ref = MAKERS[status](people).ref
    for role in DESK:
        asked = queries(at(getattr(people, role)), f"/desk/tickets/{ref}/")
        assert len(asked) <= 12, asked


def test_a_long_history_costs_no_more(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    short = len(queries(at(people.agent), f"/desk/tickets/{ref}/"))
    for number in range(30):
        post_message(people.agent if number % 2 else people.owner, ref, {"body": f"第 {number} 条"})
    assert len(queries(at(people.agent), f"/desk/tickets/{ref}/")) == short


def test_who_owns_the_case_reads_no_notes_on_it(people, at, clock) -> None:
    """Also when they work here."""
    ref = file_ticket(people.agent, filing("merchant_deduction")).ref
    post_message(people.supervisor, ref, {"body": "是同事的案件，请谨慎", "visibility": "internal"})
    post_message(people.supervisor, ref, {"body": "我们在核对"})
    perform(people.supervisor, ref, "refer_to_police", {})
    amend(people.supervisor, ref, {"assignee": people.reviewer.email})
    assert "请谨慎" in at(people.reviewer).get(f"/desk/tickets/{ref}/").content.decode()
    own = at(people.agent).get(f"/desk/tickets/{ref}/").content.decode()
    assert "我们在核对" in own
    assert "请谨慎" not in own
    for part, shown in (("messages", 1), ("events", None)):
        found = at(people.agent).get(f"/api/v1/tickets/{ref}/{part}/").json()["results"]
        assert {row["visibility"] for row in found} == {"public"}
        assert shown is None or len(found) == shown
    colleagues = at(people.reviewer).get(f"/api/v1/tickets/{ref}/events/").json()["results"]
    assert "internal" in {row["visibility"] for row in colleagues}


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "x"])
def test_a_moment_that_is_none_shows_the_latest_page(before, people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    assert at(people.agent).get(f"/desk/tickets/{ref}/?before={before}").status_code == 200
