"""Evidence through the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from api.tests.driving import ROOT, Desk
from evidence.models import CustodyEntry, EvidenceItem
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
CONTRACT = {"id", "kind", "state", "reason", "media_type", "size", "sha256", "uploaded_at", "uploaded_by", "verdict", "fields"}


@pytest.fixture
def filed(desk: Desk) -> Desk:
    desk.at("2026-03-10T20:52:00+08:00").file(filing())
    return desk


def evidence(desk: Desk, actor: str, body: dict, expect: int, format: str = "json") -> dict:
    response = desk.clients[actor].post(f"{ROOT}tickets/{desk.ref}/evidence/", body, format=format)
    assert response.status_code == expect, response.json()
    return response.json()


def test_a_file_is_scanning_at_once_and_clean_after_a_tick(filed: Desk):
    item = filed.upload("payment_voucher", order_no="4200000404202603109117582536", amount="600.00", paid_at="2026-03-10T20:15:00+08:00")
    assert item.keys() >= CONTRACT
    assert (item["state"], item["media_type"], item["uploaded_by"]) == ("scanning", "image/png", "mei@example.com")
    assert len(item["sha256"]) == 64
    assert item["fields"]["order_no"] == "4200000404202603109117582536"
    address = f"{ROOT}evidence/{item['id']}/content/"
    assert filed.clients["user"].get(address).status_code == 409
    filed.tick()
    assert filed.get("evidence/")["results"][0]["state"] == "clean"
    shown = filed.clients["user"].get(address)
    assert (shown.status_code, shown["X-Content-Type-Options"]) == (200, "nosniff")
    assert shown["Content-Type"].startswith("image/")
    assert shown["Cache-Control"] == "private, no-store"
    assert CustodyEntry.objects.filter(action="viewed", item_id=item["id"], by=filed.people["user"]).count() == 1


def test_a_text_is_clean_at_once(filed: Desk):
    item = evidence(filed, "user", {"kind": "bank_card_masked", "text": "招商银行 1234"}, 201)
    assert item["state"] == "clean"
    assert evidence(filed, "user", {"kind": "bank_card_masked", "text": "6225880137651234"}, 400)["errors"]


def test_what_is_wrong_is_named(filed: Desk):
    assert evidence(filed, "user", {}, 400)["errors"].keys() == {"kind"}
    assert "colour" in evidence(filed, "user", {"kind": "order_number", "text": "AB123456", "colour": "red"}, 400)["errors"]
    assert evidence(filed, "user", {"kind": "payment_voucher"}, 400)["errors"].keys() == {"file"}
    assert evidence(filed, "user", {"kind": "payment_voucher", "file": "not a file"}, 400)["errors"].keys() == {"file"}
    page = SimpleUploadedFile("a.png", b"<html><script>alert(1)</script></html>", content_type="image/png")
    assert evidence(filed, "user", {"kind": "payment_voucher", "file": page}, 400, "multipart")["errors"].keys() == {"file"}


def test_strangers_get_404_and_the_wrong_role_403(filed: Desk, as_, wang):
    item = filed.upload("payment_voucher")
    filed.tick()
    for path in ("", "content/"):
        assert as_(wang).get(f"{ROOT}evidence/{item['id']}/{path}").status_code == 404
    assert as_(wang).delete(f"{ROOT}evidence/{item['id']}/").status_code == 404
    assert as_(wang).post(f"{ROOT}evidence/{item['id']}/review/", {"verdict": "accepted"}, format="json").status_code == 404
    assert filed.clients["user"].post(f"{ROOT}evidence/{item['id']}/review/", {"verdict": "accepted"}, format="json").status_code == 403
    assert filed.clients["agent"].delete(f"{ROOT}evidence/{item['id']}/").status_code == 403


def test_an_agents_rejection_empties_the_slot(filed: Desk):
    item = filed.upload("payment_voucher")
    filed.tick()
    path = f"evidence/{item['id']}/review/"
    assert filed.post("agent", path, {"verdict": "rejected"}, 400)["errors"].keys() == {"reason"}
    assert filed.post("agent", path, {"verdict": "great"}, 400)["errors"].keys() == {"verdict"}
    assert filed.post("agent", path, {"verdict": "accepted", "colour": "red"}, 400)["errors"].keys() == {"colour"}
    judged = filed.post("agent", path, {"verdict": "rejected", "reason": "金额看不清"})
    assert (judged["verdict"], judged["verdict_reason"], judged["reason"]) == ("rejected", "金额看不清", "金额看不清")
    slot = next(line for line in filed.ticket()["checklist"] if line["kind"] == "payment_voucher")
    assert (slot["have"], slot["state"]) == (0, "rejected")


def test_a_sensitive_document_needs_consent_and_a_purpose(filed: Desk):
    item = filed.upload("id_card_front")
    filed.tick()
    address = f"{ROOT}evidence/{item['id']}/content/"
    assert filed.clients["user"].get(address).status_code == 200
    assert filed.clients["agent"].get(f"{address}?purpose=x").status_code == 403
    asked = filed.clients["operator"].get(address)
    assert (asked.status_code, asked.json()["errors"].keys()) == (400, {"purpose"})
    assert filed.clients["operator"].get(f"{address}?purpose=核对身份").status_code == 200
    assert CustodyEntry.objects.filter(action="viewed", item_id=item["id"], purpose="核对身份").exists()


def test_the_owner_takes_back_before_submission_and_consent_at_any_time(filed: Desk):
    filed.upload_all(["transaction_screenshot", "payment_voucher", "identity_proof", "bank_card_masked", "account_binding_proof"])
    spare = filed.upload("police_receipt")["id"]
    assert filed.clients["user"].delete(f"{ROOT}evidence/{spare}/").status_code == 204
    filed.act("submit_appeal")
    ids = {item.kind: item.pk for item in EvidenceItem.objects.filter(state="clean")}
    locked = filed.clients["user"].delete(f"{ROOT}evidence/{ids['payment_voucher']}/")
    assert (locked.status_code, locked.json()["code"]) == (409, "EVIDENCE_LOCKED")
    assert filed.clients["user"].delete(f"{ROOT}evidence/{ids['id_card_front']}/").status_code == 204
    states = {item["id"]: item["state"] for item in filed.get("evidence/")["results"]}
    assert (states[spare], states[ids["id_card_front"]]) == ("deleted", "deleted")


def test_one_item_can_be_asked_for_by_itself(filed: Desk):
    item = filed.upload("payment_voucher")
    filed.tick()
    assert filed.clients["user"].get(f"{ROOT}evidence/{item['id']}/").json()["state"] == "clean"


def test_an_item_says_when_it_goes(filed: Desk):
    item = filed.upload("id_card_front")
    assert (item["delete_on"], item["kept_days"], item["held_until"]) == (None, 30, None)
    filed.tick()
    filed.act("refer_to_police", {})
    held = filed.get("evidence/")["results"][0]["held_until"]
    assert held is not None
    filed.act("withdraw", {})
    closed = filed.get("evidence/")["results"][0]
    assert closed["delete_on"] == closed["held_until"] == held, "the hold lasts longer than thirty days"


def test_who_looked_is_told_to_the_owner_in_roles_and_to_the_desk_by_name(filed: Desk, as_, wang):
    item = filed.upload("id_card_front")
    filed.tick()
    address = f"{ROOT}evidence/{item['id']}/"
    filed.clients["operator"].get(f"{address}content/?purpose=核对身份")
    mine = filed.clients["user"].get(f"{address}custody/").json()
    assert [each["action"] for each in mine] == ["arrived", "cleared", "viewed"]
    assert mine[-1].keys() == {"at", "action", "who", "purpose"}
    assert (mine[-1]["who"], mine[-1]["purpose"]) == ("freeze_operators", "核对身份")
    assert "@" not in str(mine)
    theirs = filed.clients["privacy"].get(f"{address}custody/").json()
    assert theirs[-1]["by"] == filed.people["operator"].email
    assert theirs[-1]["seq"] == 3 and len(theirs[-1]["digest"]) == 64
    for actor in ("agent", "reviewer", "supervisor"):
        assert filed.clients[actor].get(f"{address}custody/").status_code == 403
    assert as_(wang).get(f"{address}custody/").status_code == 404
    assert as_().get(f"{address}custody/").status_code == 401
