"""A freeze ends only for an owner who has freshly shown to be the owner: sessions and tokens are bound, an act in process is not."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import FormerContact
from accounts.tests.software_passkey import SoftwarePasskey
from accounts.trusted_contacts import remember_former_contact
from api.authentication import make_token
from api.tests.driving import ROOT, Desk
from tickets.models import Ticket
from tickets.tests.making import put_evidence

pytestmark = pytest.mark.django_db
PROOF = f"{ROOT}auth/proof/"
NOT_PROVEN = (403, "FRESH_PROOF_REQUIRED")


@pytest.fixture(autouse=True)
def _no_limits_from_elsewhere():
    cache.clear()


@pytest.fixture
def frozen(desk: Desk) -> Desk:
    body = {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:13800000000", "amount": "10.00"}
    desk.at("2026-03-10T20:52:00+08:00").file(body)
    desk.act("confirm_freeze", {"reference": "F-1"}, "operator")
    return desk


def by_token(desk: Desk) -> APIClient:
    _token, text = make_token(desk.people["user"], "phone", ("read", "write"))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def by_session(desk: Desk) -> APIClient:
    client = APIClient()
    client.force_login(desk.people["user"])
    return client


def act(desk: Desk, client: APIClient, action: str, body: dict | None = None):
    answer = client.post(f"{ROOT}tickets/{desk.ref}/actions/{action}/", body or {}, format="json")
    return answer.status_code, answer.json().get("code")


def prove(client: APIClient):
    client.post(PROOF, {}, format="json")
    code = re.search(r"\b[0-9]{6}\b", mail.outbox[-1].body)
    assert code is not None
    return client.post(PROOF, {"code": code.group()}, format="json")


@pytest.mark.parametrize("door", [by_token, by_session])
def test_what_ends_a_freeze_asks_for_a_fresh_proof(frozen: Desk, door):
    client = door(frozen)
    assert act(frozen, client, "request_lift") == NOT_PROVEN
    assert act(frozen, client, "tick_security_task", {"task": "password_changed"}) == NOT_PROVEN
    assert act(frozen, client, "withdraw", {"keep_freeze": False}) == NOT_PROVEN
    entries = {entry["action"]: entry for entry in client.get(f"{ROOT}tickets/{frozen.ref}/").json()["allowed_actions"]}
    assert [block["code"] for block in entries["request_lift"]["blocked_by"]] == ["FRESH_PROOF_REQUIRED"]
    answer = prove(client)
    assert answer.json()["proven_until"].startswith("2026-03-10T21:02:00")
    assert act(frozen, client, "tick_security_task", {"task": "password_changed"}) == (200, None)
    assert act(frozen, client, "request_lift") == (200, None)
    frozen.at("2026-03-10T21:02:00+08:00")
    assert act(frozen, client, "tick_security_task", {"task": "cards_checked"}) == NOT_PROVEN


@pytest.mark.parametrize("door", [by_token, by_session])
def test_a_dossier_with_identity_documents_asks_for_one_too(frozen: Desk, door):
    client, address = door(frozen), f"{ROOT}tickets/{frozen.ref}/dossier/"
    assert client.get(address).status_code == 200
    refused = client.get(address, {"include_sensitive": "true"})
    assert (refused.status_code, refused.json()["code"]) == NOT_PROVEN
    prove(client)
    assert client.get(address, {"include_sensitive": "true"}).status_code == 200


def test_a_program_reads_its_owner_s_identity_document_after_one_too(frozen: Desk):
    ticket = Ticket.objects.get(ref=frozen.ref)
    put_evidence(ticket, "id_card_front", "payment_voucher")
    card, voucher = (ticket.evidence.get(kind=kind).pk for kind in ("id_card_front", "payment_voucher"))
    client = by_token(frozen)
    refused = client.get(f"{ROOT}evidence/{card}/content/")
    assert (refused.status_code, refused.json()["code"]) == NOT_PROVEN
    assert client.get(f"{ROOT}evidence/{voucher}/content/").status_code == 404, "there is no file behind it"
    prove(client)
    assert client.get(f"{ROOT}evidence/{card}/content/").status_code == 404


def test_to_keep_the_freeze_and_withdraw_needs_none(frozen: Desk):
    assert act(frozen, by_token(frozen), "withdraw", {"keep_freeze": True}) == (200, None)


def test_the_code_goes_to_the_contact_from_before(frozen: Desk):
    """Whoever has just put an address of their own there proves nothing with it."""
    user = frozen.people["user"]
    before, user.email = user.email, "thief@example.com"
    user.save()
    remember_former_contact(user, FormerContact.Kind.EMAIL, before)
    client = by_token(frozen)
    assert client.post(PROOF, {}, format="json").json() == {"sent_to": f"{before[0]}***@{before.partition('@')[2]}", "proven_until": None}
    assert mail.outbox[-1].to == [before]


def test_a_proof_of_one_token_is_none_of_another(frozen: Desk):
    mine, other = by_token(frozen), by_token(frozen)
    prove(mine)
    assert act(frozen, other, "request_lift") == NOT_PROVEN
    assert act(frozen, by_session(frozen), "request_lift") == NOT_PROVEN


def test_three_guesses_and_ten_minutes(frozen: Desk):
    client = by_token(frozen)
    client.post(PROOF, {}, format="json")
    code = re.search(r"\b[0-9]{6}\b", mail.outbox[-1].body).group()
    wrong = "000000" if code != "000000" else "111111"
    answers = [client.post(PROOF, {"code": each}, format="json").status_code for each in (wrong, wrong, wrong, code)]
    assert answers == [400, 400, 400, 400]
    client.post(PROOF, {}, format="json")
    code = re.search(r"\b[0-9]{6}\b", mail.outbox[-1].body).group()
    frozen.at("2026-03-10T21:02:01+08:00")
    assert client.post(PROOF, {"code": code}, format="json").status_code == 400


def test_an_agent_names_the_check_of_identity(frozen: Desk):
    assert frozen.act("request_lift", {}, "agent", expect=422)["code"] == "REFERENCE_REQUIRED"
    assert frozen.act("tick_security_task", {"task": "password_changed"}, "agent", expect=422)["code"] == "REFERENCE_REQUIRED"
    frozen.act("request_lift", {"identity_check": "ID-20260310-7"}, "agent")
    assert frozen.ticket()["freeze"]["lift_requested_at"] is not None


def test_a_key_sends_one_code_and_proves_once(frozen: Desk):
    client, sent = by_token(frozen), len(mail.outbox)
    asked = [client.post(PROOF, {}, format="json", HTTP_IDEMPOTENCY_KEY="ask") for _ in range(2)]
    assert (len(mail.outbox) - sent, asked[1].content, asked[1]["Idempotency-Replayed"]) == (1, asked[0].content, "true")
    found = re.search(r"\b[0-9]{6}\b", mail.outbox[-1].body)
    assert found is not None
    for body, status in (({"code": "000000"}, 400), ({"code": found.group()}, 200), ({"code": found.group()}, 200)):
        answer = client.post(PROOF, body, format="json", HTTP_IDEMPOTENCY_KEY="prove")
        assert answer.status_code == status
    assert answer["Idempotency-Replayed"] == "true"
    assert act(frozen, client, "request_lift") == (200, None)


def test_a_passkey_proves_it_and_that_of_somebody_else_does_not(frozen: Desk, wang):
    """In a browser's session, where it is asked for again; the wrong key proves nothing."""
    owner, client = frozen.people["user"], Client()
    client.force_login(owner)
    SoftwarePasskey(owner)
    stranger, own = SoftwarePasskey(wang), SoftwarePasskey(owner)
    address = f"/api/v1/tickets/{frozen.ref}/actions/request_lift/"
    ask = lambda: client.post(address, {}, content_type="application/json").status_code  # noqa: E731
    assert ask() == 403
    stranger.prove(client)
    assert ask() == 403
    assert own.prove(client).status_code == 302
    assert ask() == 200
    frozen.at("2026-03-10T21:03:00+08:00")
    tick = client.post(address.replace("request_lift", "tick_security_task"), {"task": "password_changed"}, content_type="application/json")
    assert tick.json()["code"] == "FRESH_PROOF_REQUIRED", "a passkey is fresh for some minutes only"
