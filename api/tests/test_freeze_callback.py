"""The freeze adapter calls back: signed, replay-safe, through the operations."""

import hashlib
import hmac
import json

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from api.tests.driving import ROOT, Desk

pytestmark = pytest.mark.django_db
SECRET = "a shared secret"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.FREEZE_ADAPTER_SECRET = SECRET


@pytest.fixture
def frozen(desk: Desk) -> Desk:
    body = {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:13800000000", "amount": "10.00"}
    desk.at("2026-03-10T20:52:00+08:00").file(body)
    return desk


def call(freeze_id: int, body: dict | bytes, secret: str = SECRET):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    address = f"{ROOT}freezes/{freeze_id}/callback/"
    return APIClient().post(address, raw, content_type="application/json", HTTP_X_SIGNATURE=signature)


def freeze_of(desk: Desk) -> dict:
    return desk.ticket()["freeze"]


def test_active_confirms_and_the_same_again_changes_nothing(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    first, again = (call(pk, {"state": "active", "reference": "X-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert first.json()["state"] == "active"
    ticket = frozen.ticket()
    assert ticket["status"] == "frozen"
    events = frozen.get("events/")["results"]
    assert [event["actor"] for event in events if event["kind"] == "confirm_freeze"] == ["freeze-adapter@localhost"]
    service = User.objects.get(email="freeze-adapter@localhost")
    assert service.is_service
    assert not service.has_usable_password()


def test_failed_fails(frozen: Desk):
    assert call(freeze_of(frozen)["id"], {"state": "failed", "reference": "", "reason": "渠道维护"}).status_code == 200
    assert frozen.ticket()["status"] == "evidence_collection"
    assert frozen.timers("freeze_exec")[0]["state"] == "cancelled"


def test_lifted_lifts_when_the_account_is_safe(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    call(pk, {"state": "active", "reference": "X-1"})
    early = call(pk, {"state": "lifted", "reference": "X-2"})
    assert (early.status_code, early.json()["code"]) == (409, "SECURITY_TASKS_OPEN")
    for task in ("password_changed", "two_factor_on", "devices_checked", "cards_checked"):
        frozen.act("tick_security_task", {"task": task})
    assert call(pk, {"state": "lifted", "reference": "X-2"}).json()["state"] == "lifted"
    late = call(pk, {"state": "active", "reference": "X-1"})
    assert (late.status_code, late.json()["code"]) == (409, "WRONG_STATUS")


def test_an_old_freeze_does_not_speak_for_a_new_one(frozen: Desk):
    old = freeze_of(frozen)["id"]
    call(old, {"state": "failed", "reason": "x"})
    frozen.act("request_freeze", {})
    assert call(old, {"state": "active", "reference": "X-1"}).status_code == 409
    assert freeze_of(frozen)["state"] == "requested"


@pytest.mark.parametrize("signed_with", ["another secret", ""])
def test_a_wrong_signature_is_401(frozen: Desk, signed_with):
    response = call(freeze_of(frozen)["id"], {"state": "active", "reference": "X"}, signed_with)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert freeze_of(frozen)["state"] == "requested"


def test_without_a_secret_nobody_is_believed(frozen: Desk, settings):
    settings.FREEZE_ADAPTER_SECRET = ""
    assert call(freeze_of(frozen)["id"], {"state": "active", "reference": "X"}, "").status_code == 401


def test_what_is_wrong_is_named(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    assert call(pk, {"state": "melted"}).json()["errors"].keys() == {"state"}
    assert call(pk, b"{").status_code == 400
    assert call(pk + 999, {"state": "active"}).status_code == 404
    assert call(pk, {"state": "active"}).json()["code"] == "REFERENCE_REQUIRED"


def test_a_session_is_not_asked_for_a_csrf_token(frozen: Desk):
    assert APIClient(enforce_csrf_checks=True).post(f"{ROOT}freezes/1/callback/", {}, format="json").status_code == 401
