"""A statement of balance is a document in the case, drawn from what was issued; none is promised away by a reference."""

from __future__ import annotations

import io
import zipfile

import pypdfium2
import pytest
from django.utils import translation

from evidence.dossier import DossierRequest, dossier
from evidence.models import EvidenceItem
from evidence.operations import as_dict, content
from tickets.models import Bill, BillFinding, Ticket
from tickets.operations import perform
from tickets.tests.making import FINDING, under_review
from tickets.workflow import Invalid, Refusal

ENTRIES = [
    {"at": "2026-03-01T10:00:00+08:00", "text": "充值", "amount": "200.00"},
    {"at": "2026-03-02T11:30:00+08:00", "text": "自动续费", "amount": "-30.50"},
]
BODY = {"opening": "100.00", "entries": ENTRIES, "closing": "259.50", "note": "差额来自一笔未登记的扣款。"}


def text_of(paper: bytes) -> str:
    with pypdfium2.PdfDocument(paper) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def promised(clock, mei, chen) -> Ticket:
    """Approved: a statement of balance is to be issued."""
    clock("2026-03-10T10:00:00+08:00")
    ticket = under_review(mei, chen, "card_cover_balance", demands=["statement"], amount="10.00")
    finding = {**FINDING, "answers": {"statement": "同意出具。"}}
    return perform(chen, ticket.ref, "approve", {**finding, "remedies": [{"kind": "statement_of_balance"}]})


def test_a_reference_is_no_document(promised, lin):
    with pytest.raises(Refusal) as refused:
        perform(lin, promised.ref, "confirm_remedy", {"reference": "R-1"})
    assert (refused.value.code, refused.value.status) == ("DOCUMENT_REQUIRED", 422)
    perform(lin, promised.ref, "issue_statement", BODY)
    assert perform(lin, promised.ref, "confirm_remedy", {"reference": "R-1"}).status == "resolved"


def test_neither_the_customers_own_paper_nor_a_hidden_one_is_the_document(promised, lin, mei):
    for values in ({"uploaded_by": mei}, {"uploaded_by": lin, "internal": True}, {"uploaded_by": lin, "state": "rejected"}):
        promised.evidence.create(kind="statement_of_balance", **{"state": "clean", **values})
    with pytest.raises(Refusal) as refused:
        perform(lin, promised.ref, "confirm_remedy", {"reference": "R-1"})
    assert refused.value.code == "DOCUMENT_REQUIRED"


def test_issuing_keeps_the_promise_and_the_owner_has_it(promised, lin, mei, clock):
    assert promised.timers.get(key="statement").stopped_at is None
    at = clock("2026-03-11T09:00:00+08:00")
    perform(lin, promised.ref, "issue_statement", BODY)
    assert promised.timers.get(key="statement").stopped_at == at
    item = promised.evidence.get(kind="statement_of_balance")
    assert as_dict(item, mei)["fields"]["difference"] == "-10.00"  # 259.50 is 10.00 less than 100.00 + 200.00 - 30.50
    event = promised.events.get(kind="issue_statement")
    assert event.data == {"item": item.pk, "closing": "259.50", "difference": "-10.00"}
    with translation.override("zh-hans"):
        chinese = text_of(content(mei, item.pk).data)
    with translation.override("en"):
        english = text_of(content(mei, item.pk).data)
    for said in ("余额对账单", promised.ref, "期初余额", "100.00", "自动续费", "-30.50", "期末余额", "259.50", "-10.00", "差额来自"):
        assert said in chinese
    for said in ("Statement of balance", "Opening balance", "Closing balance", "differs", "-10.00"):
        assert said in english


def test_it_goes_out_with_the_dossier(promised, lin, mei):
    perform(lin, promised.ref, "issue_statement", BODY)
    archive = zipfile.ZipFile(io.BytesIO(dossier(mei, promised.ref, DossierRequest(language="zh-hans")).data))
    (name,) = (name for name in archive.namelist() if "statement_of_balance" in name)
    assert "期末余额" in text_of(archive.read(name))


def test_a_bill_that_was_read_gives_the_movements(promised, lin, clock):
    bill = Bill.objects.create(name="wechat.csv", uploaded_by=lin, created_at=clock("2026-03-11T09:00:00+08:00"), state="done")
    paid = {"number": "4200000404", "amount": "50.00", "refunded": "20.00", "state": "paid", "at": "2026-03-05 12:00:00"}
    BillFinding.objects.create(bill=bill, ticket=promised, verdict="paid", amount="30.00", transactions=[paid])
    body = {"opening": "100.00", "bill": str(bill.public_id), "closing": "70.00"}
    perform(lin, promised.ref, "issue_statement", body)
    fields = promised.evidence.get(kind="statement_of_balance").fields
    assert [entry["amount"] for entry in fields["entries"]] == ["-50.00", "20.00"]
    assert fields["difference"] == "0.00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**BODY, "bill": "x"}, "entries"),
        ({"opening": "1.00", "closing": "1.00"}, "entries"),
        ({"opening": "1.00", "closing": "1.00", "bill": "00000000-0000-0000-0000-000000000000"}, "bill"),
        ({**BODY, "entries": [{"at": "2026-03-01T10:00:00", "text": "x", "amount": "1.00"}]}, "entries"),
        ({**BODY, "entries": [{"at": "2026-03-01T10:00:00+08:00", "text": "x", "amount": "1.001"}]}, "entries"),
        ({**BODY, "opening": ""}, "opening"),
    ],
)
def test_what_makes_no_statement_is_refused_by_its_field(promised, lin, body, field):
    with pytest.raises(Invalid) as refused:
        perform(lin, promised.ref, "issue_statement", body)
    assert field in refused.value.errors
    assert not EvidenceItem.objects.filter(kind="statement_of_balance").exists()


def test_lines_as_people_type_them(promised, lin):
    perform(lin, promised.ref, "issue_statement", {**BODY, "entries": "2026-03-01 10:00 | 充值 | 200\n2026-03-02 11:30 | 自动续费 | -30.5"})
    entries = promised.evidence.get(kind="statement_of_balance").fields["entries"]
    assert [(entry["text"], entry["amount"]) for entry in entries] == [("充值", "200.00"), ("自动续费", "-30.50")]
