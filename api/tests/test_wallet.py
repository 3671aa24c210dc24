"""A freeze from end to end with a stand-in wallet over HTTP; and the account in the clear nowhere but there and on the record."""

from __future__ import annotations

import io
import json
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from evidence.people.export import export_person
from evidence.tests.making import pdf_text
from lib.standard_webhooks import signed_headers, verify
from tickets.delivery.freeze_adapter import call_waiting_adapters
from tickets.models import Freeze
from tickets.tests.cast import person
from tickets.workflow.vocabulary import SECURITY_TASKS

SECRET = "whsec_c3RhbmQtaW4gd2FsbGV0IHNlY3JldA=="
ACCOUNT = "douyin:13987654321"
BODY = {"category": "mp_topup_stolen", "request_freeze": True, "account": ACCOUNT, "amount": "10.00"}


class Wallet(HTTPServer):
    """Takes each call, checks that it is ours, and keeps it. `report` calls back, over HTTP too."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: list[dict] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def report(self, address: str, number: str, body: dict) -> tuple[int, dict]:
        raw = json.dumps(body).encode()
        request = urllib.request.Request(address, raw, signed_headers([SECRET], number, timezone.now(), raw), method="POST")  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())


class Handler(BaseHTTPRequestHandler):
    server: Wallet

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        verify([SECRET], {name.lower(): value for name, value in self.headers.items()}, body, timezone.now())
        self.server.told.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def wallet(settings):
    server = Wallet()
    settings.FREEZE_ADAPTER_URL, settings.FREEZE_ADAPTER_SECRET = f"http://127.0.0.1:{server.server_address[1]}/", SECRET
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.django_db(transaction=True)
def test_from_the_request_to_the_end_over_http(live_server, wallet, settings) -> None:
    call_command("seed_policy", verbosity=0)
    settings.SITE_URL, settings.ALLOWED_HOSTS = live_server.url, ["*"]
    owner = APIClient()
    owner.force_authenticate(person("wallet@example.com"))
    ref = owner.post("/api/v1/tickets/", BODY, format="json").json()["ref"]
    call_waiting_adapters(timezone.now())
    [asked] = wallet.told
    assert (asked["type"], asked["account"], asked["respondent"], asked["ref"]) == ("freeze.requested", ACCOUNT, "douyin", ref)
    freeze = Freeze.objects.get()
    status, answer = wallet.report(asked["callback_url"], "w-1", {"freeze_id": freeze.pk, "state": "active", "reference": "W-1"})
    assert (status, answer["state"]) == (200, "active")
    assert owner.get(f"/api/v1/tickets/{ref}/").json()["status"] == "frozen"
    for task in SECURITY_TASKS:
        owner.post(f"/api/v1/tickets/{ref}/actions/tick_security_task/", {"task": task}, format="json")
    owner.post(f"/api/v1/tickets/{ref}/actions/request_lift/", {}, format="json")
    call_waiting_adapters(timezone.now())
    assert [each["type"] for each in wallet.told] == ["freeze.requested", "freeze.lift_requested"]
    wallet.report(asked["callback_url"], "w-2", {"freeze_id": freeze.pk, "state": "lifted", "reference": "W-2"})
    again = wallet.report(asked["callback_url"], "w-1", {"freeze_id": freeze.pk, "state": "active", "reference": "W-1"})
    assert again == (200, answer), "taken once: the first answer"
    ticket = owner.get(f"/api/v1/tickets/{ref}/").json()
    assert (ticket["status"], ticket["freeze"]["state"], ticket["freezes"]) == ("evidence_collection", "lifted", [])


def rows_of_the_database() -> Iterator[str]:
    """As a backup holds them: every row of every table, those without a model too."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own names
            yield from (f"{table}: {row}" for row in cursor.fetchall())
    if connection.vendor == "sqlite":
        yield connection.connection.serialize().decode("utf-8", "replace")  # the file, and what is free in it


def texts_in(data: bytes) -> Iterator[str]:
    """What can be read in a file that leaves the house: of archives and spreadsheets every part, of PDF the text."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts_in(archive.read(name))
    elif data.startswith(b"%PDF"):
        yield pdf_text(data)
    else:
        yield data.decode("utf-8", "replace")


def at_the_desk(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_the_account_stands_nowhere_in_the_clear(desk, wallet, caplog) -> None:
    """Every row of every table, mails, the log, what the API and its history answer, pages, exports and dossiers, to whomever."""
    caplog.set_level("DEBUG")
    desk.at("2026-03-10T20:52:00+08:00").file(BODY)
    call_waiting_adapters(timezone.now())
    desk.act("confirm_freeze", {"reference": "F-1"}, "operator")
    desk.get("account/", "operator")
    desk.tick()
    bare = ACCOUNT.partition(":")[2]
    for who in ("user", "agent", "operator", "supervisor"):
        for place in ("", "events/", "timers/", "messages/"):
            assert bare not in json.dumps(desk.get(place, who) if place else desk.ticket(who)), (who, place)
    people = dict(desk.people)
    people["admin"] = User.objects.create_superuser(email="boss@example.com", password=None)
    for who, place in (
        *(("admin", f"/admin/tickets/{table}/") for table in ("ticket", "event", "notification", "delivery")),
        ("admin", f"/admin/tickets/ticket/{Freeze.objects.get().ticket_id}/change/"),
        ("agent", "/desk/queue.csv"),
        ("agent", "/desk/queue.xlsx"),
        ("agent", "/desk/"),
        ("agent", f"/desk/?q={ACCOUNT[-4:]}"),
        ("supervisor", f"/desk/tickets/{desk.ref}/"),
        ("agent", "/api/v1/tickets/"),
        ("agent", "/api/v1/events/"),
        ("supervisor", "/desk/figures/"),
        ("user", "/tickets/"),
        ("user", "/my-data/"),
        ("agent", f"/desk/tickets/{desk.ref}/"),
        ("operator", "/desk/freezes/"),
        ("privacy", "/desk/audit/"),
        ("user", f"/tickets/{desk.ref}/"),
        ("user", f"/api/v1/tickets/{desk.ref}/dossier/"),
        ("agent", f"/api/v1/tickets/{desk.ref}/dossier/"),
        ("user", f"/api/v1/tickets/{desk.ref}/receipt/"),
    ):
        answer = at_the_desk(people[who]).get(place)
        given = b"".join(answer) if answer.streaming else answer.content
        assert (answer.status_code, [text[:200] for text in texts_in(given) if bare in text]) == (200, []), (who, place)
    assert not any(bare in text for text in texts_in(b"".join(export_person(people["user"], people["user"]))))
    found = [f"{model._meta.label}: {row}" for model in apps.get_models() for row in model._default_manager.values() if bare in str(row)]
    assert found + [row[:200] for row in rows_of_the_database() if bare in row] == []
    assert bare not in "".join(f"{each.subject} {each.body} {each.alternatives}" for each in mail.outbox)
    assert bare not in caplog.text
    assert wallet.told[0]["account"] == ACCOUNT


@pytest.mark.django_db
def test_after_its_time_nobody_can_read_it_any_more(desk, wallet) -> None:
    """Thirty days after the closing, with no freeze in force: neither by the door that showed it nor from any sealed row."""
    desk.at("2026-03-10T20:52:00+08:00").file(BODY)
    desk.act("fail_freeze", {"reason": "没有此账户"}, "operator")
    assert desk.get("account/", "operator")["account"] == ACCOUNT
    desk.act("withdraw", {})
    desk.at("2026-04-08T23:00:00+08:00").tick()
    assert desk.get("account/", "operator")["account"] == ACCOUNT
    desk.at("2026-04-11T00:00:00+08:00").tick()
    answer = desk.clients["operator"].get(f"/api/v1/tickets/{desk.ref}/account/")
    assert ACCOUNT.partition(":")[2] not in answer.content.decode()
    for row in (Freeze.objects.get(), Freeze.objects.get().ticket):
        assert not any(value for name, value in vars(row).items() if "sealed" in name), row
