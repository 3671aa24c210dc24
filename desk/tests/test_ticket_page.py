"""The ticket page: whole in every status for every role, in few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tickets.operations import post_message
from tickets.tests.stages import MAKERS
from tickets.workflow import Status

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
