"""A POST with a key is answered once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from api.idempotency import StillRunning
from api.models import IdempotencyKey
from api.periodic import forget_answers
from api.tests.driving import ROOT, Desk
from evidence.models import SealedFile
from evidence.vault import store
from tickets.models import Message, Ticket
from tickets.tests.making import filing
from tickets.workflow.errors import Block, Refusal

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:52:00+08:00")


def send(client, path, body, key="key-1", **extra):
    return client.post(ROOT + path, body, format=extra.pop("format", "json"), HTTP_IDEMPOTENCY_KEY=key, **extra)


def test_the_same_request_gets_the_first_answer_again(as_, mei):
    first, again = (send(as_(mei), "tickets/", filing()) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_an_action_happens_once_though_the_status_has_moved_on(as_, mei):
    ref = send(as_(mei), "tickets/", filing("billing_duplicate")).json()["ref"]
    first, again = (send(as_(mei), f"tickets/{ref}/actions/withdraw/", {}, "key-2") for _ in range(2))
    assert (first.json()["status"], again.json()["status"]) == ("closed", "closed")
    assert Ticket.objects.get().events.filter(kind="withdraw").count() == 1


def test_another_body_or_address_under_the_same_key_is_refused(as_, mei):
    ref = send(as_(mei), "tickets/", filing()).json()["ref"]
    for path, body in (("tickets/", filing(amount="1.00")), (f"tickets/{ref}/messages/", filing())):
        response = send(as_(mei), path, body)
        assert (response.status_code, response.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Ticket.objects.count() == 1


def test_a_refusal_is_not_kept_and_a_mended_body_may_use_the_key(as_, mei):
    refused = send(as_(mei), "tickets/", {"category": "nonsense"})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    filed = send(as_(mei), "tickets/", filing())
    assert filed.status_code == 201
    assert send(as_(mei), "tickets/", filing()).content == filed.content
    assert send(as_(mei), "tickets/", {"category": "nonsense"}).json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_the_same_submission_goes_through_once_what_was_missing_is_there(desk: Desk):
    desk.people["user"].real_name_match = True
    desk.people["user"].save()
    desk.file(filing("billing_duplicate"))
    path = f"tickets/{desk.ref}/actions/submit_appeal/"
    assert send(desk.clients["user"], path, {}).json()["code"] == "MISSING_EVIDENCE"
    lines = [line for line in desk.ticket()["checklist"] if line["required"]]
    desk.upload_all([line["kind"] for line in lines for _ in range(line["min"] - line["have"])])
    submitted = send(desk.clients["user"], path, {})
    assert (submitted.status_code, submitted.json()["status"]) == (200, "appeal_submitted"), submitted.json()
    again = send(desk.clients["user"], path, {})
    assert (again.content, again["Idempotency-Replayed"]) == (submitted.content, "true")


def test_a_correction_sent_again_is_not_stale(as_, mei):
    filed = send(as_(mei), "tickets/", filing())
    path = f"{ROOT}tickets/{filed.json()['ref']}/"

    def correct():
        body = {"demands": ["investigate"]}
        return as_(mei).patch(path, body, format="json", HTTP_IF_MATCH=filed["ETag"], HTTP_IDEMPOTENCY_KEY="patch-1")

    first, again = correct(), correct()
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")


def test_the_key_comes_before_404(as_, mei, wang):
    ref = send(as_(mei), "tickets/", filing()).json()["ref"]
    send(as_(wang), "tickets/", filing(), "key-w")
    response = send(as_(wang), f"tickets/{ref}/actions/withdraw/", {}, "key-w")
    assert response.json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_keys_of_two_users_do_not_meet(as_, mei, wang):
    assert send(as_(mei), "tickets/", filing()).json()["ref"] != send(as_(wang), "tickets/", filing()).json()["ref"]


def test_nobody_gets_401_whatever_the_key(as_):
    assert send(as_(), "tickets/", filing()).status_code == 401
    assert not IdempotencyKey.objects.exists()


def test_a_fault_of_ours_leaves_the_key_free(as_, mei, monkeypatch):
    def broken(*args, **kwargs):
        Message.objects.count()
        raise RuntimeError("a fault")

    client = as_(mei)
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr("api.views.tickets.file_ticket", broken)
        assert send(client, "tickets/", filing()).status_code == 500
    assert send(client, "tickets/", filing()).status_code == 201


def test_what_a_fault_undid_is_undone_with_its_answer(as_, mei, monkeypatch):
    """The answer stands in the operation's own transaction: what fails after the operation takes it back."""
    client = as_(mei)
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr("api.idempotency._first", lambda *args: 1 / 0)
        assert send(client, "tickets/", filing()).status_code == 500
    assert not Ticket.objects.exists()
    assert send(client, "tickets/", filing()).status_code == 201


def test_a_tick_forgets_old_answers(desk: Desk, clock):
    send(desk.clients["user"], "tickets/", filing())
    clock("2026-03-12T20:52:00+08:00")
    desk.tick()
    assert not IdempotencyKey.objects.exists()


def test_after_a_day_the_key_is_free_again(as_, mei, clock):
    send(as_(mei), "tickets/", filing())
    now = clock("2026-03-11T20:52:00+08:00")
    assert send(as_(mei), "tickets/", filing(amount="2.00")).status_code == 201
    assert forget_answers(now) == 0
    assert forget_answers(clock("2026-03-12T20:52:00+08:00")) == 1
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_a_key_that_is_none_is_refused(as_, mei, key):
    response = send(as_(mei), "tickets/", filing(), key)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_a_try_that_only_our_slowness_refused_counts_with_a_key_too(desk: Desk):
    """Nothing is kept for the key, but the refund tier that the try has fixed is."""
    desk.people["user"].real_name_match = True
    desk.people["user"].save()
    desk.file(filing(amount="600.00"))
    for kind in ("transaction_screenshot", "payment_voucher", "bank_card_masked", "account_binding_proof"):
        desk.upload(kind)
    response = send(desk.clients["user"], f"tickets/{desk.ref}/actions/submit_appeal/", {}, "key-3")
    assert (response.status_code, response.json()["code"]) == (422, "MISSING_EVIDENCE")
    assert desk.ticket()["refund_tier"] == "full_eligible"


def test_a_file_sent_again_is_the_same_file(as_, mei, desk):
    """Another boundary, the same parts."""
    ref = send(as_(mei), "tickets/", filing()).json()["ref"]
    picture = desk._picture("payment_voucher").read()

    def upload(data, boundary):
        file = SimpleUploadedFile("a.png", data, content_type="image/png")
        client = as_(mei)
        from django.test.client import encode_multipart

        body = encode_multipart(boundary, {"kind": "payment_voucher", "file": file})
        kind = f"multipart/form-data; boundary={boundary}"
        return client.post(f"{ROOT}tickets/{ref}/evidence/", body, content_type=kind, HTTP_IDEMPOTENCY_KEY="file-1")

    first, again = upload(picture, "one"), upload(picture, "two")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Ticket.objects.get().evidence.filter(kind="payment_voucher").count() == 1
    assert upload(desk._picture("payment_voucher").read(), "one").json()["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.fixture
def reached(monkeypatch) -> list[int]:
    """How deep in transactions of its own the request was, each time it reached for the store."""
    found: list[int] = []
    outside, original = len(connection.savepoint_ids), store._store

    def watched():
        found.append(len(connection.savepoint_ids) - outside)
        return original()

    monkeypatch.setattr(store, "_store", watched)
    return found


def vouchers(client, ref, key, data):
    file = SimpleUploadedFile("a.png", data, content_type="image/png")
    return send(client, f"tickets/{ref}/evidence/", {"kind": "payment_voucher", "file": file}, key, format="multipart")


def test_files_go_to_the_store_before_the_transaction_of_the_answer(as_, mei, desk, reached):
    ref = send(as_(mei), "tickets/", filing()).json()["ref"]
    data = desk._picture("payment_voucher").read()
    assert vouchers(as_(mei), ref, "file-1", data).status_code == 201
    assert reached == [0]
    announced = {"kind": "payment_voucher", "name": "a.png", "size": 2000}
    assert send(as_(mei), f"tickets/{ref}/uploads/", announced, "file-2").status_code == 201
    assert reached == [0, 0]
    assert vouchers(as_(mei), ref, "file-1", data)["Idempotency-Replayed"] == "true"
    assert vouchers(as_(mei), ref, "file-1", data + b" ").json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert reached == [0, 0]  # nothing is stored for an answer that is there already


def test_what_was_stored_for_nothing_goes_again(as_, mei, desk, reached, monkeypatch, vault):
    """The store is tidied after the transaction, too: of a refusal found only in it, of a fault, of a rival who came first."""
    ref = send(as_(mei), "tickets/", filing()).json()["ref"]
    data, client = desk._picture("payment_voucher").read(), as_(mei)
    client.raise_request_exception = False

    def full(*args):
        raise Refusal(Block("EVIDENCE_FULL"))

    def first_come(*args):
        raise StillRunning

    cases = (("api.views.evidence.commit_upload", full, 409), ("api.idempotency._first", lambda *args: 1 / 0, 500))
    for number, (name, does, status) in enumerate((*cases, ("api.idempotency._lock_row", first_come, 409))):
        with monkeypatch.context() as patched:
            patched.setattr(name, does)
            assert vouchers(client, ref, f"file-{number}", data).status_code == status
    assert reached == [0] * 6
    assert not [path for path in vault.rglob("*") if path.is_file()]
    assert not SealedFile.objects.exists()
    assert vouchers(client, ref, "file-0", data).status_code == 201


def test_a_store_that_is_away_leaves_the_key_free(as_, mei, desk, monkeypatch):
    ref = send(as_(mei), "tickets/", filing()).json()["ref"]
    data = desk._picture("payment_voucher").read()
    with monkeypatch.context() as patched:
        patched.setattr(store, "_store", lambda: (_ for _ in ()).throw(OSError("away")))
        assert vouchers(as_(mei), ref, "file-1", data).json()["code"] == "STORE_AWAY"
    assert vouchers(as_(mei), ref, "file-1", data).status_code == 201


def test_every_request_that_writes_takes_a_key_but_those_that_say_themselves_which_they_are(as_, mei):
    """Reports of the adapter have an id, parts of an upload an offset; a second DELETE finds nothing."""
    paths = as_(mei).get(f"{ROOT}schema/", HTTP_ACCEPT="application/json").json()["paths"]
    without = {
        (method, path.removeprefix(ROOT))
        for path, methods in paths.items()
        for method, said in methods.items()
        if method in ("post", "put", "patch") and "Idempotency-Key" not in [each["name"] for each in said.get("parameters", ())]
    }
    assert without == {("post", "freezes/{freeze_id}/callback/"), ("patch", "uploads/{upload_id}/")}


def test_a_webhook_is_changed_once(as_, admin_person):
    made = send(as_(admin_person), "webhooks/", {"url": "https://example.com/hook", "types": ["ticket.created"]}).json()["id"]
    change = lambda: as_(admin_person).patch(  # noqa: E731
        f"{ROOT}webhooks/{made}/", {"active": False}, format="json", HTTP_IDEMPOTENCY_KEY="key-2"
    )
    first, again = change(), change()
    assert (first.status_code, again["Idempotency-Replayed"], again.content) == (200, "true", first.content)


def test_an_absence_is_said_once(as_, lin):
    say = lambda: as_(lin).put(f"{ROOT}availability/me/", {"takes_part": True}, format="json", HTTP_IDEMPOTENCY_KEY="key-1")  # noqa: E731
    first, again = say(), say()
    assert (first.status_code, again["Idempotency-Replayed"], again.content) == (200, "true", first.content)
