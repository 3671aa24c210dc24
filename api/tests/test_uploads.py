"""Files in parts through the API: who, in which order, how often."""

import uuid

import pytest
from rest_framework.test import APIClient

from api.authentication import make_token
from api.tests.driving import ROOT, Desk
from evidence.models import EvidenceItem, PartialUpload
from evidence.tests import making
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
DATA = making.png()
HALF = len(DATA) // 2
PART = "application/offset+octet-stream"


@pytest.fixture
def filed(desk: Desk) -> Desk:
    desk.at("2026-03-10T20:52:00+08:00").file(filing())
    return desk


def announce(desk, client=None, **more):
    body = {"kind": "payment_voucher", "name": "a.png", "size": len(DATA), **more}
    return (client or desk.clients["user"]).post(f"{ROOT}tickets/{desk.ref}/uploads/", body, format="json")


def send(client, upload, offset, data, content_type=PART, **headers):
    return client.patch(f"{ROOT}uploads/{upload}/", data, content_type=content_type, headers={"Upload-Offset": str(offset), **headers})


def test_announced_sent_in_two_parts_and_there(filed):
    me = filed.clients["user"]
    answer = announce(filed, amount="600.00")
    said = answer.json()
    assert answer.status_code == 201
    assert said.keys() == {"id", "kind", "name", "offset", "size", "chunk_size", "expires_at", "item"}
    assert (said["offset"], said["size"], said["expires_at"]) == (0, len(DATA), "2026-03-11T20:52:00+08:00")
    half = send(me, said["id"], 0, DATA[:HALF])
    assert (half.status_code, half.json()["offset"], half["Upload-Offset"]) == (200, HALF, str(HALF))
    assert me.get(f"{ROOT}uploads/{said['id']}/").json()["offset"] == HALF
    lost = send(me, said["id"], 0, DATA[:HALF])
    assert (lost.status_code, lost.json()["code"], lost.json()["offset"]) == (409, "UPLOAD_OFFSET", HALF)
    whole = send(me, said["id"], HALF, DATA[HALF:])
    assert whole.status_code == 201
    assert (whole.json()["state"], whole.json()["size"], whole.json()["fields"]["amount"]) == ("scanning", len(DATA), "600.00")
    again = send(me, said["id"], HALF, DATA[HALF:])
    assert (again.status_code, again.json()["id"]) == (201, whole.json()["id"])
    assert me.get(f"{ROOT}uploads/{said['id']}/").json()["item"] == whole.json()["id"]
    assert EvidenceItem.objects.count() == 1


def test_a_double_tap_with_one_key_announces_once(filed):
    key = {"HTTP_IDEMPOTENCY_KEY": "tap"}
    body = {"kind": "payment_voucher", "name": "a.png", "size": len(DATA)}
    answers = [filed.clients["user"].post(f"{ROOT}tickets/{filed.ref}/uploads/", body, format="json", **key) for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert PartialUpload.objects.count() == 1


def test_what_is_wrong_is_said_before_a_byte_is_sent(filed):
    large = announce(filed, size=10 * 1024 * 1024 + 1)
    assert (large.status_code, large.json()["errors"].keys()) == (400, {"size"})
    assert "10 MB" in large.json()["errors"]["size"][0]
    alone = announce(filed, kind="passport")
    assert (alone.status_code, alone.json()["errors"].keys()) == (400, {"consent"})
    assert announce(filed, colour="red").json()["errors"].keys() == {"colour"}
    assert filed.clients["user"].post(f"{ROOT}tickets/{filed.ref}/uploads/", "{", content_type="application/json").status_code == 400


def test_what_is_wrong_with_a_part_is_said(filed):
    me, upload = filed.clients["user"], announce(filed).json()["id"]
    assert send(me, upload, 0, DATA + b"x").json()["errors"].keys() == {"body"}
    assert send(me, upload, "x", DATA).json()["errors"].keys() == {"Upload-Offset"}
    assert me.patch(f"{ROOT}uploads/{upload}/", DATA, content_type=PART).json()["errors"].keys() == {"Upload-Offset"}
    assert send(me, upload, 0, b"{}", "application/json").status_code == 415
    assert send(me, upload, 0, b"x" * 2_500_001).status_code == 413
    assert me.get(f"{ROOT}uploads/{upload}/").json()["offset"] == 0


def test_strangers_find_nothing_and_the_desk_uploads_too(filed, as_, wang):
    upload = announce(filed).json()["id"]
    address = f"{ROOT}uploads/{upload}/"
    for client in (as_(wang), filed.clients["agent"], filed.clients["reviewer"]):
        assert client.get(address).status_code == client.delete(address).status_code == send(client, upload, 0, DATA).status_code == 404
    assert announce(filed, as_(wang)).status_code == 404
    assert announce(filed, filed.clients["system"]).status_code == 403
    assert announce(filed, as_()).status_code == as_().get(address).status_code == 401
    theirs = announce(filed, filed.clients["agent"], kind="system_log").json()["id"]
    assert send(filed.clients["agent"], theirs, 0, DATA).status_code == 400, "a picture is no log"
    assert filed.clients["user"].get(f"{ROOT}uploads/{uuid.uuid4()}/").status_code == 404


def test_cancelled_is_gone(filed):
    me, upload = filed.clients["user"], announce(filed).json()["id"]
    assert me.delete(f"{ROOT}uploads/{upload}/").status_code == 204
    assert me.get(f"{ROOT}uploads/{upload}/").status_code == 404


def test_a_session_needs_its_csrf_token_and_a_bearer_its_scope(filed, mei):
    upload = announce(filed).json()["id"]
    page = APIClient(enforce_csrf_checks=True)
    page.force_login(mei)
    assert send(page, upload, 0, DATA[:HALF]).status_code == 403
    page.cookies["csrftoken"] = "a" * 32
    assert send(page, upload, 0, DATA[:HALF], **{"X-CSRFToken": "a" * 32}).status_code == 200
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(mei, 'reads', ['read'])[1]}")
    assert program.get(f"{ROOT}uploads/{upload}/").status_code == 200
    assert send(program, upload, HALF, DATA[HALF:]).status_code == 403
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(mei, 'writes', ['read', 'write'])[1]}")
    assert send(program, upload, HALF, DATA[HALF:]).status_code == 201


def test_announcing_is_limited_like_uploading(filed, settings):
    settings.THROTTLE_UPLOAD = "1/min"
    upload = announce(filed)
    assert upload.status_code == 201
    refused = announce(filed)
    assert (refused.status_code, "Retry-After" in refused) == (429, True)
    assert send(filed.clients["user"], upload.json()["id"], 0, DATA).status_code == 201
