"""Strangers' wrong guesses lock strangers out; who has signed in on this device or from this network still comes in."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.known_devices import COOKIE, forget_networks
from accounts.models import KnownNetwork, Phone, TextMessage
from accounts.tests.conftest import PASSWORD, person

LOGIN, CODE = "/accounts/login/", "/accounts/login/code/confirm/"
HOME, NEIGHBOUR, ELSEWHERE = "192.0.2.7", "192.0.2.99", "198.51.100.1"


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel("2026-03-10T20:52:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def other():
    return person("other@example.com")


def strangers(login: str, **fields: str) -> None:
    for n in range(8):
        Client().post(LOGIN, {"login": login, **fields}, REMOTE_ADDR=f"10.0.{n}.1")


def by_password(client: Client, login: str, password: str = PASSWORD) -> bool:
    client.post(LOGIN, {"login": login, "password": password, "by": "password"})
    return "_auth_user_id" in client.session


def device_of(mei, address: str = HOME) -> Client:
    """Signed in once, and out."""
    client = Client(REMOTE_ADDR=address)
    assert by_password(client, mei.email)
    client.post("/accounts/logout/")
    return client


def with_cookie_of(client: Client, address: str) -> Client:
    other = Client(REMOTE_ADDR=address)
    other.cookies[COOKIE] = client.cookies[COOKIE].value
    return other


def test_wrong_passwords_of_strangers_do_not_lock_out_a_known_device(mei):
    known = with_cookie_of(device_of(mei), ELSEWHERE)
    strangers(mei.email, password="wrong", by="password")
    assert not by_password(Client(REMOTE_ADDR=ELSEWHERE), mei.email), "a stranger with the right password is"
    assert by_password(known, mei.email)


def test_nor_a_known_network(mei):
    device_of(mei)
    strangers(mei.email, password="wrong", by="password")
    assert by_password(Client(REMOTE_ADDR=NEIGHBOUR), mei.email)


def test_codes_that_strangers_ask_for_are_not_those_of_a_known_device(mei):
    known = with_cookie_of(device_of(mei), ELSEWHERE)
    strangers(mei.email, by="code")
    sent = len(mail.outbox)
    assert known.post(LOGIN, {"login": mei.email, "by": "code"}).url == CODE
    assert len(mail.outbox) == sent + 1
    known.post(CODE, {"code": re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]})
    assert "_auth_user_id" in known.session


def test_nor_are_texts(mei, settings):
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "log:", {"email", "phone"}
    Phone.objects.create(user=mei, number="+8613800138000", verified_at=timezone.now())
    known = with_cookie_of(device_of(mei), ELSEWHERE)
    strangers("13800138000", by="code")
    sent = TextMessage.objects.count()
    assert known.post(LOGIN, {"login": "138 0013 8000", "by": "code"}).url == CODE
    assert TextMessage.objects.count() == sent + 1


def test_a_known_device_has_a_limit_of_its_own(mei):
    known = with_cookie_of(device_of(mei), ELSEWHERE)
    assert not any(by_password(known, mei.email, "wrong") for _ in range(6))
    assert not by_password(known, mei.email), "locked"
    assert by_password(Client(REMOTE_ADDR="203.0.113.5"), mei.email), "others are not"


def test_a_device_is_known_for_those_who_signed_in_on_it_only(mei, other):
    known = with_cookie_of(device_of(other), ELSEWHERE)
    strangers(mei.email, password="wrong", by="password")
    assert not by_password(known, mei.email)


def test_several_people_share_a_device(mei, other):
    shared = device_of(other)
    assert by_password(shared, mei.email)
    for each in (mei, other):
        strangers(each.email, password="wrong", by="password")
        assert by_password(with_cookie_of(shared, ELSEWHERE), each.email)


def test_a_cookie_that_was_not_signed_here_is_no_device(mei):
    device_of(mei)
    forged = Client(REMOTE_ADDR=ELSEWHERE)
    forged.cookies[COOKIE] = "eyJpZCI6ICJ4In0:1:x"
    strangers(mei.email, password="wrong", by="password")
    assert not by_password(forged, mei.email)


def test_all_numbers_are_not_one_login(mei, settings):
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "log:", {"email", "phone"}
    Phone.objects.create(user=mei, number="+8613800138000", verified_at=timezone.now())
    strangers("13900139000", password="wrong", by="password")
    assert by_password(Client(REMOTE_ADDR=ELSEWHERE), "13800138000")


def test_a_network_is_forgotten_in_time_and_says_nothing_where_it_lies(mei, settings):
    device_of(mei)
    assert HOME not in str(KnownNetwork.objects.values().get())
    assert forget_networks(timezone.now() + settings.KNOWN_DEVICE) == 0
    assert forget_networks(timezone.now() + 2 * settings.KNOWN_DEVICE) == 1
