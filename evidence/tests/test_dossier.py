"""The dossier: what is in it, for whom, and that its hashes are true."""

import hashlib
import io
import json
import subprocess
import zipfile

import pypdfium2
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from evidence.dossier import DossierRequest, archive, dossier, parse_request
from evidence.intake import say, upload
from evidence.kinds import SENSITIVE
from evidence.models import EvidenceItem
from evidence.operations import delete, review
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.vault import store
from evidence.vault.custody import CustodyEntry
from evidence.words import DOSSIER_FOR
from tickets.models import Decision, Event, Message, Notification, Ticket, Timer
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.cast import person
from tickets.tests.making import approval, filing, rejection, under_review
from tickets.workflow.errors import Forbidden, Invalid, NotFound, WrongStatus

ZH, EN = DossierRequest(language="zh-hans"), DossierRequest(language="en")
P3 = DossierRequest(language="zh-hans", include_sensitive=True)
STORY = "手机收到月付充值成功的短信，但我本人没有进行任何充值操作，账户被人盗用。"


@pytest.fixture
def quickly(monkeypatch) -> None:
    """For what is not about the paper: drawing it takes most of the time."""
    monkeypatch.setattr(archive, "render_dossier", lambda _dossier: b"%PDF-")


def opened(viewer: User, ticket: Ticket, request: DossierRequest = ZH) -> tuple[dict[str, bytes], dict]:
    """Every file of the ZIP by name, and the manifest."""
    with zipfile.ZipFile(io.BytesIO(dossier(viewer, ticket.ref, request).data)) as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    return files, json.loads(files["manifest.json"])


def text_of(viewer: User, ticket: Ticket, request: DossierRequest = ZH) -> str:
    return making.pdf_text(opened(viewer, ticket, request)[0]["dossier.pdf"])


def left_out(manifest: dict) -> dict[str, str]:
    return {item["kind"]: item["left_out"] for item in manifest["evidence"]}


def test_the_manifest_names_every_file_with_its_true_hash(quickly, full, mei):
    files, manifest = opened(mei, full)
    told = {file["name"]: (file["sha256"], file["size"]) for file in manifest["files"]}
    assert told == {name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items() if name != "manifest.json"}
    assert "dossier.pdf" in told and sum(name.startswith("evidence/") for name in told) == 2
    arrived = {item["id"]: item["sha256_on_arrival"] for item in manifest["evidence"]}
    assert arrived == dict(full.evidence.values_list("pk", "sha256"))


def test_sha256sum_itself_agrees(full, mei, tmp_path):
    with zipfile.ZipFile(io.BytesIO(dossier(mei, full.ref, P3).data)) as packed:
        packed.extractall(tmp_path)
    result = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count(": OK") == 4


def test_files_are_the_safe_copies_under_names_of_our_own(quickly, full, mei):
    files, manifest = opened(mei, full)
    for item in full.evidence.filter(kind__in=("transaction_screenshot", "payment_voucher")):
        name = next(told["file"] for told in manifest["evidence"] if told["id"] == item.pk)
        assert name.endswith(f"-{item.kind}-{item.pk}.png")
        assert files[name] == store.read(item.safe)
    assert all(".." not in name and name.isascii() for name in files)


def test_identity_documents_are_left_out_unless_the_owner_asks(quickly, full, mei):
    files, manifest = opened(mei, full)
    assert not [name for name in files for kind in SENSITIVE if kind in name]
    assert left_out(manifest)["id_card_front"] == "sensitive"
    card = EvidenceItem.objects.get(kind="id_card_front")
    assert store.read(card.safe) not in files.values()
    with_it, manifest = opened(mei, full, P3)
    assert store.read(card.safe) in with_it.values()
    assert left_out(manifest)["id_card_front"] is None


def test_the_desks_dossier_holds_no_more_than_the_owners(full, mei, lin, chen):
    upload(chen, full.ref, {"kind": "system_log", "text": "20:15 intern ok"})
    for viewer in (mei, lin, chen):
        files, manifest = opened(viewer, full)
        assert "system_log" not in left_out(manifest)
        assert not any(b"20:15 intern ok" in data for data in files.values())
        assert "intern ok" not in making.pdf_text(files["dossier.pdf"])


def test_nobody_else_may_ask_for_the_owners_identity_documents(quickly, full, mei, lin, zhou, chen, zhao, sun):
    Ticket.objects.update(assignee=chen)
    for viewer in (lin, zhou, chen, zhao, sun):
        assert "id_card_front" not in "".join(opened(viewer, full)[0])
        with pytest.raises(Forbidden):
            dossier(viewer, full.ref, P3)
    assert not CustodyEntry.objects.filter(kind="id_card_front", action="exported").exists()


def test_what_is_in_an_identity_document_is_not_printed_either(full, mei):
    assert "11010519491231002X" not in text_of(mei, full, P3)
    assert "110105" not in text_of(mei, full)


def test_owner_and_desk_take_it_strangers_find_nothing_programs_may_not(
    quickly, full, mei, wang, lin, zhou, chen, zhao, sun, adapter, admin_person
):
    for viewer in (mei, lin, zhou, chen, zhao, sun):
        assert dossier(viewer, full.ref, ZH).media_type == "application/zip"
    for viewer in (wang, admin_person):
        with pytest.raises(NotFound):
            dossier(viewer, full.ref, ZH)
    with pytest.raises(Forbidden):
        dossier(adapter, full.ref, ZH)
    Ticket.objects.filter(pk=full.pk).update(status="draft", reported_at=None)
    with pytest.raises(WrongStatus):
        dossier(mei, full.ref, ZH)


def test_each_file_that_goes_out_is_recorded_and_nothing_else_is_written(quickly, full, mei, lin):
    def everything() -> list:
        return [list(model.objects.order_by("pk").values()) for model in (Ticket, Timer, Event, Message, Notification, EvidenceItem)]

    before = everything()
    dossier(lin, full.ref, ZH)
    assert everything() == before
    kinds = sorted(CustodyEntry.objects.filter(by=lin, action="exported").values_list("kind", flat=True))
    assert kinds == ["bank_card_masked", "payment_voucher", "transaction_screenshot"]  # the card is printed
    dossier(mei, full.ref, P3)
    assert CustodyEntry.objects.filter(by=mei, action="exported", kind="id_card_front").count() == 1
    assert CustodyEntry.objects.filter(action="exported").count() == 7


def test_what_is_deleted_refused_or_replaced_is_listed_without_a_file(quickly, full, mei, lin, clock):
    clock("2026-03-10T21:00:00+08:00")
    upload(mei, full.ref, {"kind": "id_card_front", "consent": True}, making.file(making.png((7, 7, 7))))
    upload(mei, full.ref, {"kind": "cs_conversation"}, making.file(making.png((3, 3, 3))))
    review(lin, full.evidence.get(kind="payment_voucher").pk, "rejected", "金额看不清")
    delete(mei, full.evidence.get(kind="transaction_screenshot").pk)
    files, manifest = opened(mei, full, P3)
    told = [(item["kind"], item["state"], item["left_out"]) for item in manifest["evidence"]]
    assert told == [
        ("transaction_screenshot", "deleted", "deleted"),
        ("payment_voucher", "clean", "rejected"),
        ("id_card_front", "superseded", "superseded"),
        ("bank_card_masked", "clean", "printed"),
        ("id_card_front", "scanning", "being_checked"),
        ("cs_conversation", "scanning", "being_checked"),
    ]
    assert [name for name in files if name.startswith("evidence/")] == []


def test_our_own_records_are_in_it_once_a_decision_stands_on_them_and_never_before(quickly, mei, chen, lin, clock):
    clock("2026-03-10T20:52:00+08:00")
    ticket = under_review(mei, chen)
    log = upload(lin, ticket.ref, {"kind": "system_log", "text": "2026-03-10 login from 203.0.113.9"})
    assert "system_log" not in left_out(opened(lin, ticket)[1])
    assert "system_log" not in left_out(opened(mei, ticket)[1])
    perform(chen, ticket.ref, "reject", rejection(evidence=[log.pk]))
    files, manifest = opened(mei, ticket)
    name = next(item["file"] for item in manifest["evidence"] if item["kind"] == "system_log")
    assert files[name] == b"2026-03-10 login from 203.0.113.9"


def test_the_paper_tells_the_case_in_chinese(full, mei, lin, zhou):
    post_message(lin, full.ref, {"body": "我们已收到您的投诉。", "eta_at": "2026-03-11T10:00:00+08:00"})
    post_message(lin, full.ref, {"body": "内部讨论：疑似团伙", "visibility": "internal"})
    perform(mei, full.ref, "refer_to_police", {})
    for viewer in (mei, zhou):
        text = text_of(viewer, full, DossierRequest("police", "zh-hans"))
        for said in (
            full.ref,
            "报案材料",
            STORY,
            "202603100001234",
            "退款",
            "我们已收到您的投诉。",
            "首次答复",
            "北京时间",
            "mei@example.com",
            "招商银行",
        ):
            assert said in text, said
        assert "内部讨论" not in text
        assert "lin@example.com" not in text and "Lin" not in text


def test_the_paper_tells_the_decision_and_the_deadlines(mei, chen, clock):
    clock("2026-03-10T20:52:00+08:00")
    ticket = under_review(mei, chen, amount="88.00")
    perform(chen, ticket.ref, "approve", approval())
    text = text_of(mei, ticket)
    for said in ("核实为系统重复扣款。", "同意退款。", "全额退款", "¥88.00", "最迟答复", "已按时完成", "自3月10日"):
        assert said in text, said
    english = text_of(mei, ticket, EN)
    for said in ("Full refund", "Latest answer", "Kept", "working days from Tue 10 Mar", "Beijing time (Asia/Shanghai)"):
        assert said in english, said
    assert Decision.objects.count() == 1


def test_a_message_names_what_came_with_it(ticket, mei, lin):
    first = upload(mei, ticket.ref, {"kind": "cs_conversation", "text": "客服说会处理"})
    sent, note = (upload(lin, ticket.ref, {"kind": "desk_file"}, making.file(making.png((n, 9, 9)))) for n in (1, 2))
    say(lin, ticket.ref, {"body": "请看附件。"}, [sent.pk])
    say(lin, ticket.ref, {"body": "内部", "visibility": "internal"}, [note.pk])
    text = text_of(mei, ticket, EN)
    assert first.pk < sent.pk and "with evidence no. 2" in text
    assert "no. 3" not in text and "内部" not in text


def test_card_numbers_are_masked_on_paper_and_in_copies(ticket, mei):
    Ticket.objects.filter(pk=ticket.pk).update(statement={"symptom": "卡号 4111 1111 1111 1111 被盗刷，请尽快处理。"})
    item = upload(mei, ticket.ref, {"kind": "cs_conversation", "text": "客服让我核对卡号。"})
    EvidenceItem.objects.filter(pk=item.pk).update(text="核对卡号 4111111111111111 吗")
    files, _manifest = opened(mei, ticket)
    text = making.pdf_text(files["dossier.pdf"])
    assert "**** 1111" in text and "4111" not in text
    assert b"4111" not in b"".join(data for name, data in files.items() if name.startswith("evidence/"))


NAMING_BOTH_SIDES = ("regulator_12315", "pboc_12363", "consumer_association", "litigation", "payment_channel")


def check_heading(text: str, recipient: str) -> None:
    heading, sentence = (str(words) for words in DOSSIER_FOR[recipient])
    assert text.startswith(heading)
    assert sentence in text


@pytest.mark.parametrize("recipient", [each for each in DOSSIER_FOR if each not in NAMING_BOTH_SIDES])
def test_each_recipient_has_a_heading_and_a_sentence_of_its_own(ticket, mei, recipient):
    """Those of the others are read on the papers of the next test."""
    check_heading(text_of(mei, ticket, DossierRequest(recipient, "zh-hans")), recipient)


@pytest.mark.parametrize("recipient", NAMING_BOTH_SIDES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_first_page_names_both_sides(recipient, language, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ticket = file_ticket(mei, filing(respondent="云闪付", order_numbers=[]))
    typed = {"for": recipient, "lang": language, "phone": "13800138000", "address": "北京市朝阳区幸福路 1 号 301"}
    files, _manifest = opened(mei, ticket, parse_request(typed))
    first = pypdfium2.PdfDocument(files["dossier.pdf"])[0].get_textpage().get_text_bounded()
    complainant, respondent, blank = (
        ("投诉人", "被投诉人", "请填写") if language == "zh-hans" else ("Complainant", "Respondent", "please write in")
    )
    for said in (complainant, respondent, "Mei", "13800138000", "北京市朝阳区幸福路 1 号 301", blank):
        assert said in first, said
    assert "云闪付" in first or "UnionPay" in first or "银联" in first
    if language == "zh-hans":
        check_heading(making.pdf_text(files["dossier.pdf"]), recipient)
    row = Ticket.objects.values().get(pk=ticket.pk)
    assert "幸福路" not in str(row), "it is kept nowhere"


def test_what_is_asked_for_is_checked_by_name():
    assert parse_request({"for": "police", "lang": "zh", "include_sensitive": "1"}) == DossierRequest("police", "zh-hans", True)
    assert parse_request({}) == DossierRequest("", "zh-hans", False)
    with pytest.raises(Invalid) as refused:
        parse_request({"for": "my neighbour", "lang": "fr", "include_sensitive": "perhaps"})
    assert refused.value.errors.keys() == {"for", "lang", "include_sensitive"}


def test_there_are_never_more_files_or_bytes_than_a_complaint_may_hold(quickly, full, mei, monkeypatch):
    size = len(store.read(full.evidence.first().safe))
    monkeypatch.setattr(archive, "MEGA", size / 50 * 1.5)  # fifty of them hold one file and a half
    files, manifest = opened(mei, full)
    assert left_out(manifest)["payment_voucher"] == "too_large"
    assert sum(name.startswith("evidence/") for name in files) == 1
    monkeypatch.undo()
    EvidenceItem.objects.bulk_create(
        EvidenceItem(ticket=full, kind="cs_conversation", state="clean", text=f"第{n}条对话", uploaded_by=mei) for n in range(35)
    )
    files, manifest = opened(mei, full)
    assert sum(name.startswith("evidence/") for name in files) == 30
    assert [item["left_out"] for item in manifest["evidence"]].count("too_many") == 7


def test_a_file_that_is_gone_from_the_store_is_named_and_the_others_go_out(quickly, full, mei):
    storages["evidence"].delete(full.evidence.get(kind="payment_voucher").safe)
    files, manifest = opened(mei, full)
    assert left_out(manifest)["payment_voucher"] == "unreadable"
    assert sum(name.startswith("evidence/") for name in files) == 1
    assert not CustodyEntry.objects.filter(kind="payment_voucher", action="exported").exists()


def test_the_number_of_queries_does_not_grow_with_the_items(full, mei):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            dossier(mei, full.ref, ZH)
        return len(captured)

    few = queries()
    for _number in range(8):
        upload(mei, full.ref, {"kind": "cs_conversation", "text": "客服说会处理，但是一直没有处理。"})
    assert queries() == few <= 20


def test_nothing_of_it_touches_a_disk(full, mei, monkeypatch):
    """Neither a temporary file nor any other: whatever opens one to write is caught."""
    monkeypatch.setattr("tempfile._get_default_tempdir", lambda *_: pytest.fail("a temporary file"))
    monkeypatch.setattr("tempfile.mkstemp", lambda *_a, **_k: pytest.fail("a temporary file"))
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_a, **_k: pytest.fail("a temporary file"))
    real = open

    def reading_only(file, mode="r", *args, **kwargs):
        assert not set(mode) & set("wax+"), f"{file} opened to write"
        return real(file, mode, *args, **kwargs)

    monkeypatch.setattr("builtins.open", reading_only)
    monkeypatch.setattr("io.open", reading_only)
    assert opened(mei, full, P3)[1]["files"]


def test_a_reviewer_who_owns_a_complaint_takes_their_own_documents(quickly, db, clock):
    owner = person("reviewing-owner@example.com", Role.REVIEWER)
    ticket = file_ticket(owner, filing())
    upload(owner, ticket.ref, {"kind": "passport", "consent": True, "expires_on": "2030-01-01"}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    assert any("passport" in name for name in opened(owner, ticket, P3)[0])
