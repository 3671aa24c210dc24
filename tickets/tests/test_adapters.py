"""The freeze adapter: one signed call for each freeze, tried again while it fails, by nobody twice."""

from __future__ import annotations

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
from tickets.models import Freeze
from tickets.operations import file_ticket
from tickets.tasks import call_freeze_adapter
from tickets.tests.cast import person
from tickets.tests.making import filing

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
        self.server.calls.append((dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def adapter_at(settings):
    server = Adapter()
    settings.FREEZE_ADAPTER_URL, settings.FREEZE_ADAPTER_SECRET = server.url, "secret"
    settings.SITE_URL = "https://desk.example"
    yield server
    server.shutdown()
    server.server_close()


def waiting(owner) -> Freeze:
    ticket = file_ticket(owner, filing(request_freeze=True, account="douyin:13812345678"))
    return ticket.freezes.get()


def test_the_call_names_the_freeze_and_is_signed(clock, adapter_at, mei) -> None:
    freeze = waiting(mei)
    assert call_adapter(freeze.pk, timezone.now()) is True
    [(headers, body)] = adapter_at.calls
    assert headers["X-Signature"] == "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "freeze_id": freeze.pk,
        "ref": freeze.ticket.ref,
        "account_masked": "douyin:138****5678",
        "origin": "user_protective",
        "requested_at": freeze.requested_at.isoformat(),
        "callback_url": f"https://desk.example/api/v1/freezes/{freeze.pk}/callback/",
    }
    freeze.refresh_from_db()
    assert (freeze.adapter_state, freeze.adapter_attempts, freeze.adapter_next_at) == ("sent", 1, None)
    assert freeze.state == "requested", "only an answer of the adapter or an operator changes that"


def test_it_is_called_once(clock, adapter_at, mei) -> None:
    freeze = waiting(mei)
    call_freeze_adapter.delay(freeze.pk)
    call_freeze_adapter.delay(freeze.pk)
    assert call_waiting_adapters(timezone.now()) == 0
    assert len(adapter_at.calls) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_failing_call_is_tried_again_later_and_later(clock, adapter_at, mei, status: int) -> None:
    freeze = waiting(mei)
    adapter_at.status = status
    for tries, pause in enumerate(PAUSES, 1):
        assert call_waiting_adapters(timezone.now()) == 0
        freeze.refresh_from_db()
        assert (freeze.adapter_state, freeze.adapter_attempts) == ("pending", tries)
        assert freeze.adapter_error == f"HTTP {status}"
        assert freeze.adapter_next_at == timezone.now() + pause
        assert call_adapter(freeze.pk, timezone.now()) is False, "not before its time"
        clock(freeze.adapter_next_at)
    call_waiting_adapters(timezone.now())
    freeze.refresh_from_db()
    assert (freeze.adapter_state, freeze.adapter_next_at) == ("failed", None)
    assert len(adapter_at.calls) == len(PAUSES) + 1


def test_a_call_that_worked_after_a_failure_forgets_the_error(clock, adapter_at, mei) -> None:
    freeze = waiting(mei)
    adapter_at.status = 500
    call_waiting_adapters(timezone.now())
    adapter_at.status = 200
    assert call_waiting_adapters(clock(timezone.now() + PAUSES[0])) == 1
    freeze.refresh_from_db()
    assert (freeze.adapter_state, freeze.adapter_error) == ("sent", "")


def test_an_adapter_that_is_away_is_tried_again(clock, adapter_at, mei, settings) -> None:
    settings.FREEZE_ADAPTER_URL = "http://127.0.0.1:9/freeze"
    freeze = waiting(mei)
    assert call_adapter(freeze.pk, timezone.now()) is False
    freeze.refresh_from_db()
    assert freeze.adapter_state == "pending"
    assert "refused" in freeze.adapter_error.lower()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_only_http_is_called(clock, adapter_at, mei, settings, url: str) -> None:
    settings.FREEZE_ADAPTER_URL = url
    freeze = waiting(mei)
    assert call_adapter(freeze.pk, timezone.now()) is False
    freeze.refresh_from_db()
    assert freeze.adapter_error == "not an http address"


def test_without_an_adapter_nobody_is_called(clock, mei, settings) -> None:
    settings.FREEZE_ADAPTER_URL = ""
    freeze = waiting(mei)
    assert call_waiting_adapters(timezone.now()) == 0
    freeze.refresh_from_db()
    assert freeze.adapter_attempts == 0


def test_a_freeze_an_operator_has_settled_is_not_called_for(clock, adapter_at, mei) -> None:
    freeze = waiting(mei)
    Freeze.objects.filter(pk=freeze.pk).update(state="active")
    assert call_waiting_adapters(timezone.now()) == 0
    assert adapter_at.calls == []


def test_a_dead_callers_freeze_is_found_again(clock, adapter_at, mei) -> None:
    freeze = waiting(mei)
    Freeze.objects.filter(pk=freeze.pk).update(adapter_attempts=1, adapter_next_at=timezone.now() + LEASE)
    assert call_waiting_adapters(timezone.now()) == 0
    assert call_waiting_adapters(clock(timezone.now() + LEASE + timedelta(seconds=1))) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_callers_at_once_make_one_call(adapter_at, settings) -> None:
    call_command("seed_policy", verbosity=0)
    settings.FREEZE_ADAPTER_URL = ""  # or filing itself would make the call
    freeze = waiting(person("mei@example.com"))
    settings.FREEZE_ADAPTER_URL = adapter_at.url
    start = threading.Barrier(10)

    def call() -> None:
        try:
            start.wait()
            call_adapter(freeze.pk, timezone.now())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(adapter_at.calls) == 1
