"""Hundreds of tries to get into somebody's account: stopped, in words, for a time; the owner still comes in by another way."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client

from accounts.tests.conftest import PASSWORD

LOGIN, CODE = "/accounts/login/", "/accounts/login/code/confirm/"
MANY = 300


@pytest.fixture(autouse=True)
def clock():
    """Stands still: on a slow machine hundreds of tries take longer than a lock lasts."""
    with time_machine.travel("2026-03-10T20:52:00+08:00", tick=False) as traveller:
        yield traveller


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def tries(email: str, *, count: int = MANY, addresses: int = 250, **fields: str) -> list:
    """From many addresses and as many browsers, as somebody with a network of machines would."""
    return [Client().post(LOGIN, {"login": email, **fields}, REMOTE_ADDR=f"10.0.{n % addresses}.1") for n in range(count)]


def summary(answer) -> str:
    found = re.search(r'<div class="error-summary".*?</ul>', answer.text, re.DOTALL)
    return found[0] if found else ""


def code_in(letter) -> str:
    return re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0]


def test_hundreds_of_passwords_are_stopped_after_five_and_the_owner_comes_in_by_code(mei, monkeypatch):
    compared = []
    monkeypatch.setattr(
        "allauth.account.adapter.authenticate", lambda request, **said: compared.append(said) or authenticate(request, **said)
    )
    answers = tries(mei.email, password="wrong", by="password")
    assert len(compared) == 5, "the sixth is not even compared"
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert "次数过多" in answers[-1].text or "频繁" in answers[-1].text
    owner = Client(REMOTE_ADDR="192.0.2.7")
    owner.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password"})
    assert not is_signed_in(owner), "locked, also for who knows the password"
    assert owner.post(LOGIN, {"login": mei.email, "by": "code"}).url == CODE
    owner.post(CODE, {"code": code_in(mail.outbox[-1])})
    assert is_signed_in(owner)


def test_the_lock_ends_by_itself(mei, clock):
    tries(mei.email, count=8, password="wrong", by="password")
    clock.shift(301)
    owner = Client(REMOTE_ADDR="192.0.2.7")
    owner.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password"})
    assert is_signed_in(owner)


def test_hundreds_of_requests_for_codes_write_three_letters_and_the_owner_comes_in_by_password(mei):
    answers = tries(mei.email, by="code")
    assert len(mail.outbox) == 3
    assert "频繁" in answers[-1].text or "过多" in answers[-1].text
    assert mei.email in answers[-1].text, "what was typed is there"
    owner = Client(REMOTE_ADDR="192.0.2.7")
    owner.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password"})
    assert is_signed_in(owner)


def test_codes_cannot_be_guessed_for_days(mei, clock):
    """Three guesses a code: what counts is how many codes an hour gives."""
    for _minute in range(20):
        tries(mei.email, count=4, by="code")
        clock.shift(61)
    assert len(mail.outbox) == 20
    clock.shift(3600)
    tries(mei.email, count=1, by="code")
    assert len(mail.outbox) == 21


def test_a_hundred_wrong_codes_are_three(mei):
    client = Client()
    client.post(LOGIN, {"login": mei.email, "by": "code"})
    right = code_in(mail.outbox[-1])
    answers = [client.post(CODE, {"code": f"{n:06}"}, follow=True) for n in range(100) if f"{n:06}" != right]
    assert "过多" in answers[2].text or "频繁" in answers[2].text
    client.post(CODE, {"code": right})
    assert not is_signed_in(client)


@pytest.mark.parametrize("by", ["code", "password"])
def test_the_same_tries_at_nobody_look_the_same(mei, by):
    known, unknown = (tries(email, count=7, addresses=7, by=by, password="wrong") for email in (mei.email, "nobody@example.com"))
    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown]
    assert summary(known[-1]) == summary(unknown[-1])
