"""Anybody can sign up with the address of another. Who proves the address gets an account in which nobody else has a key."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.tests.conftest import PASSWORD, prove

SIGNUP, LOGIN, RESET = "/accounts/signup/", "/accounts/login/", "/accounts/password/reset/"
CONFIRM, CODE = "/accounts/confirm-email/", "/accounts/login/code/confirm/"
VICTIM = "victim@example.com"
FREEZE = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on", "email": VICTIM}


def code() -> str:
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def sign_up(client: Client, email: str = VICTIM) -> None:
    client.post(SIGNUP, {"email": email, "name": "your bank", "password1": PASSWORD})


def row_of_before(email: str = VICTIM) -> None:
    """As a sign-up left it when a typed address made a row; as an admin's hand leaves it."""
    user = User.objects.create_user(email, PASSWORD, name="your bank")
    EmailAddress.objects.create(user=user, email=email, primary=True)


def by_the_sign_in_page(client: Client) -> None:
    client.post(LOGIN, {"login": VICTIM, "by": "code"})
    client.post(CODE, {"code": code()})


def by_the_freeze_page(client: Client) -> None:
    client.post(client.post("/freeze/", FREEZE).url, {"code": code()})


def by_a_new_password(client: Client) -> None:
    client.post(RESET, {"email": VICTIM})
    client.post(f"{RESET}confirm/", {"code": code()})
    client.post(f"{RESET}complete/", {"password1": "another heron 8", "password2": "another heron 8"})


@pytest.mark.parametrize("door", [by_the_sign_in_page, by_the_freeze_page, by_a_new_password])
def test_a_strangers_password_does_not_open_an_account_that_its_owner_has_proven(client, db, door):
    stranger = Client()
    row_of_before()
    door(client)
    assert EmailAddress.objects.get().verified
    stranger.post(LOGIN, {"login": VICTIM, "password": PASSWORD, "by": "password"})
    assert not is_signed_in(stranger)
    for page in (CONFIRM, "/tickets/", LOGIN):
        stranger.get(page)
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("door", [by_the_sign_in_page, by_the_freeze_page])
def test_nothing_a_stranger_left_there_is_found_by_the_owner(client, db, door):
    row_of_before()
    Authenticator.objects.create(user=User.objects.persons().get(), type="recovery_codes", data={})
    door(client)
    assert is_signed_in(client)
    user = User.objects.persons().get()
    assert (user.has_usable_password(), user.name) == (False, "")
    assert not Authenticator.objects.exists()


def test_a_stranger_who_gave_the_password_and_waits_for_a_code_does_not_come_in(client, db):
    row_of_before()
    stranger = Client()
    stranger.post(LOGIN, {"login": VICTIM, "password": PASSWORD, "by": "password"})
    by_the_sign_in_page(client)
    for page in (CONFIRM, "/tickets/", LOGIN):
        stranger.get(page)
        stranger.post(page, {"action": "resend"})
    stranger.post(CONFIRM, {"action": "change", "email": "stranger@example.com"})
    assert not is_signed_in(stranger)
    assert User.objects.persons().get().email == VICTIM


def test_the_browser_that_signed_up_keeps_its_password(client, db):
    sign_up(client, "new@example.com")
    client.post(CODE, {"code": code()})
    assert is_signed_in(client)
    user = User.objects.persons().get()
    assert user.check_password(PASSWORD)
    assert user.name == "your bank"


def test_it_keeps_it_by_the_other_door_too(client, db):
    sign_up(client)
    by_the_freeze_page(client)
    assert is_signed_in(client)
    assert User.objects.persons().get().check_password(PASSWORD)


def test_who_gives_the_password_and_then_the_code_keeps_it(client, db):
    """An account made on the command line, or a sign-up that another browser finishes."""
    User.objects.create_superuser(VICTIM, PASSWORD)
    client.post(LOGIN, {"login": VICTIM, "password": PASSWORD, "by": "password"})
    client.post(CONFIRM, {"code": code()})
    assert is_signed_in(client)
    assert User.objects.persons().get().check_password(PASSWORD)


def test_an_address_proven_before_keeps_its_password_at_every_code(client, mei):
    client.post(LOGIN, {"login": mei.email, "by": "code"})
    client.post(CODE, {"code": code()})
    mei.refresh_from_db()
    assert is_signed_in(client)
    assert mei.check_password(PASSWORD)


def test_who_moves_to_another_address_keeps_the_password(client, mei):
    client.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password"})
    prove(client)
    client.post("/accounts/email/", {"action_add": "", "email": "mei@example.org"})
    client.post(CONFIRM, {"code": code()})
    mei.refresh_from_db()
    assert mei.email == "mei@example.org"
    assert mei.check_password(PASSWORD)


def test_a_code_does_not_lead_into_an_account_that_has_moved_away(client, db):
    row_of_before()
    client.post(LOGIN, {"login": VICTIM, "by": "code"})
    sent = code()
    EmailAddress.objects.update(email="stranger@example.com", verified=True)
    User.objects.persons().update(email="stranger@example.com")
    assert client.post(CODE, {"code": sent}).url == LOGIN
    assert not is_signed_in(client)


def test_another_code_still_comes_on_request(client, db):
    row_of_before()
    client.post(LOGIN, {"login": VICTIM, "by": "code"})
    client.post(CODE, {"action": "resend"})
    assert User.objects.persons().get().has_usable_password()
    client.post(CODE, {"code": code()})
    assert is_signed_in(client)
