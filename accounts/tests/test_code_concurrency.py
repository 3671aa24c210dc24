"""Guesses at the same moment, by real threads: three are compared, as if they had come one after another."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.core.context import request_context
from allauth.core.internal import cryptokit
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.test import Client

from accounts import reauthentication
from accounts.attempt_counter import register_attempt
from accounts.tests.conftest import person

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
LOGIN, CODE, FRESH = "/accounts/login/", "/accounts/login/code/confirm/", "/accounts/fresh/"
RESET, RESET_CODE = "/accounts/password/reset/", "/accounts/password/reset/confirm/"
AT_ONCE = 16


@pytest.fixture
def mei(transactional_db):
    return person("mei@example.com")


@pytest.fixture
def compared(monkeypatch) -> list[str]:
    """The guesses that were held against a code that exists."""
    seen: list[str] = []

    def noted(*, actual: str, expected: str) -> bool:
        if expected:
            seen.append(actual)
        return cryptokit.compare_user_code(actual=actual, expected=expected)

    monkeypatch.setattr("allauth.account.forms.compare_user_code", noted)
    monkeypatch.setattr(reauthentication, "compare_user_code", noted)
    return seen


def newest_code() -> str:
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def guess_at_once(client: Client, place: str) -> None:
    """Every guess from one browser, let go by one gate; none of them is right."""
    cookie, right, gate = client.cookies["sessionid"].value, newest_code(), Barrier(AT_ONCE)
    wrong = [code for code in (f"{n:06d}" for n in range(AT_ONCE + 1)) if code != right][:AT_ONCE]

    def one(code: str) -> None:
        thread = Client()
        thread.cookies["sessionid"] = cookie
        gate.wait(timeout=30)
        try:
            thread.post(place, {"code": code})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, wrong))


def test_of_sixteen_fresh_codes_at_once_three_are_compared(client, mei, compared):
    client.force_login(mei, backend="accounts.backends.PasswordBackend")
    client.post(FRESH)
    guess_at_once(client, FRESH)
    assert len(compared) == 3
    client.post(FRESH, {"code": newest_code()})
    assert len(compared) == 3, "the right one comes too late"


def test_of_sixteen_sign_in_codes_at_once_three_are_compared(client, mei, compared):
    client.post(LOGIN, {"login": mei.email, "by": "code"})
    guess_at_once(client, CODE)
    assert len(compared) == 3
    client.post(CODE, {"code": newest_code()})
    assert "_auth_user_id" not in client.session


def test_of_sixteen_reset_codes_at_once_three_are_compared(client, mei, compared):
    client.post(RESET, {"email": mei.email})
    guess_at_once(client, RESET_CODE)
    assert len(compared) == 3


def test_a_code_sent_anew_has_tries_of_its_own(client, mei):
    client.post(LOGIN, {"login": mei.email, "by": "code"})
    wrong = f"{(int(newest_code()) + 1) % 1_000_000:06d}"
    client.post(CODE, {"code": wrong})
    client.post(CODE, {"action": "resend"})
    client.post(CODE, {"code": newest_code()})
    assert "_auth_user_id" in client.session


def test_a_cache_that_forgets_gives_no_guesses_away(client, mei, rf):
    client.post(LOGIN, {"login": mei.email, "by": "code"})
    request = rf.post(CODE)
    request.session = client.session
    with request_context(request):
        assert [(cache.clear(), register_attempt("123456"))[1] for _ in range(4)] == [True, True, True, False]
        assert register_attempt("654321"), "another code has guesses of its own"


def test_of_many_requests_for_codes_at_once_three_write_a_letter(mei):
    gate = Barrier(AT_ONCE * 2)

    def one(n: int) -> None:
        stranger = Client(REMOTE_ADDR=f"10.0.{n}.1")
        gate.wait(timeout=60)
        try:
            stranger.post(LOGIN, {"login": mei.email, "by": "code"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE * 2) as pool:
        list(pool.map(one, range(AT_ONCE * 2)))
    assert 1 <= len(mail.outbox) <= 3


def test_a_thousand_guesses_from_many_browsers_at_once_get_nobody_in(mei, compared):
    """Each browser that asks gets a code of its own, three browsers a minute at most; the others have nothing to guess at."""
    browsers = [Client(REMOTE_ADDR=f"10.0.{n}.1") for n in range(10)]
    for browser in browsers:
        browser.post(LOGIN, {"login": mei.email, "by": "code"})
    codes = {re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0] for letter in mail.outbox}
    cookies = [browser.cookies["sessionid"].value for browser in browsers if "sessionid" in browser.cookies]
    wrong = [code for code in (f"{n:06d}" for n in range(1_010)) if code not in codes][:1_000]

    def one(n: int) -> bool:
        thread = Client()
        thread.cookies["sessionid"] = cookies[n % len(cookies)]
        try:
            thread.post(CODE, {"code": wrong[n]})
            return "_auth_user_id" in thread.session
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert not any(pool.map(one, range(1_000)))
    assert len(compared) <= 9
