"""Pages by keyset: complete, in order, stable while rows are inserted, and in a constant number of queries."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from api.tests.driving import ROOT
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.cast import at_the_hour, company
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
ORDERINGS = ("due_at", "-due_at", "created_at", "-created_at", "amount", "-amount")


@pytest.fixture(scope="module")
def world(rows_of_the_module) -> tuple[SimpleNamespace, list[Ticket]]:
    """Eleven tickets; fields repeat, and some have neither due instant nor amount. Made once."""
    with at_the_hour():
        people = company()
        made = [file_ticket(people.owner, filing(amount=f"{10 + n % 3}.00" if n % 4 else None)) for n in range(11)]
        for n, ticket in enumerate(made):
            due = timezone.now() + timedelta(hours=n % 5) if n % 3 else None
            Ticket.objects.filter(pk=ticket.pk).update(created_at=timezone.now() + timedelta(minutes=n // 2), due_at=due)
    return people, made


@pytest.fixture
def many(world, clock) -> list[Ticket]:
    return world[1]


@pytest.fixture
def mei(world, db) -> User:
    return User.objects.get(pk=world[0].owner.pk)


@pytest.fixture
def lin(world, db) -> User:
    return User.objects.get(pk=world[0].agent.pk)


def walked(client, address: str, link: str = "next") -> list[list[dict]]:
    pages = []
    while address:
        page = client.get(address).json()
        assert page.keys() == {"next", "previous", "results"}
        pages.append(page["results"])
        address = page[link]
    return pages


def key_of(row: dict, field: str, sign: int) -> tuple:
    value = row[field]
    if value is None:
        return (1, 0)
    number = float(value) if field == "amount" else timezone.datetime.fromisoformat(value).timestamp()
    return (0, sign * number)


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 3, 4, 11])
def test_every_row_once_in_order_nulls_last(as_, lin, many, ordering, size):
    pages = walked(as_(lin), f"{ROOT}tickets/?ordering={ordering}&page_size={size}")
    rows = [row for page in pages for row in page]
    assert sorted(row["ref"] for row in rows) == sorted(ticket.ref for ticket in many)
    field, sign = ordering.removeprefix("-"), -1 if ordering.startswith("-") else 1
    keys = [key_of(row, field, sign) for row in rows]
    assert keys == sorted(keys)
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_the_way_back_shows_the_same_pages(as_, lin, many, ordering):
    client = as_(lin)
    forward = walked(client, f"{ROOT}tickets/?ordering={ordering}&page_size=3")
    last = f"{ROOT}tickets/?ordering={ordering}&page_size=3"
    while following := client.get(last).json()["next"]:
        last = following
    back = walked(client, last, "previous")
    assert [[row["ref"] for row in page] for page in reversed(back)] == [[row["ref"] for row in page] for page in forward]


def test_rows_that_come_in_between_neither_repeat_nor_hide_one(as_, lin, mei, many, clock):
    client = as_(lin)
    first = client.get(f"{ROOT}tickets/?page_size=4").json()
    clock("2026-03-10T21:22:00+08:00")
    file_ticket(mei, filing())
    rest = [row for page in walked(client, first["next"]) for row in page]
    refs = [row["ref"] for row in first["results"] + rest]
    assert len(refs) == len(set(refs)) == len(many)


def test_a_page_has_at_most_a_hundred_rows(as_, lin, many):
    assert len(as_(lin).get(f"{ROOT}tickets/?page_size=1000").json()["results"]) == len(many)
    for wrong in ("0", "-1", "x", "9" * 30):
        response = as_(lin).get(f"{ROOT}tickets/?page_size={wrong}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzEsMiwzXQ", "WyJzb29uIiwxLDBd", "WyJuYW4iLDEsMF0", "💥"])
def test_a_cursor_we_did_not_make_is_refused(as_, lin, many, cursor):
    for ordering in ORDERINGS:
        response = as_(lin).get(f"{ROOT}tickets/", {"cursor": cursor, "ordering": ordering})
        assert (response.status_code, response.json()["code"]) == (400, "invalid")


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    logged = [query for query in found if 'INSERT INTO "accounts_readentry"' in query["sql"]]
    assert len(logged) <= 1
    return len(found) - len(logged)


def test_the_number_of_queries_does_not_grow_with_the_rows(as_, lin, mei, many):
    client = as_(lin)
    for query in ("", "&q=mei", "&breached=true", "&ordering=due_at"):
        one, all_ = (queries(client, f"{ROOT}tickets/?page_size={size}{query}") for size in (1, 11))
        assert one == all_ <= 7
    assert queries(client, f"{ROOT}tickets/count/") <= 2


def test_one_ticket_costs_a_fixed_number_of_queries(as_, mei, lin, many):
    address = f"{ROOT}tickets/{many[0].ref}/"
    assert queries(as_(mei), address) <= 16
    assert queries(as_(lin), address) <= 16
    assert queries(as_(mei), f"{address}timers/") <= 14
    for path in ("events/", "messages/", "evidence/"):
        assert queries(as_(mei), address + path) <= 4
