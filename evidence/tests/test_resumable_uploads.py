"""Files in parts: sealed as they come, taken up again where the line broke, one item in the end."""

import hashlib
from datetime import timedelta
from types import SimpleNamespace

import pytest

from evidence.intake import begin, cancel, give_consent, receive, visible_upload
from evidence.intake import upload as upload_whole
from evidence.intake.resumable_uploads import MOST_OPEN, MOST_PARTS, PART_SIZE, end_stale
from evidence.models import EvidenceItem, PartialUpload, SealedFile, UploadPart
from evidence.periodic import DUTIES, inspect_waiting, sweep_orphans
from evidence.tests import making
from evidence.tests.conftest import opened, stored
from evidence.vault import store
from evidence.vault.custody import CustodyEntry
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

DATA = making.png()
HALF = len(DATA) // 2
CARD = {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}


def announced(kind="transaction_screenshot", data=DATA, **more):
    return {"kind": kind, "name": "照片.png", "size": len(data), **more}


def sent(actor, ref, raw=None, data=DATA, step=HALF):
    found = begin(actor, ref, raw or announced(data=data))
    while found.item is None:
        found = receive(actor, found.pk, found.offset, data[found.offset : found.offset + step])
    return found


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """The bytes of what is dropped go after the commit, and a test never commits."""
    monkeypatch.setattr("evidence.vault.store.transaction", SimpleNamespace(on_commit=lambda work, robust: work()))


def test_a_file_in_parts_becomes_one_item_like_any_other(ticket, mei, vault, clock):
    found = sent(mei, ticket.ref, announced(sha256=hashlib.sha256(DATA).hexdigest(), order_no="202603100001234"))
    item = found.item
    assert (item.kind, item.state, item.size, item.original_name) == ("transaction_screenshot", "scanning", len(DATA), "照片.png")
    assert (item.sha256, store.read(item.original)) == (hashlib.sha256(DATA).hexdigest(), DATA)
    assert (item.uploaded_by, item.fields["order_no"]) == (mei, "202603100001234")
    assert ticket.events.filter(kind="evidence.added").count() == 1
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item.refresh_from_db()
    assert item.state == "clean"


def test_nothing_plain_lies_on_the_disk_while_it_comes_and_nothing_of_the_parts_after_it(ticket, mei, vault):
    found = begin(mei, ticket.ref, {**CARD, "name": "张三身份证.png", "size": len(DATA)})
    receive(mei, found.pk, 0, DATA[:HALF])
    assert len(stored(vault)) == 2
    for sealed in stored(vault):
        assert sealed.startswith(b"SDV1")
        assert DATA[16:HALF] not in sealed and b"1949" not in sealed
    found.refresh_from_db()
    assert (found.name, found.offset) == ("", HALF)
    item = receive(mei, found.pk, HALF, DATA[HALF:]).item
    assert sorted(opened()) == sorted([DATA, b'{"number": "11010519491231002X"}'])
    assert SealedFile.objects.count() == len(stored(vault)) == 2
    assert (item.fields["number"], item.consent_version) == ("110****002X", "2026.1")


def test_the_last_part_sent_again_is_the_same_item(ticket, mei):
    found = sent(mei, ticket.ref)
    for offset, data in ((HALF, DATA[HALF:]), (len(DATA), b""), (0, b"something else")):
        assert receive(mei, found.pk, offset, data).item == found.item
    assert EvidenceItem.objects.count() == 1
    assert visible_upload(mei, found.pk).item == found.item


def test_a_part_that_does_not_fit_is_told_where_to_go_on(ticket, mei, vault):
    found = begin(mei, ticket.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    before = stored(vault)
    for offset in (0, HALF - 1, HALF + 1, len(DATA)):
        with pytest.raises(Refusal) as refusal:
            receive(mei, found.pk, offset, DATA[:10])
        assert (refusal.value.code, refusal.value.status) == ("UPLOAD_OFFSET", 409)
        assert refusal.value.block.extra == {"offset": HALF}
    for data in (b"", DATA[HALF:] + b"x"):
        with pytest.raises(Invalid) as invalid:
            receive(mei, found.pk, HALF, data)
        assert invalid.value.errors.keys() == {"body"}
    assert stored(vault) == before
    assert receive(mei, found.pk, HALF, DATA[HALF:]).item is not None


def test_a_death_between_the_last_part_and_the_item_loses_nothing(ticket, mei, monkeypatch):
    found = begin(mei, ticket.ref, announced())
    with monkeypatch.context() as broken:
        broken.setattr("evidence.intake.resumable_uploads.upload_then", lambda *args: (_ for _ in ()).throw(OSError("power")))
        with pytest.raises(OSError, match="power"):
            receive(mei, found.pk, 0, DATA)
    assert not EvidenceItem.objects.exists()
    assert visible_upload(mei, found.pk).offset == len(DATA)
    assert receive(mei, found.pk, len(DATA), b"").item.sha256 == hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"size": None}, "size"),
        ({"size": 0}, "size"),
        ({"size": "12"}, "size"),
        ({"size": True}, "size"),
        ({"size": -1}, "size"),
        ({"size": 10 * 1024 * 1024 + 1}, "size"),
        ({"sha256": "abc"}, "sha256"),
        ({"kind": "nonsense"}, "kind"),
        ({"kind": "face_result"}, "kind"),
        ({"kind": "bank_card_masked", "text": "招商银行 1234"}, "kind"),
        ({"kind": "passport"}, "consent"),
        ({"kind": "passport", "consent": True, "expires_on": "2020-01-01"}, "expires_on"),
        ({"colour": "red"}, "colour"),
        ({"order_no": "12"}, "order_no"),
    ],
)
def test_what_cannot_end_well_does_not_begin(ticket, mei, vault, raw, field):
    with pytest.raises(Invalid) as invalid:
        begin(mei, ticket.ref, {**announced(), **raw})
    assert list(invalid.value.errors) == [field]
    assert invalid.value.errors[field][0]
    assert stored(vault) == [] and not PartialUpload.objects.exists()


def test_the_desk_begins_for_a_caller_who_agrees_later(ticket, lin):
    assert begin(lin, ticket.ref, announced("passport")).by == lin


def test_a_full_complaint_says_so_before_anything_is_sent(ticket, mei, clock):
    for number in range(30):
        ticket.evidence.create(kind="payment_voucher", uploaded_by=mei, original=f"aa/{number}", size=1)
    with pytest.raises(Refusal) as refusal:
        begin(mei, ticket.ref, announced())
    assert refusal.value.code == "EVIDENCE_FULL"


def test_who_may_not_upload_may_not_begin_and_nobody_goes_on_with_somebody_elses(ticket, mei, wang, lin, chen, adapter):
    for actor, error in ((wang, NotFound), (adapter, Forbidden)):
        with pytest.raises(error):
            begin(actor, ticket.ref, announced())
    with pytest.raises(Forbidden):
        begin(mei, ticket.ref, announced("system_log"))
    found = begin(mei, ticket.ref, announced())
    theirs = begin(lin, ticket.ref, announced())
    for actor, upload in ((wang, found), (lin, found), (chen, found), (mei, theirs), (wang, theirs)):
        for touched in (lambda a, u: visible_upload(a, u.pk), lambda a, u: receive(a, u.pk, 0, DATA), lambda a, u: cancel(a, u.pk)):
            with pytest.raises(NotFound):
                touched(actor, upload)
    assert not UploadPart.objects.exists()


def test_the_whole_is_judged_as_every_upload_and_what_nobody_can_mend_is_forgotten(ticket, mei, vault):
    page = b"<html><script>alert(1)</script></html>"
    for raw, field in ((announced(data=page), "file"), (announced(data=page, sha256="0" * 64), "sha256")):
        found = begin(mei, ticket.ref, raw)
        with pytest.raises(Invalid) as invalid:
            receive(mei, found.pk, 0, page)
        assert list(invalid.value.errors) == [field]
        with pytest.raises(NotFound):
            visible_upload(mei, found.pk)
    assert stored(vault) == [] and not SealedFile.objects.exists()


def test_a_complaint_that_closed_meanwhile_refuses_the_whole(ticket, mei, vault):
    found = begin(mei, ticket.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    perform(mei, ticket.ref, "withdraw", {})
    with pytest.raises(Refusal) as refusal:
        receive(mei, found.pk, HALF, DATA[HALF:])
    assert refusal.value.code == "WRONG_STATUS"
    assert not EvidenceItem.objects.exists()
    assert len(stored(vault)) == 3, "two parts and what was typed: the desk may reopen it"


def test_a_part_that_was_changed_in_the_store_is_never_evidence(ticket, mei, vault):
    found = begin(mei, ticket.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    path = vault / UploadPart.objects.get().file.name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Invalid) as invalid:
        receive(mei, found.pk, HALF, DATA[HALF:])
    assert list(invalid.value.errors) == ["file"]
    assert not EvidenceItem.objects.exists() and not PartialUpload.objects.exists()


# ---- How many, and how long
def test_ten_at_a_time_and_what_lies_idle_makes_room(ticket, mei, lin, clock):
    first = begin(mei, ticket.ref, announced())
    clock("2026-03-10T20:52:30+08:00")
    for _number in range(MOST_OPEN - 1):
        begin(mei, ticket.ref, announced())
    with pytest.raises(Refusal) as refusal:
        begin(mei, ticket.ref, announced())
    assert (refusal.value.code, refusal.value.block.extra) == ("UPLOADS_OPEN", {"max_open": MOST_OPEN})
    begin(lin, ticket.ref, announced())
    clock("2026-03-10T21:53:00+08:00")
    begin(mei, ticket.ref, announced())
    with pytest.raises(NotFound):
        visible_upload(mei, first.pk)


def test_a_file_does_not_come_byte_by_byte(ticket, mei):
    data = b"x" * (PART_SIZE + MOST_PARTS + 2)
    found = begin(mei, ticket.ref, announced(data=data))
    for number in range(MOST_PARTS):
        receive(mei, found.pk, number, b"x")
    with pytest.raises(Invalid):
        receive(mei, found.pk, MOST_PARTS, b"x")
    assert receive(mei, found.pk, MOST_PARTS, b"x" * PART_SIZE).offset == len(data) - 2


def test_what_was_not_finished_in_a_day_is_gone_with_its_keys_and_bytes(ticket, mei, vault, clock):
    found = begin(mei, ticket.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    kept = sent(mei, ticket.ref, announced(data=making.jpeg()), making.jpeg())
    now = clock(found.made_at + timedelta(hours=23))
    assert (end_stale(now), sweep_orphans(now)) == (0, 0), "its parts are nobody's, and no orphans"
    now = clock(found.expires_at)
    with pytest.raises(NotFound):
        receive(mei, found.pk, HALF, DATA[HALF:])
    assert end_stale(now) == 1
    assert not PartialUpload.objects.exists() and not UploadPart.objects.exists()
    assert SealedFile.objects.get().name == kept.item.original
    assert len(stored(vault)) == 1
    assert "unfinished uploads ended" in DUTIES


def test_a_store_that_is_away_keeps_bytes_without_a_key_and_the_sweep_removes_them(ticket, mei, vault, clock, monkeypatch):
    found = begin(mei, ticket.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    with monkeypatch.context() as away:
        away.setattr("evidence.vault.store._delete", lambda name: False)
        cancel(mei, found.pk)
    assert len(stored(vault)) == 2
    assert not any(bytes(row.wrapped_key) for row in SealedFile.objects.all())
    assert sweep_orphans(clock("2026-03-10T22:00:00+08:00")) == 2
    assert stored(vault) == []


def test_cancelled_is_gone_and_what_arrived_is_no_longer_on_its_way(ticket, mei, vault):
    found = begin(mei, ticket.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    cancel(mei, found.pk)
    assert stored(vault) == []
    with pytest.raises(NotFound):
        cancel(mei, found.pk)
    arrived = sent(mei, ticket.ref)
    with pytest.raises(Refusal) as refusal:
        cancel(mei, arrived.pk)
    assert refusal.value.code == "WRONG_STATUS"
    assert EvidenceItem.objects.count() == 1


def test_a_card_number_in_a_files_name_is_not_kept(ticket, mei):
    found = begin(mei, ticket.ref, announced(name="6222020200112230004 截图.png"))
    assert "6222020200112230004" not in found.name
    assert "截图" in found.name


def test_a_file_under_way_follows_its_complaint_into_another(ticket, mei, lin, clock):
    number = [{"issuer": "douyin_mp", "number": "202603100005555"}]
    kept, other = (file_ticket(mei, filing(order_numbers=number)) for _time in range(2))
    found = begin(mei, other.ref, announced())
    receive(mei, found.pk, 0, DATA[:HALF])
    perform(lin, other.ref, "merge", {"into": kept.ref})
    item = receive(mei, found.pk, HALF, DATA[HALF:]).item
    assert item.ticket == kept
    assert visible_upload(mei, found.pk).item == item


def test_the_desk_cannot_agree_for_the_owner(ticket, mei, lin):
    for item in (
        sent(lin, ticket.ref, {**announced("passport"), "consent": True}).item,
        upload_whole(lin, ticket.ref, CARD, making.file(DATA)),
    ):
        assert (item.consent_at, item.consent_version) == (None, "")
        assert "consent" not in CustodyEntry.objects.get(item_id=item.pk, action="arrived").detail
        assert give_consent(mei, item.pk).consent_at is not None
