"""Reads are logged: who, what, how many, when, from where; by page, by program and in the admin; one row each, and no word of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ReadAlarm, ReadEntry, User
from accounts.read_alarms import forget_reads, tell_of_unusual_reads
from accounts.reads import term_digest
from evidence.people import erase_person
from supportdesk.read_table import ADMIN_READS, NOTHING_READ, READS
from supportdesk.tests.test_house import ROOT
from tickets.models import Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
Kind, Door = ReadEntry.Kind, ReadEntry.Door
PHONE = "13800138000"


@pytest.fixture
def ticket(mei: User, clock: Any) -> Ticket:
    clock("2026-07-06T10:00:00+08:00")
    return file_ticket(mei, filing())


def browser(person: User) -> Client:
    client = Client(headers={"accept-language": "en"}, REMOTE_ADDR="10.1.2.3")
    client.force_login(person)
    return client


def program(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def last() -> ReadEntry:
    return ReadEntry.objects.latest("pk")


# ---- Every address stands in one of the two tables
def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        elif isinstance(each, URLPattern):
            yield route


def test_every_address_of_desk_and_api_says_whether_it_reads_of_a_person() -> None:
    ours = {route for route in routes() if route.startswith(("desk/", "api/"))}
    assert sorted(ours - READS.keys() - NOTHING_READ.keys()) == []
    assert sorted((READS.keys() | NOTHING_READ.keys()) - set(routes())) == []
    assert READS.keys().isdisjoint(NOTHING_READ)
    assert all(NOTHING_READ.values())


WITHOUT_PEOPLE = {
    "api.webhook", "auth.group", "desk.macro", "duties.dutyrun", "duties.failure", "sla.calendarday", "sla.policy", "tickets.advice",
    "tickets.assignmentrule", "tickets.category", "tickets.escalationtarget", "tickets.respondent", "tickets.tag",
}  # fmt: skip


def test_every_model_in_the_admin_says_whether_it_holds_people() -> None:
    shown = {model._meta.label_lower for model in admin.site._registry}
    assert shown - WITHOUT_PEOPLE == ADMIN_READS
    assert shown >= WITHOUT_PEOPLE


# ---- Each kind by each door
def test_opening_a_case_is_written_down_by_page_and_by_program(ticket: Ticket, lin: User) -> None:
    for client, address, door in (
        (browser(lin), f"/desk/tickets/{ticket.ref}/", Door.PAGE),
        (program(lin), f"/api/v1/tickets/{ticket.ref}/", Door.API),
        (program(lin), f"/api/v1/tickets/{ticket.ref}/messages/", Door.API),
    ):
        assert client.get(address).status_code == 200
        read = last()
        assert (read.reader, read.kind, read.door, read.ref) == (lin, Kind.OPENED, door, ticket.ref)
        assert read.at == timezone.now()
    assert ReadEntry.objects.count() == 3
    assert ReadEntry.objects.earliest("pk").network == "10.1.2.3"


def test_what_was_searched_for_is_kept_as_a_digest_alone(ticket: Ticket, lin: User) -> None:
    for client, address, door in ((browser(lin), "/desk/", Door.PAGE), (program(lin), "/api/v1/tickets/", Door.API)):
        client.get(address, {"q": PHONE})
        read = last()
        assert (read.kind, read.door, read.term_digest, read.term_length) == (Kind.SEARCHED, door, term_digest(f" {PHONE} "), 11)
        assert PHONE not in str(ReadEntry.objects.filter(pk=read.pk).values())
        client.get(address)
        assert (last().kind, last().count, last().term_digest) == (Kind.LISTED, 1, "")


def test_what_is_taken_along_is_counted_to_its_end(ticket: Ticket, mei: User, zhao: User) -> None:
    file_ticket(mei, filing())
    for form in ("csv", "xlsx"):
        b"".join(browser(zhao).get(f"/desk/queue.{form}").streaming_content)
        assert (last().kind, last().count) == (Kind.EXPORTED, 2), form


def test_figures_are_written_down(ticket: Ticket, zhao: User) -> None:
    browser(zhao).get("/desk/figures/")
    assert (last().kind, last().door) == (Kind.REPORTED, Door.PAGE)
    key = program(zhao).get("/api/v1/reports/").json()[0]["key"]
    program(zhao).get(f"/api/v1/reports/{key}/")
    assert (last().kind, last().door, last().ref) == (Kind.REPORTED, Door.API, key)


def test_a_dossier_is_written_down_of_everybody(ticket: Ticket, lin: User, mei: User) -> None:
    for client, address, door in (
        (browser(lin), f"/desk/tickets/{ticket.ref}/dossier/", Door.PAGE),
        (program(lin), f"/api/v1/tickets/{ticket.ref}/dossier/", Door.API),
        (program(mei), f"/api/v1/tickets/{ticket.ref}/dossier/", Door.API),
    ):
        assert client.get(address).status_code == 200
        assert (last().kind, last().door, last().ref) == (Kind.DOSSIER, door, ticket.ref)
    assert last().reader == mei


def test_the_admin_is_a_door_too(ticket: Ticket, mei: User) -> None:
    root = User.objects.create_superuser("root@example.com", "a long password")
    client = browser(root)
    assert client.get(f"/admin/tickets/ticket/{ticket.pk}/change/").status_code == 200
    assert (last().kind, last().door, last().ref) == (Kind.OPENED, Door.ADMIN, f"ticket {ticket.pk}")
    client.get("/admin/accounts/user/")
    assert (last().kind, last().count) == (Kind.LISTED, User.objects.count())
    client.get("/admin/accounts/user/", {"q": "mei@"})
    assert (last().kind, last().count, last().term_length) == (Kind.SEARCHED, 1, 4)
    before = ReadEntry.objects.count()
    client.get("/admin/sla/policy/")
    assert ReadEntry.objects.count() == before


def test_a_person_s_data_names_whom(ticket: Ticket, sun: User, mei: User) -> None:
    browser(sun).get("/desk/privacy/person/", {"email": mei.email})
    assert (last().kind, last().person, last().count) == (Kind.PERSON, mei.pk, 1)


# ---- What is no reading
def test_nobody_is_written_down_for_what_is_their_own_or_was_refused(ticket: Ticket, mei: User, chen: User, lin: User) -> None:
    program(mei).get(f"/api/v1/tickets/{ticket.ref}/")
    program(mei).get("/api/v1/tickets/", {"q": "x"})
    browser(mei).get(f"/tickets/{ticket.ref}/")
    browser(lin).get("/desk/tickets/TS-20200101-000001/")
    browser(chen).get("/desk/privacy/person/", {"email": mei.email})
    browser(lin).get("/desk/pulse/")
    Client().get(f"/desk/tickets/{ticket.ref}/")
    assert not ReadEntry.objects.exists()


def test_a_refused_act_that_shows_the_page_is_a_reading(ticket: Ticket, lin: User) -> None:
    answer = browser(lin).post(f"/desk/tickets/{ticket.ref}/reject/", {})
    assert ticket.ref in answer.content.decode()
    assert (last().kind, last().ref) == (Kind.OPENED, ticket.ref)


# ---- What it costs, and what happens where it fails
def test_it_costs_one_statement(ticket: Ticket, lin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(lin)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as found:
        client.get("/desk/")
    of_log = [query["sql"] for query in found.captured_queries if "accounts_readentry" in query["sql"]]
    assert len(of_log) == 1
    assert of_log[0].startswith("INSERT")


def test_what_cannot_be_written_down_is_not_shown(ticket: Ticket, lin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("supportdesk.reads.record_read", broken)
    answer = browser(lin).get(f"/desk/tickets/{ticket.ref}/")
    assert answer.status_code == 503
    assert ticket.ref not in answer.content.decode()


# ---- The log outlives whom it is about, without a word of theirs
def test_it_outlives_erasure(ticket: Ticket, mei: User, sun: User, lin: User) -> None:
    browser(lin).get(f"/desk/tickets/{ticket.ref}/")
    browser(lin).get("/desk/", {"q": mei.email})
    program(mei).get(f"/api/v1/tickets/{ticket.ref}/dossier/")
    perform(mei, ticket.ref, "withdraw", {"keep_freeze": None})
    email = mei.email
    erase_person(mei, mei)
    assert ReadEntry.objects.filter(ref=ticket.ref).count() == 2
    assert email not in str(list(ReadEntry.objects.values()))
    assert not ReadEntry.objects.filter(reader=mei).exclude(network="").exists()


def test_it_is_forgotten_in_the_end(ticket: Ticket, lin: User, settings: Any) -> None:
    browser(lin).get(f"/desk/tickets/{ticket.ref}/")
    assert forget_reads(timezone.now() + timedelta(days=settings.READS_KEPT_DAYS)) == 0
    assert forget_reads(timezone.now() + timedelta(days=settings.READS_KEPT_DAYS, seconds=1)) == 1


# ---- Unusual amounts
def read_often(person: User, times: int, kind: str = Kind.OPENED, count: int = 1) -> None:
    rows = [ReadEntry(at=timezone.now(), reader=person, kind=kind, door=Door.PAGE, place="x", count=count) for _ in range(times)]
    ReadEntry.objects.bulk_create(rows)


def test_unusually_much_is_told_to_the_officers_once_an_hour(ticket: Ticket, lin: User, sun: User, clock: Any, settings: Any) -> None:
    settings.READS_PER_HOUR = 100
    read_often(lin, 100)
    assert tell_of_unusual_reads(timezone.now()) == 0
    read_often(lin, 1)
    assert [tell_of_unusual_reads(timezone.now()), tell_of_unusual_reads(timezone.now())] == [1, 0]
    [letter] = mail.outbox
    assert letter.to == [sun.email]
    assert "/desk/privacy/reads/?person=lin%40example.com" in letter.body
    clock("2026-07-06T11:30:00+08:00")
    assert tell_of_unusual_reads(timezone.now()) == 0
    read_often(lin, 101)
    assert tell_of_unusual_reads(timezone.now()) == 1
    assert ReadAlarm.objects.filter(reader=lin).count() == 2


def test_rows_taken_along_count_too_and_lists_do_not(ticket: Ticket, zhao: User, sun: User, settings: Any) -> None:
    settings.ROWS_TAKEN_PER_HOUR = 500
    read_often(zhao, 2000, Kind.LISTED, count=200)
    read_often(zhao, 1, Kind.EXPORTED, count=500)
    assert tell_of_unusual_reads(timezone.now()) == 0
    read_often(zhao, 1, Kind.EXPORTED, count=1)
    assert tell_of_unusual_reads(timezone.now()) == 1


def test_no_officer_is_told_of_their_own_reading_alone(ticket: Ticket, sun: User, settings: Any) -> None:
    root = User.objects.create_superuser("root@example.com", "a long password")
    settings.READS_PER_HOUR = 10
    read_often(sun, 11)
    assert tell_of_unusual_reads(timezone.now()) == 1
    assert [letter.to for letter in mail.outbox] == [[root.email]]


# ---- The web server's own log
def test_the_access_log_has_no_word_of_what_was_searched_for() -> None:
    settings_of_server = (ROOT / "gunicorn.conf.py").read_text()
    line = next(line for line in settings_of_server.splitlines() if line.startswith("access_log_format"))
    assert "%(U)s" in line
    assert not [atom for atom in ("%(r)s", "%(q)s", "%(f)s") if atom in line]
