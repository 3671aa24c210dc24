"""Receipts: computed, checked by anyone with the code, and telling nobody more than that."""

import hashlib
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.operations import delete, reclassify
from evidence.periodic import inspect_waiting
from evidence.receipts import Receipt, receipts, render_receipt, verify_code
from evidence.receipts.codes import CROCKFORD, code_of, read_code
from evidence.tests import making
from tickets.models import Freeze, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing, put_evidence
from tickets.workflow.errors import Forbidden, NotFound, WrongStatus


@pytest.fixture
def shop(clock, mei) -> Ticket:
    """A complaint with everything an appeal needs, not yet submitted."""
    clock("2026-03-10T20:52:00+08:00")
    ticket = file_ticket(mei, filing("merchant_deduction"))
    clock("2026-03-10T21:00:00+08:00")
    upload(
        mei, ticket.ref, {"kind": "pos_record", "order_no": "AB123456", "shown_at": "2026-03-10T20:15:00+08:00"}, making.file(making.png())
    )
    inspect_waiting(clock("2026-03-10T21:01:00+08:00"))
    return ticket


def newest(owner, ticket: Ticket) -> Receipt:
    return receipts(owner, ticket.ref)[-1]


def test_a_code_leads_to_its_receipt_however_it_is_typed(ticket, mei):
    code = newest(mei, ticket).code
    assert len(code.replace("-", "")) == 24
    spelt = code.lower().replace("0", "o").replace("1", "l")
    for typed in (
        code,
        code.replace("-", ""),
        code.replace("-", " "),
        spelt,
        f" {code}\n",
        code.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        assert verify_code(typed).ticket == ticket


def test_every_altered_code_is_refused(ticket, mei):
    plain = newest(mei, ticket).code.replace("-", "")
    altered = [plain[:at] + other + plain[at + 1 :] for at in range(24) for other in CROCKFORD if other != plain[at]]
    assert len(altered) == 24 * 31
    assert [typed for typed in altered if read_code(typed) is not None] == []


@pytest.mark.parametrize("typed", ["", "-", "A", "U" * 24, "0" * 24, "0" * 23, "0" * 32, "🐟" * 24, "\x00" * 24, "字" * 24, "A" * 100_000])
def test_what_is_no_code_is_not_found_without_a_query(ticket, typed, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(NotFound):
        verify_code(typed)


def test_a_forged_code_costs_no_query_whether_its_ticket_exists_or_not(ticket, mei, settings, django_assert_num_queries):
    settings.EVIDENCE_HMAC_KEY = "another key"
    forged, nowhere = code_of(ticket.pk, 0), code_of(ticket.pk + 1000, 0)
    settings.EVIDENCE_HMAC_KEY = "the key"
    for code in (forged, nowhere):
        with django_assert_num_queries(0), pytest.raises(NotFound):
            verify_code(code)


def test_a_true_code_of_a_submission_that_never_was_is_not_found(ticket):
    for number in (1, 255):
        with pytest.raises(NotFound):
            verify_code(code_of(ticket.pk, number))
    with pytest.raises(NotFound):
        verify_code(code_of(ticket.pk + 1000, 0))


def test_the_filing_is_number_0_and_lists_nothing_that_came_later(shop, mei):
    (filed,) = receipts(mei, shop.ref)
    assert (filed.number, filed.at, filed.submitted_at) == (0, shop.reported_at, None)
    assert filed.entries == ()
    assert {clock.key for clock in filed.clocks} == {"first_response", "regulatory_final"}


def test_a_submission_lists_what_was_handed_in_with_its_hashes(shop, mei, clock):
    at = clock("2026-03-10T22:00:00+08:00")
    perform(mei, shop.ref, "submit_appeal")
    receipt = newest(mei, shop)
    item = EvidenceItem.objects.get(kind="pos_record")
    assert (receipt.number, receipt.submitted_at) == (1, at)
    assert [(e.kind, e.arrived_at, e.sha256) for e in receipt.entries] == [
        ("pos_record", item.uploaded_at, hashlib.sha256(making.png()).hexdigest())
    ]
    assert {clock.key for clock in receipt.clocks} == {"review_limit", "no_action"}


def test_the_first_receipt_still_verifies_after_a_second_submission(shop, mei, chen, zhao, clock):
    clock("2026-03-10T22:00:00+08:00")
    perform(mei, shop.ref, "submit_appeal")
    first = newest(mei, shop)
    clock("2026-03-11T10:00:00+08:00")
    put_evidence(shop, "cs_conversation")
    shop.submissions.create(
        number=2,
        at=clock("2026-03-12T10:00:00+08:00"),
        by=mei,
        items=[{"id": i.pk, "kind": i.kind, "sha256": i.sha256} for i in shop.evidence.all()],
    )
    second = newest(mei, shop)
    assert (second.number, len(second.entries)) == (2, 2)
    assert first.code != second.code
    assert verify_code(first.code).digest == first.digest
    assert verify_code(second.code).digest == second.digest != first.digest


def test_nothing_that_happens_later_changes_the_digest(mei, lin, sun, zhou, clock):
    ticket = file_ticket(mei, {"category": "mp_topup_stolen", "account": "douyin:13800138000", "request_freeze": True, "not_me": True})
    clock("2026-03-10T21:00:00+08:00")
    upload(mei, ticket.ref, {"kind": "uncategorized_file"}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T21:01:00+08:00"))
    item = EvidenceItem.objects.get()
    ticket.submissions.create(
        number=1, at=clock("2026-03-10T22:00:00+08:00"), by=mei, items=[{"id": item.pk, "kind": item.kind, "sha256": item.sha256}]
    )
    before = [(each.code, each.digest, each.content) for each in receipts(mei, ticket.ref)]
    clock("2026-03-10T23:00:00+08:00")
    perform(zhou, ticket.ref, "confirm_freeze", {"reference": "F-1"})
    reclassify(lin, item.pk, "payment_voucher")
    delete(mei, item.pk)
    assert [(each.code, each.digest, each.content) for each in receipts(mei, ticket.ref)] == before
    freeze = Freeze.objects.get()
    assert newest(mei, ticket).freeze == freeze
    assert freeze.active_at is not None


def test_the_digest_is_the_hash_of_canonical_json(ticket, mei):
    receipt = newest(mei, ticket)
    told = json.loads(receipt.content)
    again = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(again.encode()).hexdigest() == receipt.digest
    assert told["reference"] == ticket.ref
    assert told["filed_at"] == "2026-03-10T12:52:00Z"


def test_hashes_of_what_was_typed_are_not_public_because_a_short_number_can_be_guessed(shop, mei, clock):
    upload(mei, shop.ref, {"kind": "order_number", "text": "202603100001234"})
    perform(mei, shop.ref, "submit_appeal")
    receipt = newest(mei, shop)
    guessed = hashlib.sha256(b"202603100001234").hexdigest()
    assert guessed in [entry.sha256 for entry in receipt.entries]
    assert guessed not in receipt.content
    assert guessed not in [entry.shown_sha256 for entry in receipt.entries]


def test_of_the_owner_and_the_desk_not_of_strangers_programs_or_before_filing(shop, mei, wang, lin, chen, adapter, admin_person):
    for viewer in (mei, lin, chen):
        assert receipts(viewer, shop.ref)
    for viewer in (wang, admin_person):
        with pytest.raises(NotFound):
            receipts(viewer, shop.ref)
    with pytest.raises(Forbidden):
        receipts(adapter, shop.ref)
    Ticket.objects.filter(pk=shop.pk).update(status="draft", reported_at=None)
    with pytest.raises(WrongStatus):
        receipts(mei, shop.ref)


def test_the_number_of_queries_does_not_grow_with_the_items(ticket, mei):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            receipts(mei, ticket.ref)
        return len(captured)

    said = {"kind": "cs_conversation", "text": "客服说会处理，但是一直没有处理。"}
    upload(mei, ticket.ref, said)
    few = queries()
    for _number in range(7):
        upload(mei, ticket.ref, said)
    items = [{"id": item.pk, "kind": item.kind, "sha256": item.sha256} for item in ticket.evidence.all()]
    ticket.submissions.create(number=1, at=ticket.reported_at, by=mei, items=items)
    assert queries() == few
    assert len(newest(mei, ticket).entries) == 8


def test_the_paper_says_the_code_the_digest_and_each_hash(shop, mei):
    perform(mei, shop.ref, "submit_appeal")
    receipt = newest(mei, shop)
    text = making.pdf_text(render_receipt(receipt))
    for said in (shop.ref, receipt.code, receipt.digest, receipt.entries[0].sha256, "回执", "21:00:00", "北京时间"):
        assert said in text
