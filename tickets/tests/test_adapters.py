"""The freeze adapter: one signed call for each freeze, tried again while it fails, by nobody twice."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from tickets.delivery.freeze_adapter import LEASE, PAUSES, call_adapter, call_waiting_adapters
from tickets.models import Freeze, FreezeCall
from tickets.operations import file_ticket, perform
from tickets.tasks import call_freeze_adapter
from tickets.tests.cast import person
from tickets.tests.making import filing
from tickets.workflow.vocabulary import SECURITY_TASKS

pytestmark = pytest.mark.django_db


class Adapter(HTTPServer):
    """Answers with `status`, remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 202
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/freeze"


class Handler(BaseHTTPRequestHandler):
    server: Adapter

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def adapter_at(settings, monkeypatch):
    server = Adapter()
    settings.FREEZE_ADAPTER_URL, settings.FREEZE_ADAPTER_SECRET = server.url, "secret"
    monkeypatch.setattr("tickets.operations.freeze_steps.enqueue", lambda *_args: None)  # each test makes its calls itself
    settings.SITE_URL = "https://desk.example"
    yield server
    server.shutdown()
    server.server_close()


def waiting(owner) -> FreezeCall:
    ticket = file_ticket(owner, filing(request_freeze=True, account="douyin:13812345678"))
    return FreezeCall.objects.get(freeze__ticket=ticket)


def test_the_call_names_freeze_and_account_and_is_signed(clock, adapter_at, mei) -> None:
    call = waiting(mei)
    assert call_adapter(call.pk, timezone.now()) is True
    [(headers, body)] = adapter_at.calls
    name, moment = headers["webhook-id"], headers["webhook-timestamp"]
    made = hmac.new(b"secret", f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(made).decode()}"
    assert (name, int(moment)) == (call.message_id, int(timezone.now().timestamp()))
    assert headers["content-type"] == "application/json"
    freeze = call.freeze
    assert json.loads(body) == {
        "type": "freeze.requested",
        "freeze_id": freeze.pk,
        "ref": freeze.ticket.ref,
        "account": "douyin:13812345678",
        "respondent": "douyin",
        "external_id": "",
        "origin": "user_protective",
        "requested_at": freeze.requested_at.isoformat(),
        "callback_url": f"https://desk.example/api/v1/freezes/{freeze.pk}/callback/",
    }
    call.refresh_from_db()
    assert (call.state, call.attempts, call.next_at) == ("sent", 1, None)
    assert call.freeze.state == "requested", "only an answer of the adapter or an operator changes that"


def test_while_the_secret_changes_the_call_is_signed_with_both(clock, adapter_at, mei, settings) -> None:
    settings.FREEZE_ADAPTER_SECRET, settings.FREEZE_ADAPTER_SECRET_FALLBACKS = "whsec_" + base64.b64encode(b"new").decode(), ["secret"]
    call_adapter(waiting(mei).pk, timezone.now())
    [(headers, body)] = adapter_at.calls
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in (b"new", b"secret")]
    assert headers["webhook-signature"] == " ".join(f"v1,{each}" for each in made)


def test_the_adapter_hears_that_the_owner_wants_it_back_and_that_it_is_lifted(clock, adapter_at, mei, zhou) -> None:
    freeze = waiting(mei).freeze
    ref = freeze.ticket.ref
    call_waiting_adapters(timezone.now())
    perform(zhou, ref, "confirm_freeze", {"reference": "F-1"})
    for task in SECURITY_TASKS:
        perform(mei, ref, "tick_security_task", {"task": task})
    perform(mei, ref, "request_lift")
    perform(mei, ref, "request_lift")
    call_waiting_adapters(timezone.now())
    perform(zhou, ref, "lift_freeze", {"note": "已核实"})
    call_waiting_adapters(timezone.now())
    told = [json.loads(body) for _headers, body in adapter_at.calls]
    assert [each["type"] for each in told] == ["freeze.requested", "freeze.lift_requested", "freeze.lifted"]
    assert {(each["freeze_id"], each["account"]) for each in told} == {(freeze.pk, "douyin:13812345678")}


def test_what_the_adapter_reported_itself_it_is_not_told(clock, adapter_at, mei, zhou, adapter) -> None:
    freeze = waiting(mei).freeze
    perform(zhou, freeze.ticket.ref, "confirm_freeze", {"reference": "F-1"})
    perform(adapter, freeze.ticket.ref, "lift_freeze", {"note": "已解冻"})
    assert not FreezeCall.objects.filter(type="freeze.lifted").exists()


def test_it_is_called_once(clock, adapter_at, mei) -> None:
    call = waiting(mei)
    call_freeze_adapter.delay(call.pk)
    call_freeze_adapter.delay(call.pk)
    assert call_waiting_adapters(timezone.now()) == 0
    assert len(adapter_at.calls) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_failing_call_is_tried_again_later_and_later_under_one_id(clock, adapter_at, mei, status: int) -> None:
    call = waiting(mei)
    adapter_at.status = status
    for tries, pause in enumerate(PAUSES, 1):
        assert call_waiting_adapters(timezone.now()) == 0
        call.refresh_from_db()
        assert (call.state, call.attempts) == ("waiting", tries)
        assert call.error == f"HTTP {status}"
        assert call.next_at == timezone.now() + pause
        assert call_adapter(call.pk, timezone.now()) is False, "not before its time"
        clock(call.next_at)
    call_waiting_adapters(timezone.now())
    call.refresh_from_db()
    assert (call.state, call.next_at) == ("failed", None)
    assert len(adapter_at.calls) == len(PAUSES) + 1
    assert {headers["webhook-id"] for headers, _body in adapter_at.calls} == {call.message_id}


def test_a_call_that_worked_after_a_failure_forgets_the_error(clock, adapter_at, mei) -> None:
    call = waiting(mei)
    adapter_at.status = 500
    call_waiting_adapters(timezone.now())
    adapter_at.status = 200
    assert call_waiting_adapters(clock(timezone.now() + PAUSES[0])) == 1
    call.refresh_from_db()
    assert (call.state, call.error) == ("sent", "")


def test_an_adapter_that_is_away_is_tried_again(clock, adapter_at, mei, settings) -> None:
    settings.FREEZE_ADAPTER_URL = "http://127.0.0.1:9/freeze"
    call = waiting(mei)
    assert call_adapter(call.pk, timezone.now()) is False
    call.refresh_from_db()
    assert call.state == "waiting"
    assert "refused" in call.error.lower()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_only_http_is_called(clock, adapter_at, mei, settings, url: str) -> None:
    settings.FREEZE_ADAPTER_URL = url
    call = waiting(mei)
    assert call_adapter(call.pk, timezone.now()) is False
    call.refresh_from_db()
    assert call.error == "not an http address"


def test_without_an_adapter_nobody_is_called(clock, mei, settings) -> None:
    settings.FREEZE_ADAPTER_URL = ""
    file_ticket(mei, filing(request_freeze=True, account="douyin:13812345678"))
    assert call_waiting_adapters(timezone.now()) == 0
    assert not FreezeCall.objects.exists()


def test_a_freeze_an_operator_has_settled_is_not_called_for(clock, adapter_at, mei) -> None:
    Freeze.objects.filter(pk=waiting(mei).freeze_id).update(state="active")
    assert call_waiting_adapters(timezone.now()) == 0
    assert adapter_at.calls == []


def test_a_dead_callers_freeze_is_found_again(clock, adapter_at, mei) -> None:
    FreezeCall.objects.filter(pk=waiting(mei).pk).update(attempts=1, next_at=timezone.now() + LEASE)
    assert call_waiting_adapters(timezone.now()) == 0
    assert call_waiting_adapters(clock(timezone.now() + LEASE + timedelta(seconds=1))) == 1


def test_an_account_that_cannot_be_opened_is_called_for_by_nobody(clock, adapter_at, mei) -> None:
    call = waiting(mei)
    Freeze.objects.filter(pk=call.freeze_id).update(account_sealed="k1:AAAA")
    assert call_adapter(call.pk, timezone.now()) is False
    call.refresh_from_db()
    assert call.error == "the account cannot be opened"
    assert adapter_at.calls == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_callers_at_once_make_one_call(adapter_at, settings) -> None:
    call_command("seed_policy", verbosity=0)
    adapter_at.status = 500  # filing makes the first call
    waiting_call = waiting(person("mei@example.com"))
    adapter_at.status, adapter_at.calls[:] = 202, []
    FreezeCall.objects.update(next_at=timezone.now())
    start = threading.Barrier(10)

    def call() -> None:
        try:
            start.wait()
            call_adapter(waiting_call.pk, timezone.now())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(adapter_at.calls) == 1
