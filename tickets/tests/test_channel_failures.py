"""Messages on channels whose receiver is slow, down, gone or refuses: bounded, tried again, given up, seen; urgent ones first."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from datetime import timedelta
from http.client import InvalidURL
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from accounts.roles import Role
from lib import outbound_http
from lib.outbox import DIED
from supportdesk.logs import logging_of
from tickets.delivery import freeze_adapter
from tickets.delivery.addresses import check_address, shown_address
from tickets.delivery.channels.registry import CHANNELS
from tickets.delivery.deliveries import OUTBOX, PAUSES, put_onto_channels, send_delivery, send_test, send_waiting
from tickets.models import ChannelAddress, Delivery, FreezeCall
from tickets.operations import send_messages_again
from tickets.periodic import send_channel_messages
from tickets.tests.cast import person
from tickets.tests.chatroom import address_of, deliver, freeze

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
State = Delivery.State


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_a_refusal_is_tried_again_later_and_later_and_then_seen(status, clock, chat, mei, zhou) -> None:
    chat.status = status
    address_of("wecom", audience=Role.FREEZE_OPERATOR)
    freeze(mei)
    put_onto_channels(timezone.now())
    for tries, pause in enumerate(PAUSES, 1):
        assert send_waiting(timezone.now()).failed == 1
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.error, row.next_at) == (State.WAITING, tries, f"HTTP {status}", timezone.now() + pause)
        assert send_waiting(timezone.now()).failed == 0, "not before its time"
        clock(row.next_at)
    send_waiting(timezone.now())
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (State.FAILED, len(PAUSES) + 1)
    assert len(chat.calls) == len(PAUSES) + 1
    assert all(path != "/elsewhere" for path, _body in chat.calls), "no redirect is followed"
    assert row.address.last_error == f"HTTP {status}"
    chat.status = 200
    assert send_messages_again([row.pk]) == 1
    assert send_waiting(timezone.now()).sent == 1


@pytest.mark.parametrize("channel", ["wecom", "dingtalk", "feishu", "lark"])
def test_a_refusal_under_the_cover_of_200_is_seen(channel, clock, chat, mei, zhou) -> None:
    chat.answer = (
        b'{"errcode": 93000, "errmsg": "invalid webhook url"}' if channel in ("wecom", "dingtalk") else b'{"code": 19001, "msg": "no"}'
    )
    address_of(channel, audience=Role.FREEZE_OPERATOR)
    freeze(mei)
    assert deliver() == 0
    assert Delivery.objects.get().error in ("93000: invalid webhook url", "19001: no")


def test_who_says_that_it_is_gone_is_not_asked_again(clock, chat, mei, zhou) -> None:
    chat.status = 410
    address_of("wecom", audience=Role.FREEZE_OPERATOR)
    freeze(mei)
    deliver()
    assert Delivery.objects.get().state == State.FAILED


@pytest.mark.parametrize(("urgent", "hours"), [(True, 2), (False, 24)])
def test_what_waited_too_long_is_given_up_and_sent_when_somebody_wants_it_again(urgent, hours, clock, chat, zhou) -> None:
    row = waiting(address_of("wecom", user=zhou), urgent=urgent)
    clock(timezone.now() + timedelta(hours=hours, seconds=-1))
    assert OUTBOX.due(timezone.now()).exists()
    clock(timezone.now() + timedelta(seconds=1))
    assert send_delivery(row.pk, timezone.now()) is None
    assert send_waiting(timezone.now()).sent == 0
    row.refresh_from_db()
    assert (row.state, row.next_at, "too long" in row.error) == (State.FAILED, None, True)
    assert chat.calls == []
    assert send_messages_again([row.pk]) == 1
    assert send_waiting(timezone.now()).sent == 1


def test_what_is_just_being_sent_is_not_given_up(clock, chat, zhou) -> None:
    row = waiting(address_of("wecom", user=zhou))
    clock(timezone.now() + timedelta(hours=24, seconds=-1))
    held = OUTBOX.claim(row.pk, timezone.now())
    clock(timezone.now() + timedelta(seconds=5))
    send_waiting(timezone.now())
    OUTBOX.mark_sent(held, sent_at=timezone.now())
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_message_that_kills_its_worker_uses_up_its_tries(clock, chat, zhou) -> None:
    row = waiting(address_of("wecom", user=zhou))
    Delivery.objects.update(attempts=OUTBOX.most_tries - 1)
    assert OUTBOX.claim(row.pk, timezone.now()) is not None, "the last one"
    send_waiting(timezone.now())
    row.refresh_from_db()
    assert row.state == State.WAITING, "perhaps somebody is still at it"
    clock(timezone.now() + OUTBOX.lease)
    send_waiting(timezone.now())
    row.refresh_from_db()
    assert (row.state, row.error, row.next_at) == (State.FAILED, DIED, None)
    assert chat.calls == []


def test_a_server_that_is_down_costs_a_try(clock, settings, mei, zhou) -> None:
    settings.WEBHOOKS_TO_PRIVATE = True
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address_of("webhook", f"http://127.0.0.1:{port}/", user=zhou)
    freeze(mei)
    assert deliver() == 0
    row = Delivery.objects.get()
    assert row.state == State.WAITING
    assert "refused" in row.error.lower()


@pytest.mark.parametrize("channel", ["webhook", "wecom"])
@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
def test_an_address_that_leads_inside_is_not_called(inside, channel, clock, settings, monkeypatch, zhou) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    monkeypatch.setattr(outbound_http.socket, "getaddrinfo", lambda *args, **kw: [(0, 0, 0, "", (inside, 443))])
    monkeypatch.setattr(outbound_http.socket, "create_connection", lambda *args, **kw: pytest.fail("connected"))
    outcome = send_test(address_of(channel, "https://inside.example.com/" if channel == "webhook" else "", user=zhou))
    assert "private" in outcome.error
    assert outcome.final


@pytest.mark.parametrize("wrong", ["https://example.com/a b", "https://example.com/\n", "https://example.com/键", "https://例子.example/"])
def test_an_address_of_other_than_plain_letters_is_refused_and_never_called(wrong, settings, monkeypatch, zhou) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    monkeypatch.setattr(outbound_http.socket, "create_connection", lambda *args, **kw: pytest.fail("connected"))
    if not wrong.endswith("\n"):  # around it, space is only cut off
        with pytest.raises(ValidationError):
            check_address("webhook", zhou, wrong)
    outcome = send_test(address_of("webhook", wrong, user=zhou))
    assert outcome.final
    assert "example" not in outcome.error


@pytest.mark.parametrize("error", [InvalidURL("URL '/secret'"), ValueError("https://secret"), UnicodeError("secret")])
def test_what_is_said_of_a_wrong_address_is_not_kept(error, monkeypatch, zhou) -> None:
    monkeypatch.setattr(outbound_http, "_connect", Mock(side_effect=error))
    row = address_of("webhook", "https://example.com/secret", user=zhou)
    assert send_test(row).final, "it stays wrong"
    row.refresh_from_db()
    assert row.last_error == type(error).__name__


def test_a_certificate_that_is_not_accepted_is_tried_again(monkeypatch, zhou) -> None:
    monkeypatch.setattr(outbound_http, "_connect", Mock(side_effect=ssl.SSLCertVerificationError("expired")))
    outcome = send_test(address_of("webhook", "https://example.com/", user=zhou))
    assert (outcome.final, "expired" in outcome.error) == (False, True)


def test_an_address_whose_key_is_gone_reads_as_empty(settings, chat, zhou) -> None:
    row = address_of("wecom", user=zhou)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert row.address
    settings.SECRET_KEY_FALLBACKS = []
    assert (row.address, shown_address(row)) == ("", "")
    assert send_test(row).final
    assert chat.calls == []


def test_the_library_of_bots_logs_no_address() -> None:
    assert logging_of("plain", "DEBUG")["loggers"]["apprise"] == {"level": "CRITICAL"}


def test_an_adapter_that_hangs_keeps_a_worker_no_longer_than_a_run(mei, wang, zhou, settings, monkeypatch) -> None:
    settings.FREEZE_ADAPTER_URL = "https://adapter.example"
    for each in (mei, wang, zhou):
        freeze(each)
    FreezeCall.objects.update(state="waiting", attempts=0, next_at=timezone.now())
    monkeypatch.setattr(freeze_adapter, "RUN", timedelta(seconds=0.1))
    monkeypatch.setattr(freeze_adapter, "post_webhook", lambda *args: time.sleep(0.15) or "timed out")
    freeze_adapter.call_waiting_adapters(timezone.now())
    assert FreezeCall.objects.filter(attempts=1).count() == 1


def test_nobody_takes_a_message_for_abandoned_while_its_call_goes_on() -> None:
    steps = {"email": 13}  # connect, greeting, EHLO, STARTTLS, EHLO, AUTH in three, MAIL, RCPT, DATA, text, QUIT
    longest = max(channel.timeout * steps.get(key, 1) for key, channel in CHANNELS.items())
    assert OUTBOX.lease > timedelta(seconds=longest)


def test_a_slow_receiver_is_cut_off_in_time(settings, chat, zhou, monkeypatch) -> None:
    chat.delay = 5
    monkeypatch.setitem(CHANNELS, "wecom", _with(CHANNELS["wecom"], timeout=0.3))
    began = time.monotonic()
    assert send_test(address_of("wecom", user=zhou)).error
    assert time.monotonic() - began < 3


def test_urgent_ones_go_first_and_a_slow_receiver_uses_up_only_its_own_time(chat, mei, zhou, lin, monkeypatch) -> None:
    monkeypatch.setitem(CHANNELS, "webhook", _with(CHANNELS["webhook"], timeout=0.4))
    chat.slow = {"/slow": 3}
    slow, quick = address_of("webhook", f"{chat.url}/slow", user=lin), address_of("webhook", f"{chat.url}/quick", user=zhou)
    for _ in range(5):
        waiting(slow)
    waiting(quick)
    last = waiting(quick, urgent=True)
    began = time.monotonic()
    tally = send_waiting(timezone.now())
    assert time.monotonic() - began < 2
    assert (tally.sent, tally.failed) == (2, 1)
    assert chat.bodies("/quick")[0]["id"] == f"message-{last.pk}"
    others = Delivery.objects.filter(address=slow, attempts=0)
    assert others.count() == 4, "they wait for the next run"
    assert all(row.next_at > timezone.now() + timedelta(seconds=50) for row in others), "with the one that failed"


def waiting(address: ChannelAddress, *, urgent: bool = False) -> Delivery:
    now = timezone.now()
    return Delivery.objects.create(address=address, channel=address.channel, kind="handed_over", urgent=urgent, created_at=now, next_at=now)


def _with(channel, **changed):
    from dataclasses import replace

    return replace(channel, **changed)


def test_a_killed_senders_message_is_found_again_and_sent_once(clock, chat, zhou) -> None:
    row = waiting(address_of("wecom", user=zhou))
    assert OUTBOX.claim(row.pk, timezone.now()) is not None
    assert send_delivery(row.pk, timezone.now()) is None, "another worker has it"
    clock(timezone.now() + OUTBOX.lease)
    assert send_channel_messages(timezone.now()) == 1
    assert len(chat.calls) == 1


def test_a_channel_without_words_for_a_kind_does_not_hold_up_the_others(clock, chat, mei, zhou) -> None:
    address = address_of("wecom", user=zhou)
    bad = waiting(address)
    Delivery.objects.filter(pk=bad.pk).update(kind="no_such_kind")
    assert send_delivery(bad.pk, timezone.now()) is False
    assert "KeyError" in Delivery.objects.get(pk=bad.pk).error


# ---- Two at once
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_message_once(chat) -> None:
    call_command("seed_policy", verbosity=0)
    operators = [person(f"op{number}@example.com", Role.FREEZE_OPERATOR) for number in range(20)]
    for each in operators:
        address_of("webhook", f"{chat.url}/{each.pk}", user=each)
    freeze(person("customer@example.com"))
    start, sent = threading.Barrier(4), []

    def send() -> None:
        try:
            start.wait()
            sent.append(send_channel_messages(timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) <= 20
    assert sorted(path for path, _body in chat.calls) == sorted(f"/{each.pk}" for each in operators)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
