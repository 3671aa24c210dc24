"""Bringing evidence in: who may, when, how much, and what the ticket then knows."""

import hashlib

import pytest
from django.test import override_settings

from evidence.intake import begin, give_consent, upload
from evidence.models import EvidenceItem
from evidence.operations import delete, review
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import opened, stored
from tickets.cases.checklist import lines
from tickets.models import Event, Notification
from tickets.operations import file_ticket, look, perform, start_draft
from tickets.tests.cast import person
from tickets.tests.making import approval, filing, submitted, under_review
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

PHOTO = {"kind": "transaction_screenshot"}


def code_of(refused, *args, **kwargs) -> str:
    with pytest.raises(Refusal) as refusal:
        refused(*args, **kwargs)
    return refusal.value.code


def line(ticket, viewer, kind):
    ticket.refresh_from_db()
    return next(each for each in lines(look(ticket, viewer)) if each.kind == kind)


def test_a_file_is_kept_at_once_and_looked_at_later(ticket, mei, vault, clock):
    data = making.jpeg()
    item = upload(mei, ticket.ref, PHOTO, making.file(data, "../照片.jpg", "text/html"))
    assert (item.state, item.media_type, item.size) == ("scanning", "image/jpeg", len(data))
    assert item.sha256 == hashlib.sha256(data).hexdigest()
    assert item.original_name == "照片.jpg"
    assert opened() == [data]
    assert data not in stored(vault)[0]
    assert "照片" not in item.original and "jpg" not in item.original
    assert line(ticket, mei, "transaction_screenshot").state == "scanning"


def test_one_person_sends_so_many_files_a_day_over_all_complaints(mei, lin, vault, clock, settings):
    """Complaints are many, and each has room for thirty."""
    settings.FILES_PER_DAY = 2
    clock("2026-03-10T20:52:00+08:00")
    one, other = file_ticket(mei, filing()), file_ticket(mei, filing("billing_duplicate"))
    items = [upload(mei, ticket.ref, PHOTO, making.file(making.png((n, 0, 0)))) for n, ticket in enumerate((one, other))]
    delete(mei, items[0].pk)
    for ask in (upload, lambda who, ref, raw, _file: begin(who, ref, {**raw, "size": 9})):
        assert code_of(ask, mei, one.ref, PHOTO, making.file(making.png())) == "throttled"
    assert upload(mei, one.ref, {"kind": "bank_card_masked", "text": "招商银行 1234"}).state == "clean"
    assert upload(lin, one.ref, PHOTO, making.file(making.png())).uploaded_by == lin
    clock("2026-03-11T20:52:01+08:00")
    assert upload(mei, one.ref, PHOTO, making.file(making.png((9, 9, 9)))).pk


def test_the_history_tells_kind_and_hash_and_nothing_else(ticket, mei):
    item = upload(mei, ticket.ref, {"kind": "payment_voucher", "amount": "600.00"}, making.file(making.png()))
    event = Event.objects.get(ticket=ticket, kind="evidence.added")
    assert event.data == {"item": item.pk, "kind": "payment_voucher", "sha256": item.sha256}
    assert event.actor == mei


def test_a_clean_file_fills_its_slot(ticket, mei, clock):
    upload(mei, ticket.ref, PHOTO, making.file(making.HEIC))
    version = type(ticket).objects.get().version
    assert inspect_waiting(clock("2026-03-10T20:53:00+08:00")) == 1
    item = EvidenceItem.objects.get()
    assert (item.state, item.safe_type, item.width, item.height) == ("clean", "image/jpeg", 360, 480)
    assert item.thumbnail
    assert line(ticket, mei, "transaction_screenshot").state == "complete"
    assert ticket.version > version
    assert Event.objects.filter(ticket=ticket, kind="evidence.clean", actor=None).count() == 1


def test_a_refused_file_says_why_and_its_owner_is_told(ticket, mei, clock):
    upload(mei, ticket.ref, PHOTO, making.file(making.png(size=(200, 200))))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item = EvidenceItem.objects.get()
    assert (item.state, item.reason) == ("rejected", "too_small")
    assert line(ticket, mei, "transaction_screenshot").state == "rejected"
    assert Event.objects.get(kind="evidence.rejected").data["reason"] == "too_small"
    assert Notification.objects.filter(kind="evidence_rejected", recipient=mei).exists()


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"PK\x03\x04", b"plain text", bytes(10 * 1024 * 1024 + 1)])
def test_what_is_plainly_wrong_is_refused_at_once_in_words(ticket, mei, vault, data):
    with pytest.raises(Invalid) as invalid:
        upload(mei, ticket.ref, PHOTO, making.file(data))
    assert list(invalid.value.errors) == ["file"]
    assert "%" not in invalid.value.errors["file"][0]
    assert stored(vault) == []
    assert not EvidenceItem.objects.exists()


def test_exactly_ten_megabytes_are_taken(ticket, mei):
    data = making.jpeg()
    item = upload(mei, ticket.ref, PHOTO, making.file(data + bytes(10 * 1024 * 1024 - len(data))))
    assert item.size == 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("kind", "text"), [("order_number", "202603100001234"), ("bank_card_masked", "招商银行 1234"), ("written_statement", "钱没了")]
)
def test_what_is_typed_takes_no_file(ticket, mei, kind, text):
    with pytest.raises(Invalid) as invalid:
        upload(mei, ticket.ref, {"kind": kind, "text": text}, making.file(making.png()))
    assert set(invalid.value.errors) == {"file"}


def test_a_picture_is_not_typed(ticket, mei):
    for kind in ("transaction_screenshot", "id_card_front", "uncategorized_file"):
        with pytest.raises(Invalid) as invalid:
            upload(mei, ticket.ref, {"kind": kind, "text": "hello"})
        assert list(invalid.value.errors) == ["file"]


def test_typed_evidence_is_clean_at_once(ticket, mei, wang, vault):
    for raw in (
        {"kind": "bank_card_masked", "text": "招商银行 1234"},
        {"kind": "account_info", "text": "抖音号 mei"},
        {"kind": "bank_sms_screenshot", "text": "您尾号1234的卡支出600.00元"},
    ):
        item = upload(mei, ticket.ref, raw)
        assert (item.state, len(item.sha256)) == ("clean", 64)
    assert stored(vault) == []


def test_a_text_file_with_a_code_is_refused_by_the_inspection(ticket, mei, clock):
    upload(mei, ticket.ref, {"kind": "bank_sms_screenshot"}, making.file("验证码 847261".encode("gbk")))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    assert EvidenceItem.objects.get().reason == "one_time_code"


# ---- Who and when
def test_strangers_do_not_learn_that_the_ticket_exists(ticket, wang, admin_person, vault):
    for stranger in (wang, admin_person):
        with pytest.raises(NotFound):
            upload(stranger, ticket.ref, PHOTO, making.file(making.png()))
    assert stored(vault) == []


def test_owner_and_desk_may_add_and_adapters_may_not(ticket, mei, lin, zhou, chen, zhao, sun, adapter):
    for actor in (mei, lin, zhou, chen, zhao, sun):
        assert upload(actor, ticket.ref, PHOTO, making.file(making.png())).uploaded_by == actor
    with pytest.raises(Forbidden):
        upload(adapter, ticket.ref, PHOTO, making.file(making.png()))


def test_the_operators_own_kinds_are_the_desks(ticket, mei, chen):
    with pytest.raises(Forbidden):
        upload(mei, ticket.ref, {"kind": "system_log", "text": "ok"})
    item = upload(chen, ticket.ref, {"kind": "system_log", "text": "20:15 auth ok"})
    assert item.internal
    assert Event.objects.get(kind="evidence.added").visibility == "internal"
    assert not EvidenceItem.objects.visible_to(mei).exists()
    assert EvidenceItem.objects.visible_to(chen).get() == item


def test_a_log_is_shown_once_a_decision_stands_on_it(clock, mei, wang, chen):
    ticket = under_review(mei, chen)
    log = upload(chen, ticket.ref, {"kind": "auth_record", "text": "PIN ok"})
    perform(chen, ticket.ref, "approve", approval(evidence=[log.pk]))
    assert log in EvidenceItem.objects.visible_to(mei)
    assert log not in EvidenceItem.objects.visible_to(wang)


def test_a_draft_takes_evidence_of_its_owner_alone(clock, mei, lin):
    draft = start_draft(mei, {"category": "mp_topup_stolen"})
    assert upload(mei, draft.ref, PHOTO, making.file(making.png())).pk
    with pytest.raises(NotFound):
        upload(lin, draft.ref, PHOTO, making.file(making.png()))


def test_a_closed_ticket_takes_nothing_from_its_owner(clock, mei, lin):
    ticket = file_ticket(mei, filing())
    perform(mei, ticket.ref, "withdraw", {})
    assert code_of(upload, mei, ticket.ref, {"kind": "nonsense"}) == "WRONG_STATUS"
    assert upload(lin, ticket.ref, {"kind": "police_receipt"}, making.file(making.pdf())).pk


def test_a_customer_may_go_on_adding_during_the_review(clock, mei, chen):
    ticket = under_review(mei, chen)
    assert upload(mei, ticket.ref, PHOTO, making.file(making.png())).state == "scanning"


# ---- How much
def test_thirty_files_and_no_more(ticket, mei, vault):
    for _number in range(30):
        upload(mei, ticket.ref, PHOTO, making.file(making.png()))
    before = len(stored(vault))
    assert code_of(upload, mei, ticket.ref, PHOTO, making.file(making.png())) == "EVIDENCE_FULL"
    assert len(stored(vault)) == before == 30
    assert upload(mei, ticket.ref, {"kind": "order_number", "text": "202603090001234"}).pk
    delete(mei, EvidenceItem.objects.filter(kind="transaction_screenshot").first().pk)
    assert upload(mei, ticket.ref, PHOTO, making.file(making.png())).pk


def test_fifty_megabytes_a_submission(ticket, mei):
    big = making.jpeg() + bytes(10 * 1024 * 1024 - len(making.jpeg()))
    for _number in range(5):
        upload(mei, ticket.ref, PHOTO, making.file(big))
    with pytest.raises(Refusal) as refusal:
        upload(mei, ticket.ref, PHOTO, making.file(making.png()))
    assert (refusal.value.code, refusal.value.status) == ("EVIDENCE_FULL", 409)
    assert refusal.value.block.extra == {"max_submission_mb": 50}


def test_what_was_handed_in_does_not_weigh_on_the_next_submission(clock, mei, chen):
    ticket = submitted(mei)
    ticket.evidence.filter(kind="pos_record").update(size=50 * 1024 * 1024)
    clock("2026-03-11T10:00:00+08:00")
    assert upload(mei, ticket.ref, PHOTO, making.file(making.png())).pk


# ---- What the ticket learns
def test_order_numbers_become_the_tickets(ticket, mei):
    upload(mei, ticket.ref, {"kind": "order_number", "text": "4200 0004 0420 2602 1291 1758 2536"})
    upload(mei, ticket.ref, {"kind": "payment_voucher", "order_no": "ABC-12345"}, making.file(making.png()))
    upload(mei, ticket.ref, {"kind": "failure_prompt", "order_no": "ZZZ-99999"}, making.file(making.png()))
    numbers = set(ticket.order_references.values_list("issuer", "number"))
    assert numbers == {
        ("douyin_mp", "202603100001234"), ("wechat_txn", "4200000404202602129117582536"), ("other", "ABC-12345"),
    }  # fmt: skip


def test_a_number_on_a_voucher_is_no_order_number_handed_in(clock, mei):
    ticket = file_ticket(mei, filing(order_numbers=[]))
    upload(mei, ticket.ref, {"kind": "payment_voucher", "order_no": "4200000404202602129117582536"}, making.file(making.png()))
    assert line(ticket, mei, "order_number").state == "missing"
    upload(mei, ticket.ref, {"kind": "order_number", "text": "202603100001234"})
    assert line(ticket, mei, "order_number").state == "complete"


@pytest.mark.parametrize("undo", ["review", "delete"])
def test_an_order_number_refused_or_taken_back_empties_the_slot(clock, mei, lin, undo):
    ticket = file_ticket(mei, filing(order_numbers=[]))
    item = upload(mei, ticket.ref, {"kind": "order_number", "text": "202603100001234"})
    if undo == "review":
        review(lin, item.pk, "rejected", "看不清")
    else:
        delete(mei, item.pk)
    assert line(ticket, mei, "order_number").have == 0
    assert not ticket.order_references.exists()
    if undo == "review":
        review(lin, item.pk, "accepted")
        assert ticket.order_references.get().issuer == "douyin_mp"


def test_a_statement_is_the_tickets_until_it_is_submitted(clock, mei, lin):
    ticket = file_ticket(mei, {"category": "mp_topup_stolen", "amount": "600.00", "demands": ["investigate"]})
    assert line(ticket, mei, "written_statement").state == "missing"
    upload(mei, ticket.ref, {"kind": "written_statement", "symptom": "账户被人盗用，充值了六百元，我没有操作过。", "demands": ["refund"]})
    upload(mei, ticket.ref, {"kind": "written_statement", "occurred_at": "2026-03-10T20:15:00+08:00", "amount": "600.00"})
    ticket.refresh_from_db()
    assert ticket.statement["symptom"].startswith("账户")
    assert (ticket.statement["occurred_at"], ticket.statement["amount"]) == ("2026-03-10T20:15:00+08:00", "600.00")
    assert ticket.demands == ["investigate", "refund"]
    assert line(ticket, mei, "written_statement").state == "complete"


def test_a_statement_after_the_appeal_is_evidence_and_nothing_more(clock, mei):
    ticket = submitted(mei)
    before = dict(ticket.statement)
    upload(mei, ticket.ref, {"kind": "written_statement", "symptom": "后来我又想起来一件事情，请一并考虑，谢谢。"})
    ticket.refresh_from_db()
    assert ticket.statement == before


def test_adding_evidence_is_an_act_that_ends_the_silence(ticket, mei, clock):
    clock("2026-04-01T10:00:00+08:00")
    upload(mei, ticket.ref, PHOTO, making.file(making.png()))
    assert ticket.timers.get(key="abandoned").started_at.isoformat() == "2026-04-01T02:00:00+00:00"


# ---- One of a kind
def test_a_second_id_card_takes_the_place_of_the_first(ticket, mei, clock):
    raw = {"kind": "id_card_front", "consent": True}
    first = upload(mei, ticket.ref, raw, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    second = upload(mei, ticket.ref, raw, making.file(making.png((1, 2, 3))))
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == ("superseded", second)
    assert first.original and first.sha256 != second.sha256
    inspect_waiting(clock("2026-03-10T20:54:00+08:00"))
    assert line(ticket, mei, "identity_proof").have == 0
    assert [i.state for i in ticket.evidence.order_by("pk")] == ["superseded", "clean"]


def test_a_refused_replacement_brings_the_good_one_back(ticket, mei, clock):
    raw = {"kind": "id_card_front", "consent": True}
    first = upload(mei, ticket.ref, raw, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    upload(mei, ticket.ref, raw, making.file(making.png(size=(100, 100))))
    inspect_waiting(clock("2026-03-10T20:54:00+08:00"))
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == ("clean", None)


def test_screenshots_may_be_many_and_the_same_one_counts_once(ticket, mei, clock):
    duplicate = file_ticket(mei, filing("billing_duplicate"))
    for data in (making.png(), making.png()):
        upload(mei, duplicate.ref, {"kind": "payment_voucher"}, making.file(data))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    assert [i.state for i in duplicate.evidence.all()] == ["clean", "clean"]
    assert line(duplicate, mei, "payment_voucher").have == 1


# ---- Consent
def test_sensitive_kinds_need_consent_before_the_appeal(clock, mei):
    ticket = file_ticket(mei, filing("withdrawal_restricted"))
    upload(mei, ticket.ref, {"kind": "restriction_screenshot"}, making.file(making.png()))
    for kind in ("id_card_front", "id_card_back"):
        item = upload(mei, ticket.ref, {"kind": kind}, making.file(making.png(), "张三身份证.png"))
        assert (item.consent_at, item.original_name) == (None, "")
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    with pytest.raises(Refusal) as refusal:
        perform(mei, ticket.ref, "submit_appeal")
    assert (refusal.value.code, refusal.value.status) == ("CONSENT_REQUIRED", 422)
    for item in ticket.evidence.filter(kind__startswith="id_card"):
        given = give_consent(mei, item.pk)
        assert (given.consent_at, given.consent_version) == (given.consent_at, "2026.1")
        assert given.consent_at is not None
    assert perform(mei, ticket.ref, "submit_appeal").status == "appeal_submitted"


def test_nobody_else_consents_for_the_owner(ticket, mei, lin, wang):
    item = upload(mei, ticket.ref, {"kind": "passport"}, making.file(making.png()))
    with pytest.raises(Forbidden):
        give_consent(lin, item.pk)
    with pytest.raises(NotFound):
        give_consent(wang, item.pk)
    ordinary = upload(mei, ticket.ref, PHOTO, making.file(making.png()))
    assert code_of(give_consent, mei, ordinary.pk) == "WRONG_STATUS"


def test_consent_is_remembered_only_where_it_is_asked_for(ticket, mei):
    assert upload(mei, ticket.ref, {**PHOTO, "consent": True}, making.file(making.png())).consent_at is None


def test_nothing_stays_in_the_store_when_the_ticket_changed_meanwhile(ticket, mei, vault, monkeypatch):
    """Between the first look and the lock another browser tab withdrew the complaint."""
    from evidence.intake import uploads as intake_upload

    put = intake_upload.store.put

    def put_and_withdraw(data):
        name = put(data)
        perform(mei, ticket.ref, "withdraw", {})
        return name

    monkeypatch.setattr(intake_upload.store, "put", put_and_withdraw)
    assert code_of(upload, mei, ticket.ref, PHOTO, making.file(making.png())) == "WRONG_STATUS"
    assert stored(vault) == []


@override_settings(CELERY_TASK_ALWAYS_EAGER=True)
def test_a_committed_upload_is_inspected_by_its_task(ticket, mei, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        item = upload(mei, ticket.ref, PHOTO, making.file(making.png()))
    item.refresh_from_db()
    assert item.state == "clean"


def test_a_customer_of_another_ticket_is_a_stranger_even_with_one_of_their_own(ticket, clock):
    other = person("zhao.liu@example.com")
    file_ticket(other, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    with pytest.raises(NotFound):
        upload(other, ticket.ref, PHOTO, making.file(making.png()))
