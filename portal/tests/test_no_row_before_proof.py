"""No row before proof: an address that is typed makes nobody; the code that comes back makes the account, and of a freeze the case."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from portal.tests.conftest import text_of
from tickets.models import Freeze, FreezeRequest, Ticket
from tickets.operations.freeze_requests import forget_freeze_requests

pytestmark = pytest.mark.django_db
CODE, SIGNUP = "/accounts/login/code/confirm/", "/accounts/signup/"
NEW = "victim@example.com"
ASKED = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on", "email": NEW}


def code() -> str:
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def by_freeze(client: Client):
    return client.post("/freeze/", ASKED)


def by_filing(client: Client):
    return client.post("/file/", {"category": "billing_duplicate", "email": NEW})


def by_sign_up(client: Client):
    return client.post(SIGNUP, {"email": NEW, "name": "新人", "password1": ""})


@pytest.mark.parametrize("door", [by_freeze, by_filing, by_sign_up])
def test_a_typed_address_makes_no_row_and_its_code_one(client, door):
    answer = door(client)
    assert answer.url.startswith(CODE)
    client.post(CODE, {"code": "000000"})
    client.post(CODE, {"action": "resend"})
    assert not User.objects.persons().exists()
    assert not EmailAddress.objects.exists()
    client.post(answer.url, {"code": code()})
    assert User.objects.persons().get().email == NEW
    assert EmailAddress.objects.get().verified
    assert "_auth_user_id" in client.session


def test_the_code_makes_the_case_which_counts_from_the_first_press(client, clock):
    clock("2026-03-10T20:52:00+08:00")
    by_freeze(client)
    pressed = timezone.now()
    clock("2026-03-10T21:00:00+08:00")
    answer = client.post(by_freeze(client).url, {"code": code()})
    ticket = Ticket.objects.get()
    assert answer.url == f"/freeze/{ticket.ref}/"
    assert (ticket.owner.email, ticket.not_me, ticket.status) == (NEW, True, "freeze_pending")
    assert ticket.discovered_at == ticket.reported_at == pressed
    claim, execution = (ticket.timers.get(key=key) for key in ("claim_limit", "freeze_exec"))
    assert claim.started_at == pressed
    assert execution.started_at == timezone.now() == pressed + timedelta(minutes=8)
    assert ticket.events.get(kind="filed").data["asked_at"] == pressed.isoformat()
    assert not FreezeRequest.objects.exists()


def test_whoever_asked_from_another_browser_before_counts_from_there(client, clock):
    clock("2026-03-10T20:52:00+08:00")
    by_freeze(Client())
    pressed = timezone.now()
    clock("2026-03-10T23:00:00+08:00")
    client.post(by_freeze(client).url, {"code": code()})
    assert Ticket.objects.get().discovered_at == pressed


def test_another_account_counts_from_its_own_press(client, clock):
    clock("2026-03-10T20:52:00+08:00")
    by_freeze(client)
    clock("2026-03-10T20:55:00+08:00")
    client.post(client.post("/freeze/", {**ASKED, "account": "wechat:mei"}).url, {"code": code()})
    assert Ticket.objects.get().discovered_at == timezone.now()


def test_what_a_guard_refuses_is_there_again_and_says_why(client, mei):
    EmailAddress.objects.create(user=mei, email=mei.email, verified=True, primary=True)
    own = Client()
    own.force_login(mei)
    own.post("/freeze/", {**ASKED, "once": "one"})
    answer = client.post("/freeze/", {**ASKED, "email": mei.email})
    assert client.post(answer.url, {"code": code()}).url == "/freeze/"
    assert "douyin:13800001111" in text_of(client.get("/freeze/"))
    assert Freeze.objects.count() == 1


def test_the_page_of_the_code_says_that_nothing_is_frozen_yet(client):
    assert "尚未冻结" in text_of(client.get(by_freeze(client).url))
    assert "尚未冻结" not in text_of(client.get(CODE))


def test_a_request_is_sealed_and_goes_away(client, clock):
    clock("2026-03-10T20:52:00+08:00")
    by_freeze(client)
    row = FreezeRequest.objects.get()
    assert row.sealed
    assert not {"13800001111", NEW} & set(map(str, (row.sealed, row.digest)))
    forget_freeze_requests(timezone.now() + timedelta(minutes=29))
    assert FreezeRequest.objects.get().sealed
    forget_freeze_requests(timezone.now() + timedelta(minutes=31))
    assert not FreezeRequest.objects.get().sealed
    forget_freeze_requests(timezone.now() + timedelta(days=60))
    assert not FreezeRequest.objects.exists()


def test_a_browser_that_asks_again_and_again_keeps_one_request(client):
    for n in range(3):
        client.post("/freeze/", {**ASKED, "account": f"douyin:1380000111{n}"})
    assert FreezeRequest.objects.count() == 1


def test_beyond_what_may_wait_the_code_goes_out_and_nothing_is_lost(client, settings):
    settings.FREEZE_REQUESTS_WAITING = 2
    for n in range(3):
        Client().post("/freeze/", {**ASKED, "email": f"stranger{n}@example.com"})
    answer = client.post(by_freeze(client).url, {"code": code()})
    assert FreezeRequest.objects.count() == 2
    assert answer.url.startswith("/freeze/TS-")
    assert Freeze.objects.get().owner.email == NEW


def test_a_sign_up_that_another_browser_finishes_brings_no_strangers_password(client):
    stranger = Client()
    stranger.post(SIGNUP, {"email": NEW, "name": "your bank", "password1": "a quiet heron 7"})
    client.post(by_freeze(client).url, {"code": code()})
    user = User.objects.persons().get()
    assert (user.name, user.has_usable_password()) == ("", False)
    stranger.post(CODE, {"code": code()})
    assert "_auth_user_id" not in stranger.session
