"""Nobody can keep a victim from freezing: what strangers ask for her address refuses her nothing at that door."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Phone, TextMessage
from tickets.models import Freeze

pytestmark = pytest.mark.django_db
FREEZE, LOGIN, CODE = "/freeze/", "/accounts/login/", "/accounts/login/code/confirm/"
ASKED = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-10T20:00:00+08:00", tick=False) as traveller:
        yield traveller


def strangers_ask(clock, login: str, door: str = LOGIN) -> None:
    """Until nothing more goes out for this address, and a while longer."""
    for minute in range(8):
        for n in range(3):
            stranger = Client(REMOTE_ADDR=f"10.0.{minute}.{n}")
            stranger.post(door, {"login": login, "by": "code"} if door == LOGIN else {**ASKED, "email": login})
        clock.shift(61)


def victim_asks(login: str, client: Client | None = None):
    client = client or Client(REMOTE_ADDR="192.0.2.7")
    return client, client.post(FREEZE, {**ASKED, "email": login})


def code_in(letter) -> str:
    return re.search(r"^\d{6,10}$", letter.body, re.MULTILINE)[0]


@pytest.mark.parametrize("door", [LOGIN, FREEZE])
def test_strangers_who_use_up_her_codes_do_not_keep_her_from_freezing(mei, clock, door):
    strangers_ask(clock, mei.email, door)
    before = len(mail.outbox)
    victim, answer = victim_asks(mei.email)
    assert answer.url.startswith(CODE)
    assert len(mail.outbox) == before + 1
    victim.post(CODE, {"code": code_in(mail.outbox[-1])})
    victim.post(FREEZE, {**ASKED, "once": "one"})
    assert Freeze.objects.get().owner == mei


def test_nor_strangers_who_have_her_phone_rung(mei, clock, settings):
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "log:", {"email", "phone"}
    Phone.objects.create(user=mei, number="+8613800138000", verified_at=timezone.now())
    strangers_ask(clock, "13800138000")
    before = TextMessage.objects.count()
    assert victim_asks("138 0013 8000")[1].url.startswith(CODE)
    assert TextMessage.objects.count() == before + 1


def test_codes_beyond_the_ordinary_limit_are_too_long_to_guess(mei, clock):
    strangers_ask(clock, mei.email)
    victim, answer = victim_asks(mei.email)
    assert len(code_in(mail.outbox[-1])) == 10
    assert "10 位" in victim.get(answer.url).text
    victim.post(CODE, {"action": "resend"})
    assert len(code_in(mail.outbox[-1])) == 10


def test_before_that_they_are_short(mei):
    victim, answer = victim_asks(mei.email)
    assert len(code_in(mail.outbox[-1])) == 6
    assert "6 位" in victim.get(answer.url).text


def test_one_network_address_cannot_flood_a_mailbox_by_this_door(mei, clock):
    strangers_ask(clock, mei.email)
    before = len(mail.outbox)
    for _again in range(50):
        victim_asks(mei.email)
    assert len(mail.outbox) == before + 6


def test_the_refusal_says_until_when_and_what_to_do_meanwhile(mei, clock):
    strangers_ask(clock, mei.email)
    for _again in range(7):
        answer = victim_asks(mei.email)[1]
    page = answer.text
    assert answer.status_code == 400
    assert "登录失败" not in page
    assert "21:08" in page, "an hour after the first of the six"
    assert "自行冻结" in page
    assert "安全中心" in page
    assert mei.email in page


def test_the_ordinary_door_says_until_when_and_not_that_signing_in_failed(mei, clock):
    for _again in range(4):
        answer = Client().post(LOGIN, {"login": mei.email, "by": "code"})
    assert "登录失败" not in answer.text
    assert "20:01" in answer.text


def test_an_address_nobody_has_gets_the_same_answers(clock):
    strangers_ask(clock, "nobody@example.com")
    assert victim_asks("nobody@example.com")[1].url.startswith(CODE)


def test_what_is_no_address_is_refused_at_the_field(db):
    answer = victim_asks("mei@")[1]
    assert answer.status_code == 400
    assert 'href="#freeze-email"' in answer.text
