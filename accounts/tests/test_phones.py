"""Signing in by phone: proven numbers only, the same answer for known and unknown ones, through a gateway that really listens."""

from __future__ import annotations

import logging
import re
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import sms
from accounts.models import Phone, TextMessage, User
from accounts.tests.conftest import person, prove
from accounts.tests.gateway import Gateway
from lib import signed_http

pytestmark = pytest.mark.django_db(transaction=True)
LOGIN, CODE, PHONE, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/", "/accounts/phone/", "/accounts/phone/confirm/"
NUMBER = "+8613800138000"


@pytest.fixture
def gateway(settings):
    server = Gateway()
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = server.url, "text secret"
    settings.ACCOUNT_LOGIN_METHODS = {"email", "phone"}
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def mei(transactional_db) -> User:
    return person("mei@example.com")


@pytest.fixture
def phone_of_mei(mei, gateway) -> Phone:
    return Phone.objects.create(user=mei, number=NUMBER, verified_at=timezone.now())


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def asks(client, number="138 0013 8000"):
    return client.post(LOGIN, {"login": number, "by": "code"})


def test_a_number_is_proven_kept_and_signs_in(client, mei, gateway):
    client.force_login(mei, backend="accounts.backends.PasswordBackend")
    prove(client)
    assert "手机号码" in client.get(PHONE).text
    assert client.post(PHONE, {"phone": "１３８　００１３　８０００"}).url == CONFIRM
    assert not Phone.objects.exists(), "only proven numbers are kept"
    assert gateway.texts[0]["to"] == NUMBER
    assert gateway.signatures == [True]
    client.post(CONFIRM, {"code": gateway.code})
    assert Phone.objects.get().user == mei
    client.post("/accounts/logout/")
    answer = asks(client)
    assert answer.url == CODE
    assert "+8613800138000" in client.get(CODE).text
    client.post(CODE, {"code": gateway.code})
    assert is_signed_in(client)


def test_a_full_width_code_signs_in(client, phone_of_mei, gateway):
    asks(client)
    client.post(CODE, {"code": gateway.code.translate({ord(str(n)): ord("０") + n for n in range(10)})})
    assert is_signed_in(client)


def test_a_wrong_code_does_not_and_three_end_it(client, phone_of_mei, gateway):
    asks(client)
    wrong = "000000" if gateway.code != "000000" else "111111"
    for _try in range(3):
        client.post(CODE, {"code": wrong})
    client.post(CODE, {"code": gateway.code})
    assert not is_signed_in(client)


def test_a_code_is_of_no_use_when_the_number_has_gone(client, phone_of_mei, gateway):
    asks(client)
    Phone.objects.all().delete()
    assert client.post(CODE, {"code": gateway.code}).url == LOGIN
    assert not is_signed_in(client)


def test_known_and_unknown_numbers_look_the_same_and_cost_the_same(phone_of_mei, gateway):
    told = []
    for number in ("13800138000", "13900139000"):
        visitor = Client()
        visitor.get(LOGIN)
        with CaptureQueriesContext(connection) as queries:
            first = asks(visitor, number)
        again = visitor.post(CODE, {"action": "resend"})
        page = visitor.get(CODE).text.replace("+8613900139000", NUMBER)
        wrong = visitor.post(CODE, {"code": "1"}).text
        shapes = [query["sql"].split()[0] for query in queries.captured_queries]
        told.append((first.url, first.status_code, again.url, len(page), len(wrong.replace("+8613900139000", NUMBER)), shapes))
    assert told[0] == told[1]
    assert [text["to"] for text in gateway.texts] == [NUMBER, NUMBER, "+8613900139000", "+8613900139000"]
    assert len({re.sub(r"\d{6}", "", text["text"]) for text in gateway.texts}) == 1
    assert len(User.objects.persons()) == 1, "nobody's row is made before the code comes back"


def test_a_number_nobody_has_gets_a_code_which_makes_the_account_and_later_opens_it(client, gateway, transactional_db):
    asks(client)
    assert client.post(CODE, {"code": "000000" if gateway.code != "000000" else "1"}).status_code == 200
    assert not User.objects.persons().exists()
    client.post(CODE, {"code": gateway.code})
    assert is_signed_in(client)
    newcomer = User.objects.persons().get()
    assert Phone.objects.get().user == newcomer
    client.post("/accounts/logout/")
    asks(client)
    client.post(CODE, {"code": gateway.code})
    assert client.session["_auth_user_id"] == str(newcomer.pk)
    assert ".invalid" not in client.get("/").text + client.get("/accounts/profile/").text
    assert len(User.objects.persons()) == 1


def test_a_number_is_rung_three_times_an_hour_and_words_say_so(phone_of_mei, gateway, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "request_login_code": "99/m/key"}
    for number in ("13800138000", "13900139000"):
        answers = [asks(Client(), number) for _try in range(5)]
        assert [answer.status_code for answer in answers] == [302, 302, 302, 200, 200]
        assert "请等一小时" in answers[-1].text
        assert number in answers[-1].text
    assert len(gateway.texts) == 6


def test_who_was_switched_off_gets_no_code(client, phone_of_mei, gateway):
    User.objects.update(is_active=False)
    asks(client)
    assert not gateway.code


def test_anothers_number_is_told_only_to_who_holds_it(client, phone_of_mei, gateway):
    wang = person("wang@example.com")
    client.force_login(wang, backend="accounts.backends.PasswordBackend")
    prove(client)
    assert client.post(PHONE, {"phone": "13800138000"}).url == CONFIRM
    answer = client.post(CONFIRM, {"code": gateway.code})
    assert answer.status_code == 200
    assert Phone.objects.get().user != wang


def test_a_number_that_is_none_is_told_at_the_field_with_what_was_typed(client, mei, gateway):
    client.force_login(mei, backend="accounts.backends.PasswordBackend")
    prove(client)
    answer = client.post(PHONE, {"phone": "138 0013"})
    assert 'value="138 0013"' in answer.text
    assert "138 0013 8000" in answer.text


def test_it_can_be_removed(client, mei, phone_of_mei):
    client.force_login(mei, backend="accounts.backends.PasswordBackend")
    prove(client)
    assert client.get("/accounts/phone/remove/").status_code == 405
    client.post("/accounts/phone/remove/")
    assert not Phone.objects.exists()


def test_without_a_gateway_there_is_nothing_of_it(client, mei, settings):
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "", {"email"}
    client.force_login(mei, backend="accounts.backends.PasswordBackend")
    prove(client)
    assert client.get(PHONE).status_code == client.post(PHONE, {"phone": NUMBER}).status_code == 404
    assert "手机号码" not in client.get(reverse("account_profile")).text
    client.logout()
    assert asks(client, NUMBER).status_code == 200
    assert "手机" not in client.get(LOGIN).text


# ---- On its way
def test_nothing_is_sent_before_the_commit(mei, gateway):
    with transaction.atomic():
        sms.queue_message(NUMBER, "hello")
        assert gateway.texts == []
    assert len(gateway.texts) == 1


def test_the_words_are_sealed_where_they_lie_and_gone_when_sent(gateway, monkeypatch):
    monkeypatch.setattr(sms.send_text_task, "delay", lambda pk: None)
    row = sms.queue_message(NUMBER, "123456")
    assert "123456" not in row.sealed
    assert sms.send_waiting(timezone.now()) == 1
    row.refresh_from_db()
    assert (row.state, row.sealed) == ("sent", "")
    assert sms.send_waiting(timezone.now()) == 0
    assert len(gateway.texts) == 1


def test_a_gateway_that_is_away_is_asked_again_and_the_sweep_finds_the_row(gateway):
    gateway.status = 503
    row = sms.queue_message(NUMBER, "123456")
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("waiting", 1, "HTTP 503")
    gateway.status = 200
    assert sms.send_waiting(timezone.now()) == 0, "not before its pause"
    assert sms.send_waiting(timezone.now() + timedelta(seconds=6)) == 1


def test_a_gateway_that_hangs_costs_the_time_limit_only(gateway, monkeypatch):
    monkeypatch.setattr(signed_http, "TIMEOUT_SECONDS", 0.2)
    gateway.delay = 1
    row = sms.queue_message(NUMBER, "123456")
    row.refresh_from_db()
    assert row.state == "waiting"
    assert "timed out" in row.error


def test_a_code_that_has_expired_is_not_sent_any_more(gateway, monkeypatch):
    monkeypatch.setattr(sms.send_text_task, "delay", lambda pk: None)
    row = sms.queue_message(NUMBER, "123456")
    assert sms.send_waiting(timezone.now() + timedelta(minutes=11)) == 0
    row.refresh_from_db()
    assert (row.state, row.sealed, gateway.texts) == ("failed", "", [])
    assert sms.forget_old(timezone.now() + timedelta(days=2)) == 1
    assert not TextMessage.objects.exists()


def test_two_senders_send_one(gateway, monkeypatch):
    monkeypatch.setattr(sms.send_text_task, "delay", lambda pk: None)
    row, now = sms.queue_message(NUMBER, "123456"), timezone.now()
    assert [sms.send_text(row.pk, now), sms.send_text(row.pk, now)] == [True, False]
    assert len(gateway.texts) == 1


def test_the_demo_writes_codes_to_a_file_and_not_to_the_log(client, phone_of_mei, settings, caplog, tmp_path):
    settings.SMS_GATEWAY_URL, settings.VAR_DIR = "file:", tmp_path
    with caplog.at_level(logging.INFO, "accounts.sms"):
        asks(client)
    assert NUMBER in (tmp_path / "texts").read_text()
    assert NUMBER not in caplog.text


def test_a_gateway_that_hangs_keeps_a_worker_no_longer_than_a_run(gateway, monkeypatch):
    monkeypatch.setattr(sms.send_text_task, "delay", lambda pk: None)
    monkeypatch.setattr(sms, "RUN", timedelta(seconds=0.1))
    monkeypatch.setattr(sms, "call_gateway", lambda *args: time.sleep(0.15) or "timed out")
    for _message in range(3):
        sms.queue_message(NUMBER, "123456")
    sms.send_waiting(timezone.now())
    assert TextMessage.objects.filter(attempts=1).count() == 1


def test_a_gateway_that_is_away_is_asked_once_a_minute_as_long_as_a_code_works():
    assert max(sms.PAUSES) <= timedelta(minutes=1)
    assert sum(sms.PAUSES, timedelta()) + sms.PAUSES[-1] > sms.USEFUL
