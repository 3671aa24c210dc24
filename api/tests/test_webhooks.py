"""Webhooks: signed calls, one for each event and type, tried again while they fail, by nobody twice, to nobody inside."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import call_command
from django.utils import timezone

from api.models import Webhook, WebhookDelivery, WebhookMark
from api.periodic import call_webhooks, forget_deliveries
from api.tests.driving import ROOT
from api.webhooks.dispatching import LOOK_BACK, dispatch
from api.webhooks.event_types import TYPES
from api.webhooks.sending import LEASE, PAUSES, send, send_waiting
from api.webhooks.signing import secret_of
from lib import outbound_http
from tickets.models import Event
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.making import approval, filing, under_review

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
HOOKS = f"{ROOT}webhooks/"
SECRET_WORDS = "只有我知道的话"


class Receiver(HTTPServer):
    """Answers with `status`, remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"

    def told(self, *types: str) -> list[dict]:
        bodies = [json.loads(body) for _headers, body in self.calls]
        return [body for body in bodies if not types or body["type"] in types]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_TO_PRIVATE = True
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(clock, receiver, boss) -> Webhook:
    clock("2026-03-10T20:00:00+08:00")
    dispatch(timezone.now())
    return Webhook.objects.create(url=receiver.url, types=list(TYPES), created_by=boss, created_at=timezone.now())


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create_superuser(email="boss@example.com", password="a long enough phrase")


def test_a_call_is_signed_as_the_standard_says(hook, receiver, mei):
    ticket = file_ticket(mei, filing())
    call_webhooks(timezone.now())
    headers, body = next(call for call in receiver.calls if json.loads(call[1])["type"] == "ticket.created")
    key = base64.b64decode(secret_of(hook).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    told = json.loads(body)
    assert told["ticket"] == {"ref": ticket.ref, "category": ticket.category, "lane": "standard"}
    assert (told["event"]["from"], told["event"]["to"]) == ("draft", ticket.status)


def test_the_newest_seal_is_told_outside_every_hour(hook, receiver, mei, clock):
    from evidence.vault.seals import newest_seal, seal_history

    file_ticket(mei, filing())
    seal_history(timezone.now())
    first = newest_seal()
    for _run in range(3):
        call_webhooks(timezone.now())
    (told,) = receiver.told("seal.made")
    assert told["seal"]["head"] == f"{first.number}:{first.digest}"
    clock("2026-03-10T21:00:01+08:00")
    file_ticket(mei, filing())
    seal_history(timezone.now())
    call_webhooks(timezone.now())
    assert [each["seal"]["number"] for each in receiver.told("seal.made")] == [first.number, newest_seal().number]
    Webhook.objects.update(types=["ticket.created"])
    clock("2026-03-10T23:00:01+08:00")
    call_webhooks(timezone.now())
    assert len(receiver.told("seal.made")) == 2, "who did not ask for it is not told"


def test_each_event_is_told_once_under_each_of_its_types(hook, receiver, mei):
    ticket = file_ticket(mei, filing(category="mp_topup_stolen", request_freeze=True, account="douyin:13800000000"))
    for _run in range(3):
        call_webhooks(timezone.now())
    assert sorted(each["type"] for each in receiver.told()) == ["freeze.requested", "ticket.created", "ticket.status_changed"]
    assert {each["ticket"]["ref"] for each in receiver.told()} == {ticket.ref}


def test_words_of_people_and_accounts_never_leave(hook, receiver, mei, lin):
    ticket = file_ticket(mei, filing(category="mp_topup_stolen", request_freeze=True, account="douyin:13800001234"))
    post_message(mei, ticket.ref, {"body": SECRET_WORDS})
    post_message(lin, ticket.ref, {"body": SECRET_WORDS, "visibility": "internal"})
    perform(mei, ticket.ref, "refer_to_police", {"note": SECRET_WORDS})
    call_webhooks(timezone.now())
    sent = b"".join(body for _headers, body in receiver.calls).decode()
    assert "message.received" in sent
    for secret in (SECRET_WORDS, "1234", "mei@example.com", ticket.owner.name):
        assert secret not in sent


def test_warnings_and_breaches_of_the_clock_are_told(hook, receiver, mei, clock):
    file_ticket(mei, filing())
    clock("2026-03-11T20:00:01+08:00")
    call_command("tick", verbosity=0)
    assert {each["data"]["timer"] for each in receiver.told("timer.warned")} >= {"first_response"}
    breach = next(each for each in receiver.told("timer.breached") if each["data"]["timer"] == "first_response")
    assert breach["data"]["due_at"].startswith("2026-03-11T12:00:00")


def test_only_what_was_asked_for_and_only_since_it_was_asked_for(hook, receiver, mei, clock):
    Webhook.objects.update(types=["ticket.created"], created_at=timezone.now() + timedelta(hours=1))
    file_ticket(mei, filing())
    clock("2026-03-10T21:30:00+08:00")
    late = file_ticket(mei, filing())
    call_webhooks(timezone.now())
    assert [(each["type"], each["ticket"]["ref"]) for each in receiver.told()] == [("ticket.created", late.ref)]


def test_an_event_that_is_committed_behind_a_later_one_is_not_missed(hook, receiver, mei, clock):
    """Numbers are given out at the insert: here the mark has gone past an event that nobody could read yet."""
    ticket = file_ticket(mei, filing())
    newest = Event.objects.order_by("-pk").first()
    WebhookMark.objects.create(at=timezone.now(), event_id=newest.pk)
    clock("2026-03-10T20:00:10+08:00")
    call_webhooks(timezone.now())
    assert {each["ticket"]["ref"] for each in receiver.told("ticket.created")} == {ticket.ref}


def test_marks_do_not_pile_up(hook, clock):
    start = timezone.now()
    for minute in range(30):
        dispatch(start + timedelta(minutes=minute))
    assert WebhookMark.objects.count() <= LOOK_BACK / timedelta(minutes=1) + 2


def test_a_failed_call_comes_again_under_the_same_id(hook, receiver, mei, clock):
    Webhook.objects.update(types=["ticket.created"])
    receiver.status = 500
    file_ticket(mei, filing())
    now = timezone.now()
    call_webhooks(now)
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.status_code, row.error) == ("waiting", 1, 500, "HTTP 500")
    assert row.next_at == now + PAUSES[0]
    assert send(row.pk, now) is None  # not due
    receiver.status = 200
    call_webhooks(row.next_at)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_at) == ("sent", 2, None)
    assert len({headers["webhook-id"] for headers, _body in receiver.calls}) == 1


def test_a_receiver_that_takes_nothing_is_switched_off_in_the_end(hook, receiver, mei):
    Webhook.objects.update(types=["ticket.created"])
    receiver.status = 500
    file_ticket(mei, filing())
    now = timezone.now()
    for pause in (*PAUSES, timedelta()):
        call_webhooks(now)
        now += pause
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts) == ("failed", len(PAUSES) + 1)
    assert not Webhook.objects.get().active


def test_one_that_took_something_meanwhile_stays_on(hook, receiver, mei):
    Webhook.objects.update(types=["ticket.created"])
    receiver.status = 500
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    Webhook.objects.update(last_success_at=timezone.now() + timedelta(hours=1))
    WebhookDelivery.objects.update(attempts=len(PAUSES), next_at=timezone.now())
    send_waiting(timezone.now())
    assert WebhookDelivery.objects.get().state == "failed"
    assert Webhook.objects.get().active


def test_gone_is_believed_at_once(hook, receiver, mei):
    receiver.status = 410
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    assert not Webhook.objects.get().active
    assert len(receiver.calls) == 1


def test_a_redirect_is_a_failure_and_is_not_followed(hook, receiver, mei):
    receiver.status = 302
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    assert len(receiver.calls) == 1
    assert WebhookDelivery.objects.filter(error="HTTP 302").count() == 1


def test_a_receiver_that_failed_holds_up_no_other(hook, receiver, mei, boss):
    Webhook.objects.create(url="http://127.0.0.1:9/", types=list(TYPES), created_by=boss, created_at=timezone.now())
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    assert len(receiver.calls) == 2
    assert list(WebhookDelivery.objects.exclude(webhook=hook).order_by("pk").values_list("attempts", flat=True)) == [1, 0]


def test_a_sender_that_died_is_followed_by_another(hook, receiver, mei):
    Webhook.objects.update(types=["ticket.created"])
    file_ticket(mei, filing())
    now = timezone.now()
    dispatch(now)
    WebhookDelivery.objects.update(attempts=1, next_at=now + LEASE)  # claimed, and then nothing
    assert send_waiting(now) == 0
    assert send_waiting(now + LEASE) == 1


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://user:p@example.com/", "ftp://example.com/", "https://", "x", "https://a:b/"]
)
def test_an_address_that_cannot_be_one_is_refused_in_words(as_, boss, settings, url):
    settings.WEBHOOKS_TO_PRIVATE = False
    answer = as_(boss).post(HOOKS, {"url": url, "types": ["ticket.created"]}, format="json")
    assert answer.status_code == 400
    assert "https://" in answer.json()["errors"]["url"][0]


DISGUISED = ["64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::127.0.0.1", "::ffff:10.0.0.7", "fec0::1"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1", "192.168.1.1", "100.64.0.1", *DISGUISED])
def test_a_name_that_leads_inside_is_not_called(settings, monkeypatch, address):
    settings.WEBHOOKS_TO_PRIVATE = False
    monkeypatch.setattr(outbound_http.socket, "getaddrinfo", lambda *args, **kw: [(0, 0, 0, "", (address, 443))])
    monkeypatch.setattr(outbound_http.socket, "create_connection", lambda *args, **kw: pytest.fail("connected"))
    answer = outbound_http.post("https://inside.example.com/", b"{}", {})
    assert answer.status is None
    assert "private" in answer.error


def test_a_receiver_that_answers_byte_by_byte_holds_nobody(settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE = True
    monkeypatch.setattr(outbound_http, "DEADLINE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,), daemon=True)
        dripping.start()
        began = time.monotonic()
        answer = outbound_http.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        took = time.monotonic() - began
    assert answer.status is None
    assert answer.error
    assert took < outbound_http.TIMEOUT_SECONDS
    dripping.join(5)


def drip(server: socket.socket) -> None:
    line, _address = server.accept()
    with line, contextlib.suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
            line.sendall(bytes([byte]))
            time.sleep(0.05)


def test_only_admins_have_webhooks(as_, mei, lin, zhao, boss, receiver):
    body = {"url": receiver.url, "types": ["ticket.created"]}
    for other in (mei, lin, zhao):
        assert as_(other).get(HOOKS).status_code == 403
        assert as_(other).post(HOOKS, body, format="json").status_code == 403
    assert as_().get(HOOKS).status_code == 401
    made = as_(boss).post(HOOKS, body, format="json")
    assert made.status_code == 201
    listed = as_(boss).get(HOOKS).json()["results"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    assert "secret" not in listed[0]
    assert made.json()["secret"] == secret_of(Webhook.objects.get())


def test_the_secret_is_not_given_again(as_, boss, receiver):
    body = {"url": receiver.url, "types": ["ticket.created"]}
    first, again = (as_(boss).post(HOOKS, body, format="json", HTTP_IDEMPOTENCY_KEY="k").json() for _ in range(2))
    assert first["id"] == again["id"]
    assert again["secret"] is None


def test_types_are_checked_by_name(as_, boss, receiver):
    answer = as_(boss).post(HOOKS, {"url": receiver.url, "types": ["ticket.exploded"]}, format="json")
    assert answer.status_code == 400
    assert "types" in answer.json()["errors"]


def test_it_is_changed_and_ended(as_, boss, hook):
    address = f"{HOOKS}{hook.public_id}/"
    assert as_(boss).patch(address, {"active": False, "types": ["timer.breached"]}, format="json").json()["active"] is False
    assert Webhook.objects.get().types == ["timer.breached"]
    assert as_(boss).delete(address).status_code == 204
    assert as_(boss).get(address).status_code == 404


def test_a_ping_arrives_at_once_and_once(as_, boss, hook, receiver):
    answers = [as_(boss).post(f"{HOOKS}{hook.public_id}/ping/", format="json", HTTP_IDEMPOTENCY_KEY="p") for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json()["state"] == "sent"
    assert [each["type"] for each in receiver.told()] == ["ping"]


def test_a_delivery_is_sent_again_by_hand(as_, boss, hook, receiver, mei):
    Webhook.objects.update(types=["ticket.created"])
    receiver.status = 500
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    listed = as_(boss).get(f"{HOOKS}{hook.public_id}/deliveries/").json()["results"]
    assert [(each["state"], each["status_code"]) for each in listed] == [("waiting", 500)]
    receiver.status = 200
    again = as_(boss).post(f"{HOOKS}{hook.public_id}/deliveries/{listed[0]['id']}/send/", format="json")
    assert (again.status_code, again.json()["state"]) == (200, "sent")
    assert as_(boss).post(f"{HOOKS}{hook.public_id}/deliveries/{hook.public_id}/send/", format="json").status_code == 404


def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(hook, mei):
    file_ticket(mei, filing())
    dispatch(timezone.now())
    later = timezone.now() + timedelta(days=31)
    assert forget_deliveries(later) == 0
    call_webhooks(timezone.now())
    assert forget_deliveries(later) > 0


def test_the_admin_shows_the_secret_once_and_sends_again(client, boss, hook, receiver, mei):
    client.force_login(boss)
    page = client.post("/admin/api/webhook/add/", {"url": receiver.url, "types": ["timer.breached"], "active": "on"}, follow=True)
    made = Webhook.objects.get(types=["timer.breached"])
    assert secret_of(made) in page.content.decode()
    assert secret_of(made) not in client.get(f"/admin/api/webhook/{made.pk}/change/").content.decode()
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    row = WebhookDelivery.objects.filter(state="sent").first()
    client.post("/admin/api/webhookdelivery/", {"action": "send_again", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)


def test_whoever_pays_is_asked_and_answers_where_the_call_says(hook, receiver, mei, chen, adapter, as_):
    ticket = under_review(mei, chen, external_id="W-17")
    perform(chen, ticket.ref, "approve", approval())
    call_webhooks(timezone.now())
    [asked] = receiver.told("remedy.due")
    assert (asked["ref"], asked["external_id"], asked["currency"]) == (ticket.ref, "W-17", "CNY")
    assert asked["remedies"] == [{"kind": "refund_full", "amount": "600.00"}]
    assert as_(adapter).post(asked["callback_url"], {"reference": "R-1"}, format="json").json()["status"] == "resolved"


def test_whoever_checks_identities_is_asked_in_the_fast_lane_alone(hook, receiver, mei, adapter, as_):
    abroad = {"lane": "overseas_24h", "facts": {"freeze_reason": "overseas_login"}, "account": "douyin:13800001234"}
    fast = file_ticket(mei, filing("card_cover_frozen", **abroad))
    file_ticket(mei, filing())
    call_webhooks(timezone.now())
    [asked] = receiver.told("identity_check.due")
    assert asked["ref"] == fast.ref and "13800001234" not in str(asked)
    assert as_(adapter).post(asked["callback_url"], {"passed": False, "reference": "I-1"}, format="json").json()["lane"] == "standard"
