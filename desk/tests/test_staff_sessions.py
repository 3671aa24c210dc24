"""Sessions of staff end by themselves; what moves money or rights, or shows what is sealed, asks for the second factor again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tickets.models import OnCallShift
from tickets.operations import perform
from tickets.tests.stages import MAKERS
from tickets.workflow import Refusal, Status

pytestmark = pytest.mark.django_db
NOON = "2026-03-10T12:00:00+08:00"


@pytest.fixture(autouse=True)
def short_sessions(settings):
    settings.STAFF_SESSION, settings.STAFF_IDLE, settings.STAFF_FACTOR = timedelta(hours=12), timedelta(minutes=30), timedelta(minutes=15)


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def show_factor(client: Client) -> None:
    session = client.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": timezone.now().timestamp()}]
    session.save()


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_half_an_hour_without_doing_anything_ends_it(lin, clock):
    clock(NOON)
    client = signed_in(lin)
    assert is_in(client)
    clock("2026-03-10T12:29:00+08:00")
    assert is_in(client)
    clock("2026-03-10T12:58:00+08:00")
    assert is_in(client)
    clock("2026-03-10T13:29:00+08:00")
    answer = client.get("/desk/?q=x")
    assert answer.url == "/accounts/login/?next=/desk/%3Fq%3Dx"
    assert "本次登录已结束" in client.get(answer.url).text
    assert "_auth_user_id" not in client.session


def test_twelve_hours_end_it_however_busy(lin, clock):
    clock("2026-03-10T08:00:00+08:00")
    client = signed_in(lin)
    for minutes in range(0, 12 * 60, 25):
        clock((timezone.datetime.fromisoformat("2026-03-10T08:00:00+08:00") + timedelta(minutes=minutes)).isoformat())
        assert is_in(client)
    clock("2026-03-10T20:01:00+08:00")
    assert not is_in(client)


def test_what_an_open_page_asks_by_itself_keeps_nobody_signed_in(lin, clock):
    clock(NOON)
    client = signed_in(lin)
    is_in(client)
    clock("2026-03-10T12:20:00+08:00")
    client.get("/desk/pulse/")
    clock("2026-03-10T12:31:00+08:00")
    assert not is_in(client)


def test_a_program_in_the_browser_is_told_so(lin, clock):
    clock(NOON)
    client = signed_in(lin)
    is_in(client)
    clock("2026-03-10T13:00:00+08:00")
    answer = client.get("/api/v1/tickets/")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_customers_stay_as_before(mei, clock):
    clock(NOON)
    client = signed_in(mei)
    client.get("/tickets/")
    clock("2026-03-13T12:00:00+08:00")
    assert client.get("/tickets/").status_code == 200


# ---- The second factor, once more
@pytest.fixture
def strict(settings):
    settings.REQUIRE_STAFF_2FA = True


def lift(client: Client, ref: str):
    return client.post(f"/desk/tickets/{ref}/lift_freeze/", {"note": "done", "version": "999", "seq": "999", "sure": "on"})


def test_a_factor_of_a_while_ago_does_not_lift_a_freeze(strict, people, clock):
    ticket = MAKERS[Status.FROZEN](people)
    client = signed_in(people.operator)
    show_factor(client)
    fresh = lift(client, ticket.ref)
    assert fresh.status_code != 403
    clock((timezone.now() + timedelta(minutes=16)).isoformat())
    answer = lift(client, ticket.ref)
    assert answer.status_code == 403
    assert "/accounts/2fa/reauthenticate/?next=" in answer.text
    assert "done" in answer.text, "what was typed is there"
    show_factor(client)
    assert lift(client, ticket.ref).status_code != 403


@pytest.mark.parametrize("action", ["approve", "countersign", "lift_freeze", "uphold_customer"])
def test_every_act_that_moves_money_or_rights_asks(people, action):
    ticket = MAKERS[Status.FROZEN](people)
    doer = {"lift_freeze": people.operator, "approve": people.reviewer}.get(action, people.supervisor)
    doer.fresh_factor = lambda: False
    with pytest.raises(Refusal) as refused:
        perform(doer, ticket.ref, action, {})
    assert refused.value.code == "FRESH_FACTOR_REQUIRED"


@pytest.mark.parametrize("door", ["export", "erase"])
def test_nor_hands_out_or_erases_a_person(strict, sun, mei, clock, door):
    clock(NOON)
    client = signed_in(sun)
    show_factor(client)
    clock("2026-03-10T12:16:00+08:00")
    answer = client.post(f"/desk/privacy/person/{door}/", {"email": mei.email, "reason": "x"})
    assert answer.status_code == 403
    assert "/accounts/2fa/reauthenticate/?next=" in answer.text
    mei.refresh_from_db()
    assert mei.is_active


def test_the_demo_asks_nobody(people):
    ticket = MAKERS[Status.FROZEN](people)
    assert lift(signed_in(people.operator), ticket.ref).status_code != 403


def test_the_roster_warns_of_whoever_has_no_passkey(people, zhao):
    now = timezone.now()
    for each in (people.operator, zhao):
        OnCallShift.objects.create(person=each, from_at=now, to_at=now + timedelta(hours=8), made_at=now, made_by=zhao)
    Authenticator.objects.create(user=zhao, type=Authenticator.Type.WEBAUTHN, data={})
    page = signed_in(people.operator).get("/desk/freezes/").text
    warned = page.partition("没有通行密钥")[2].partition("</p>")[0]
    assert str(people.operator) in warned
    assert str(zhao) not in warned
