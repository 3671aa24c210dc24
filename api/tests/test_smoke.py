import json
import pytest
from rest_framework.test import APIClient
from tickets.tests.making import filing
pytestmark = pytest.mark.django_db


def test_smoke(clock, mei, lin, wang):
    clock("2026-03-10T20:52:00+08:00")
    c = APIClient(); c.force_authenticate(mei)
    r = c.post("/api/v1/tickets/", filing(amount="1280.00", request_freeze=True, account="douyin:138****0000", incident_at="2026-03-10T20:15:00+08:00", discovered_at="2026-03-10T20:40:00+08:00"), format="json")
    print(r.status_code, json.dumps(r.json(), indent=1, ensure_ascii=False), r.headers)
    ref = r.json()["ref"]
    for p in ("timers/", "events/", "messages/", ""):
        r = c.get(f"/api/v1/tickets/{ref}/{p}")
        print(p, r.status_code, json.dumps(r.json(), ensure_ascii=False)[:1500])
    r = c.get("/api/v1/tickets/?ordering=due_at&breached=false&q=douyin&due_before=2026-03-11T00:00:00+08:00&status=freeze_pending,draft")
    print(r.status_code, json.dumps(r.json(), ensure_ascii=False)[:500])
    r = c.post(f"/api/v1/tickets/{ref}/actions/submit_appeal/")
    print(r.status_code, r.headers, r.json())
    c.force_authenticate(wang)
    r = c.get(f"/api/v1/tickets/{ref}/"); print(r.status_code, r.json())
    c.force_authenticate(None)
    r = c.get(f"/api/v1/tickets/{ref}/"); print(r.status_code, r.json(), r.headers)


def test_smoke2(clock, mei, lin, wang, settings):
    import io, hashlib, hmac
    from PIL import Image
    clock("2026-03-10T20:52:00+08:00")
    c = APIClient()
    r = c.get("/api/v1/categories/", HTTP_ACCEPT_LANGUAGE="en"); print(r.status_code, json.dumps(r.json()[0], ensure_ascii=False)[:3000])
    print(c.get("/api/v1/categories/nope/").json(), c.get("/api/v1/categories/after_sale/").json()["deadlines"])
    print(c.get("/api/v1/escalation-targets/").json()[0])
    c.force_authenticate(mei)
    r = c.post("/api/v1/tickets/", filing(amount="1280.00", request_freeze=True, account="douyin:138****0000"), format="json")
    ref = r.json()["ref"]
    b = io.BytesIO(); Image.new("RGB", (600, 800), "red").save(b, "PNG"); b.seek(0); b.name = "a.png"
    r = c.post(f"/api/v1/tickets/{ref}/evidence/", {"kind": "payment_voucher", "file": b, "order_no": "4200000404202602129117582536", "amount": "1280.00", "paid_at": "2026-03-10T20:15:00+08:00"}, format="multipart", HTTP_IDEMPOTENCY_KEY="k1")
    print(r.status_code, r.json())
    b.seek(0)
    r = c.post(f"/api/v1/tickets/{ref}/evidence/", {"kind": "payment_voucher", "file": b, "order_no": "4200000404202602129117582536", "amount": "1280.00", "paid_at": "2026-03-10T20:15:00+08:00"}, format="multipart", HTTP_IDEMPOTENCY_KEY="k1")
    print(r.status_code, r.json(), r.headers)
    r = c.post(f"/api/v1/tickets/{ref}/evidence/", {"kind": "bank_card_masked", "text": "招商银行 1234"}, format="json")
    print(r.status_code, r.json())
    eid = c.get(f"/api/v1/tickets/{ref}/evidence/").json()["results"][0]["id"]
    r = c.get(f"/api/v1/evidence/{eid}/content/"); print(r.status_code, r.headers)
    c.force_authenticate(lin)
    r = c.post(f"/api/v1/evidence/{eid}/review/", {"verdict": "rejected", "reason": "模糊"}, format="json"); print(r.status_code, r.json())
    settings.FREEZE_ADAPTER_SECRET = "s3"
    fid = c.get(f"/api/v1/tickets/{ref}/").json()["freeze"]["id"]
    body = json.dumps({"state": "active", "reference": "X1"}).encode()
    for _ in range(2):
        r = APIClient().post(f"/api/v1/freezes/{fid}/callback/", body, content_type="application/json", HTTP_X_SIGNATURE="sha256=" + hmac.new(b"s3", body, hashlib.sha256).hexdigest())
        print(r.status_code, r.json())
    r = APIClient().post(f"/api/v1/freezes/{fid}/callback/", body, content_type="application/json", HTTP_X_SIGNATURE="sha256=00"); print(r.status_code, r.json(), r.headers)
    r = c.post("/api/v1/tokens/", {"name": "x", "scopes": ["read"]}, format="json"); print(r.status_code, r.json())
    t = r.json()["token"]
    a = APIClient(); a.credentials(HTTP_AUTHORIZATION=f"Bearer {t}")
    print(a.get("/api/v1/tickets/").status_code, a.post("/api/v1/tickets/", {}, format="json").json(), a.get("/api/v1/tokens/").json())
    print(c.get("/api/v1/schema/").status_code, c.get("/api/v1/docs/").content.decode()[:800])
    print(c.get("/api/v1/docs/?script=").content.decode()[:300])
