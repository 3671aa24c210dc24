"""The freeze adapter calls back: signed for one freeze and one moment, taken once, through the operations."""

import base64
import hashlib
import hmac
import itertools
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.service_users import FREEZE_ADAPTER, ensure_service_users, service_user
from api.tests.driving import ROOT, Desk
from tickets.models import Notification

pytestmark = pytest.mark.django_db
SECRET = "a shared secret"
NUMBERS = itertools.count(1)
TASKS = ("password_changed", "two_factor_on", "devices_checked", "cards_checked")


@pytest.fixture(autouse=True)
def secret(settings):
    settings.FREEZE_ADAPTER_SECRET = SECRET


@pytest.fixture
def frozen(desk: Desk) -> Desk:
    body = {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:13800000000", "amount": "10.00"}
    desk.at("2026-03-10T20:52:00+08:00").file(body)
    return desk


def signed(raw: bytes, secret: str = SECRET, name: str = "", late: timedelta = timedelta()) -> dict[str, str]:
    name = name or f"msg_{next(NUMBERS)}"
    moment = str(int((timezone.now() - late).timestamp()))
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    made = hmac.new(key, f"{name}.{moment}.".encode() + raw, hashlib.sha256).digest()
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{base64.b64encode(made).decode()}"}


def send(freeze_id: int, raw: bytes, headers: dict[str, str]):
    return APIClient().post(f"{ROOT}freezes/{freeze_id}/callback/", raw, content_type="application/json", headers=headers)


def call(freeze_id: int, body: dict | bytes, **how):
    raw = body if isinstance(body, bytes) else json.dumps({"freeze_id": freeze_id, **body}).encode()
    return send(freeze_id, raw, signed(raw, **how))


def freeze_of(desk: Desk) -> dict:
    return desk.ticket()["freeze"]


def codes(*answers) -> list[tuple[int, str]]:
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


def test_active_confirms_and_the_same_again_changes_nothing(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    first, again = (call(pk, {"type": "freeze.active", "state": "active", "reference": "X-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert first.json()["state"] == "active"
    ticket = frozen.ticket()
    assert ticket["status"] == "frozen"
    events = frozen.get("events/")["results"]
    assert [event["actor"] for event in events if event["kind"] == "confirm_freeze"] == ["freeze-adapter@localhost"]
    service = User.objects.get(service_key="freeze_adapter")
    assert service.is_service
    assert not service.has_usable_password()


def test_whoever_took_an_adapters_address_before_it_was_reserved_stays_out_of_its_way(frozen: Desk):
    User.objects.filter(is_service=True).delete()
    User.objects.create(email="freeze-adapter@localhost")
    ensure_service_users()
    ensure_service_users()
    assert call(freeze_of(frozen)["id"], {"state": "active", "reference": "X-1"}).status_code == 200
    assert User.objects.filter(is_service=True).count() == 1
    assert not User.objects.get(email="freeze-adapter@localhost").is_service


def test_an_adapters_user_of_the_version_before_is_taken_over(db):
    User.objects.filter(is_service=True).delete()
    before = User.objects.create(email="freeze-adapter@localhost", is_service=True)
    ensure_service_users()
    assert service_user(FREEZE_ADAPTER) == before


def test_failed_fails(frozen: Desk):
    assert call(freeze_of(frozen)["id"], {"state": "failed", "reference": "", "reason": "渠道维护"}).status_code == 200
    assert frozen.ticket()["status"] == "evidence_collection"
    assert frozen.timers("freeze_exec")[0]["state"] == "cancelled"


def test_lifted_is_a_fact_and_alarms_where_we_would_not_have_lifted(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    call(pk, {"state": "active", "reference": "X-1"})
    assert call(pk, {"state": "lifted", "reference": "X-2"}).json()["state"] == "lifted"
    assert frozen.ticket()["status"] == "evidence_collection"
    assert set(Notification.objects.filter(kind="lifted_unasked").values_list("audience", flat=True)) == {"freeze_operators", "supervisors"}
    assert codes(call(pk, {"state": "active", "reference": "X-1"})) == [(409, "WRONG_STATUS")]


def test_lifted_as_asked_alarms_nobody(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    call(pk, {"state": "active", "reference": "X-1"})
    for task in TASKS:
        frozen.act("tick_security_task", {"task": task})
    frozen.act("request_lift")
    assert call(pk, {"state": "lifted", "reference": "X-2"}).status_code == 200
    assert not Notification.objects.filter(kind="lifted_unasked").exists()


def test_lifted_before_we_were_told_that_it_was_made(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    assert call(pk, {"state": "lifted", "reference": "X-2"}).json()["state"] == "lifted"
    kinds = [event["kind"] for event in frozen.get("events/", "agent")["results"]]
    assert kinds.index("confirm_freeze") < kinds.index("lift_freeze") < kinds.index("lifted_unasked")


def test_a_fact_is_recorded_on_a_closed_complaint_too(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    frozen.act("withdraw", {"keep_freeze": True})
    assert call(pk, {"state": "active", "reference": "X-1"}).json()["state"] == "active"
    assert call(pk, {"state": "lifted", "reference": "X-2"}).json()["state"] == "lifted"
    assert frozen.ticket()["status"] == "closed"


def test_an_old_freeze_does_not_speak_for_a_new_one(frozen: Desk):
    old = freeze_of(frozen)["id"]
    call(old, {"state": "failed", "reason": "x"})
    frozen.act("request_freeze", {})
    assert codes(*(call(old, {"state": "active", "reference": "X-1"}) for _ in range(2))) == [(409, "FREEZE_ALREADY_ACTIVE")] * 2
    assert alarmed("freeze_report_differs") == {"freeze_operators", "supervisors"}
    kept = [event["data"] for event in frozen.get("events/")["results"] if event["kind"] == "freeze_report_differs"]
    assert kept == [{"freeze": old, "reported": "active", "recorded": "failed"}]
    assert freeze_of(frozen)["state"] == "requested"


def alarmed(kind: str) -> set[str]:
    return {row.audience for row in Notification.objects.filter(kind=kind) if row.audience}


def test_a_freeze_that_worked_after_all_is_in_force_and_told(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    call(pk, {"state": "failed", "reason": "超时"})
    assert call(pk, {"state": "active", "reference": "X-1"}).json()["state"] == "active"
    ticket = frozen.ticket()
    assert (ticket["status"], ticket["freeze"]["state"]) == ("evidence_collection", "active")
    assert alarmed("frozen_after_all") == {"freeze_operators", "supervisors"}
    assert Notification.objects.filter(kind="frozen_after_all", recipient__email="mei@example.com").exists()
    frozen.act("request_lift")
    assert frozen.timers("lift_exec")[0]["state"] == "running"


def test_what_the_wallet_reports_against_our_record_is_kept_and_alarms(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    call(pk, {"state": "active", "reference": "X-1"})
    assert codes(call(pk, {"state": "failed", "reason": "账户不存在"})) == [(409, "WRONG_STATUS")]
    assert alarmed("freeze_report_differs") == {"freeze_operators", "supervisors"}
    call(pk, {"state": "lifted", "reference": "X-2"})
    call(pk, {"state": "active", "reference": "X-3"})
    kept = [event["data"]["reported"] for event in frozen.get("events/")["results"] if event["kind"] == "freeze_report_differs"]
    assert kept == ["failed", "active"]


def test_each_wrong_call_is_refused_by_its_own_code(frozen: Desk):
    pk, body = freeze_of(frozen)["id"], {"state": "active", "reference": "X"}
    raw = json.dumps({"freeze_id": pk, **body}).encode()
    forged = {**signed(raw), "webhook-signature": "v1,AAAA"}
    moved = {**signed(raw), "webhook-id": "msg_other"}
    old_way = {"X-Signature": "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}
    assert codes(
        send(pk, raw, old_way),
        call(pk, body, secret="another secret"),
        send(pk, raw, forged),
        send(pk, raw, moved),
        call(pk, body, late=timedelta(minutes=5, seconds=1)),
        call(pk, body, late=-timedelta(minutes=5, seconds=1)),
        call(pk, {**body, "freeze_id": pk + 1}),
        call(pk, raw.replace(b"freeze_id", b"freeze")),
        call(pk + 1, raw),
    ) == [
        (401, "unauthenticated"),
        (401, "SIGNATURE_INVALID"),
        (401, "SIGNATURE_INVALID"),
        (401, "SIGNATURE_INVALID"),
        (401, "SIGNATURE_EXPIRED"),
        (401, "SIGNATURE_EXPIRED"),
        (400, "WRONG_FREEZE"),
        (400, "invalid"),
        (404, "not_found"),
    ]
    assert freeze_of(frozen)["state"] == "requested"
    assert call(pk, body, late=timedelta(minutes=4, seconds=59)).status_code == 200


def test_a_signature_of_one_freeze_does_nothing_to_another(frozen: Desk):
    mine = freeze_of(frozen)["id"]
    frozen.file({"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:13900000000", "amount": "10.00"})
    theirs = freeze_of(frozen)["id"]
    raw = json.dumps({"freeze_id": mine, "state": "failed", "reason": "x"}).encode()
    headers = signed(raw)
    assert send(mine, raw, headers).status_code == 200
    assert codes(send(theirs, raw, headers)) == [(400, "WRONG_FREEZE")]
    assert freeze_of(frozen)["state"] == "requested"


def test_an_id_is_taken_once(frozen: Desk):
    """Again it gets the first answer, whatever has happened since or stands in it now."""
    pk = freeze_of(frozen)["id"]
    first = call(pk, {"state": "active", "reference": "X-1"}, name="msg_one")
    assert call(pk, {"state": "lifted", "reference": "X-2"}, name="msg_one").json() == first.json()
    assert freeze_of(frozen)["state"] == "active"
    call(pk, {"state": "lifted", "reference": "X-2"}, name="msg_two")
    assert call(pk, {"state": "active", "reference": "X-1"}, name="msg_one").json() == first.json()
    assert freeze_of(frozen)["state"] == "lifted"


def test_a_refused_report_may_come_again_under_its_id(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    assert codes(call(pk, {"state": "active"}, name="msg_three")) == [(422, "REFERENCE_REQUIRED")]
    assert call(pk, {"state": "active", "reference": "X-1"}, name="msg_three").json()["state"] == "active"


@pytest.mark.parametrize("old", ["the old secret", "whsec_" + base64.b64encode(b"the old key").decode()])
def test_the_old_secret_works_while_both_sides_change_over(frozen: Desk, settings, old: str):
    pk, new = freeze_of(frozen)["id"], "whsec_" + base64.b64encode(b"the new key of 24 bytes!").decode()
    settings.FREEZE_ADAPTER_SECRET, settings.FREEZE_ADAPTER_SECRET_FALLBACKS = new, [old]
    assert call(pk, {"state": "active", "reference": "X-1"}, secret=old).status_code == 200
    assert call(pk, {"state": "active", "reference": "X-1"}, secret=new).status_code == 200
    settings.FREEZE_ADAPTER_SECRET_FALLBACKS = []
    assert codes(call(pk, {"state": "lifted", "reference": "X"}, secret=old)) == [(401, "SIGNATURE_INVALID")]


def test_without_a_secret_nobody_is_believed(frozen: Desk, settings):
    settings.FREEZE_ADAPTER_SECRET = ""
    assert call(freeze_of(frozen)["id"], {"state": "active", "reference": "X"}, secret="").status_code == 401


def test_what_is_wrong_is_named(frozen: Desk):
    pk = freeze_of(frozen)["id"]
    assert call(pk, {"state": "melted"}).json()["errors"].keys() == {"state"}
    assert call(pk, b"{").status_code == 400
    assert call(pk + 999, {"state": "active"}).status_code == 404


def test_a_session_is_not_asked_for_a_csrf_token(frozen: Desk):
    assert APIClient(enforce_csrf_checks=True).post(f"{ROOT}freezes/1/callback/", {}, format="json").status_code == 401
