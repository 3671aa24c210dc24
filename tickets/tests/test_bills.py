"""Payment bills: read whatever program wrote them, compared with complaints, and nothing done without a person."""

from __future__ import annotations

import csv
import io
import tracemalloc
import uuid
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from tickets.bills.files import CompressedFile, NotABill
from tickets.bills.layouts import fingerprint
from tickets.bills.reading import Charge, charges
from tickets.bills.verdicts import finding, proposal
from tickets.cases.case import Case
from tickets.models import Bill, BillFinding, BillLayout, Ticket
from tickets.operations import file_ticket, perform
from tickets.operations.erase_texts import forget_texts
from tickets.operations.reconciling import begin_bill, confirm_finding, dismiss_finding, hindrance, map_layout, read_bill
from tickets.tests.making import filing
from tickets.workflow import Status
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

pytestmark = pytest.mark.sqlite

TXN, TXN2 = "4200002603101234567890123456", "4200002603101234567890123457"
DATA = Path(__file__).parent / "data" / "bills"
WECHAT, WECHAT_MERCHANT, ALIPAY, ALIPAY_OLD = (
    (DATA / f"{name}.csv").read_text() for name in ("wechat", "wechat_merchant", "alipay", "alipay_old")
)


def pressed(data: bytes) -> CompressedFile:
    made = CompressedFile()
    for start in range(0, len(data), 1000):
        made.add(data[start : start + 1000])
    made.end()
    return made


def read(text: str, encoding: str = "utf-8") -> list[Charge]:
    return list(charges(pressed(text.encode(encoding)).chunks, lambda row: None))


# ---- Reading
def test_a_customers_bill_of_wechat():
    found = read(WECHAT)
    assert [(each.numbers, each.amount, each.state, each.refunded) for each in found] == [
        ((TXN, "M20260310001"), Decimal("1280.00"), "paid", 0),
        ((TXN2, "M20260310001"), Decimal("1280.00"), "paid", 0),
        (("4200002603112222333344445555",), Decimal("30.00"), "refunded", Decimal("12.00")),
    ]


def test_a_merchants_bill_of_wechat_with_its_summary():
    found = read(WECHAT_MERCHANT)
    assert [(each.numbers, each.amount, each.state, each.refunded) for each in found] == [
        ((TXN, "ORDER-1"), Decimal("1280.00"), "paid", 0),
        ((TXN, "ORDER-1"), Decimal("0.00"), "refunded", Decimal("1280.00")),
    ]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_a_customers_bill_of_alipay_in_any_encoding(encoding):
    found = read(ALIPAY, encoding)
    assert [(each.numbers[0][-1], each.amount, each.state) for each in found] == [
        ("1", Decimal("1280.00"), "paid"), ("2", Decimal("1280.00"), "failed"),
    ]  # fmt: skip


def test_alipay_closes_what_it_has_paid_back():
    assert [(each.state, each.refunded) for each in read(ALIPAY_OLD, "gbk")] == [("refunded", Decimal("1280.00"))]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x00", "x" * 500_000, '"' * 1001, "<html>\n" * 100, "交易单号,金额\n1,2\n"])
def test_what_is_no_bill_is_said_to_be_none(text):
    with pytest.raises(NotABill):
        read(text)


def test_headings_nobody_knows_are_handed_back():
    with pytest.raises(NotABill) as refused:
        read("对账单\n流水,渠道号,发生额,结果\n1,ABC123456,1.00,OK\n")
    assert refused.value.headings == ["流水", "渠道号", "发生额", "结果"]


def test_a_picture_has_no_headings_that_a_person_could_map():
    for start in (b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"PK\x03\x04\x14\x00"):
        with pytest.raises(NotABill) as refused:
            list(charges(pressed(start + b"\nab,cd,ef,gh\nij,kl,mn\n").chunks, lambda row: None))
        assert refused.value.headings == []


def test_a_quotation_mark_that_nobody_closes_does_not_swallow_all_of_memory():
    text = WECHAT + '2026-03-12,x,x,"' + "y" * 300_000 + "\n"
    assert len(read(text)) == 3


@pytest.mark.parametrize("place", [0, 3, 96, 98, 99])
def test_a_quotation_mark_that_nobody_closes_loses_no_line(place):
    head, row = WECHAT.split("2026-03-10")[0], WECHAT.split("\n")[4]
    rows = [row.replace(TXN, f"{number:028}") for number in range(100)]
    rows[place] = rows[place].replace(",", ',"', 2)
    found = read(head + "\n".join(rows) + "\n")
    assert len({each.numbers[0] for each in found} | {f"{place:028}"}) == 100
    assert len(found) >= 99


def test_a_note_over_two_lines_is_one_field():
    head, row = WECHAT.split("2026-03-10")[0], WECHAT.split("\n")[4]
    fields = row.split(",")
    fields[-1] = '"one, and\nanother"'
    assert len(read(head + ",".join(fields) + "\n" + row + "\n")) == 2


@pytest.mark.postgres_suffices
def test_a_hundred_thousand_lines_need_no_more_memory_than_a_hundred():
    head, row = WECHAT.split("2026-03-10")[0], WECHAT.split("\n")[4]
    out = io.StringIO(head)
    out.seek(0, io.SEEK_END)
    for number in range(100_000):
        out.write(row.replace(TXN, f"{number:028}") + "\n")
    made = pressed(out.getvalue().encode("gb18030"))
    del out
    tracemalloc.start()
    count = sum(1 for _charge in charges(made.chunks, lambda row: None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 100_000
    assert peak < 4_000_000


# ---- Verdicts
def line(number: str, amount: str, state: str = "paid", refunded: str = "0") -> Charge:
    return Charge((number,), Decimal(amount), state, Decimal(refunded), "2026-03-10")


@pytest.mark.parametrize(
    ("lines", "verdict", "amount"),
    [
        ([line("a1", "10")], "paid", "10"),
        ([line("a1", "10"), line("a1", "0", "refunded", "10")], "refunded", "10"),
        ([line("a1", "10", "refunded", "10")], "refunded", "10"),
        ([line("a1", "10", "refunded", "4")], "other_amount", "4"),
        ([line("a1", "10"), line("a2", "10")], "charged_twice", "10"),
        ([line("a1", "10"), line("a2", "10"), line("a3", "10")], "charged_twice", "20"),
        ([line("a1", "100"), line("a2", "100"), line("a3", "5")], "charged_twice", "100"),
        ([line(f"a{n}", "9999999999") for n in range(200)], "charged_twice", "9999999999.99"),
        ([line("a1", "10"), line("a2", "10", "refunded", "10")], "paid", "10"),
        ([line("a1", "10"), line("a2", "10", "failed")], "paid", "10"),
        ([line("a1", "12.50")], "other_amount", "2.50"),
        ([line("a1", "10", "failed")], "failed", "10"),
        ([line("a1", "10", "pending"), line("a2", "10", "failed")], "pending", "10"),
        ([line("a1", "10", "unknown")], "undecided", "10"),
    ],
)
def test_what_the_lines_say(lines, verdict, amount):
    found = finding(lines, Decimal("10"))
    assert (found.verdict, found.amount) == (verdict, Decimal(amount))


def test_what_follows_from_it():
    paid, failed = finding([line("a1", "10")], Decimal(10)), finding([line("a1", "10", "failed")], Decimal(10))
    twice = finding([line("a1", "10"), line("a2", "10")], Decimal(10))
    assert asdict(proposal(paid, "failed", ["refund_original"])) == {
        "party": "platform",
        "remedy": "refund_original",
        "channel_status": "success",
    }
    assert proposal(paid, "paid", ["refund_original"]).remedy is None
    assert proposal(failed, "failed", ["refund_original"]).party == "channel"
    assert proposal(twice, None, ["refund_duplicate"]).remedy == "refund_duplicate"
    assert proposal(twice, None, ["explain"]).remedy is None


# ---- With complaints
@pytest.fixture
def complaint(clock, mei) -> Ticket:
    clock("2026-03-12T10:00:00+08:00")
    orders = [{"issuer": "wechat_txn", "number": TXN}, {"issuer": "other", "number": "M20260310001"}]
    return file_ticket(mei, filing("billing_duplicate", amount="1280.00", order_numbers=orders))


def handed_in(actor, text: str, encoding: str = "utf-8") -> Bill:
    return read_bill(actor, begin_bill(actor, uuid.uuid4(), "三月.csv", "0" * 64), pressed(text.encode(encoding)).chunks)


@pytest.mark.django_db
def test_a_bill_finds_its_complaint_and_keeps_no_strangers_line(complaint, lin):
    bill = handed_in(lin, WECHAT, "gb18030")
    assert (bill.state, bill.lines, bill.unread) == ("done", 4, {})
    row = bill.findings.get()
    assert (row.ticket, row.verdict, row.amount, row.remedy) == (complaint, "charged_twice", Decimal("1280.00"), "refund_duplicate")
    assert [each["number"] for each in row.transactions] == [TXN, TXN2]
    assert "4200002603112222333344445555" not in str(BillFinding.objects.values())
    assert complaint.events.filter(kind="reconciled").count() == 0


@pytest.mark.django_db
def test_a_person_confirms_and_the_complaint_says_so(complaint, lin):
    row = handed_in(lin, WECHAT).findings.get()
    confirm_finding(lin, row.pk)
    complaint.refresh_from_db()
    assert complaint.responsible_parties == ["channel"]
    event = complaint.events.get(kind="reconciled")
    assert (event.visibility, event.actor, event.data["verdict"]) == ("internal", lin, "charged_twice")
    with pytest.raises(Refusal) as again:
        confirm_finding(lin, row.pk)
    assert again.value.code == "WRONG_STATUS"
    assert complaint.events.filter(kind="reconciled").count() == 1


@pytest.mark.django_db
def test_the_channels_word_becomes_a_fact_where_the_category_asks_for_it(clock, mei, lin):
    clock("2026-03-12T10:00:00+08:00")
    facts = {"deducted_at": "2026-03-10T20:15:00+08:00", "channel_status": "unknown", "platform_status": "failed"}
    ticket = file_ticket(
        mei, filing("pay_failed_deducted", amount="1280.00", facts=facts, order_numbers=[{"issuer": "wechat_txn", "number": TXN}])
    )
    confirm_finding(lin, handed_in(lin, WECHAT).findings.get(ticket=ticket).pk)
    ticket.refresh_from_db()
    assert (ticket.facts["channel_status"], ticket.routing, ticket.responsible_parties) == ("success", "platform_sync", ["platform"])


@pytest.mark.django_db
def test_a_refund_the_bill_shows_is_recorded(clock, mei, lin):
    clock("2026-03-12T10:00:00+08:00")
    ticket = file_ticket(mei, filing("billing_duplicate", amount="1280.00", order_numbers=[{"issuer": "wechat_txn", "number": TXN}]))
    row = handed_in(lin, WECHAT_MERCHANT).findings.get()
    assert row.verdict == "refunded"
    confirm_finding(lin, row.pk)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"


@pytest.mark.django_db
def test_a_complaint_that_is_over_refuses_and_the_finding_waits(complaint, mei, lin):
    row = handed_in(lin, WECHAT).findings.get()
    perform(mei, complaint.ref, "withdraw", {})
    with pytest.raises(Refusal):
        confirm_finding(lin, row.pk)
    row.refresh_from_db()
    assert row.state == "proposed"
    assert dismiss_finding(lin, row.pk).state == "dismissed"


@pytest.mark.django_db
def test_only_agents_and_supervisors_compare(complaint, mei, chen, sun, lin):
    row = handed_in(lin, WECHAT).findings.get()
    for other in (mei, chen, sun):
        with pytest.raises(Forbidden):
            begin_bill(other, uuid.uuid4(), "x", "")
        with pytest.raises(Forbidden):
            confirm_finding(other, row.pk)
    with pytest.raises(NotFound):
        confirm_finding(lin, row.pk + 1)


@pytest.mark.django_db
def test_nobody_confirms_on_their_own_complaint(clock, lin):
    clock("2026-03-12T10:00:00+08:00")
    file_ticket(lin, filing("billing_duplicate", amount="1280.00", order_numbers=[{"issuer": "wechat_txn", "number": TXN}]))
    row = handed_in(lin, WECHAT).findings.get()
    with pytest.raises(Refusal) as refused:
        dismiss_finding(lin, row.pk)
    assert refused.value.code == "CONFLICT_OF_INTEREST"


@pytest.mark.django_db
def test_what_follows_is_read_in_few_statements(complaint, lin, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        handed_in(lin, WECHAT)


@pytest.mark.django_db
def test_a_bill_whose_reader_died_is_read_by_the_next_press(complaint, lin, zhao, time_machine):
    key = uuid.uuid4()
    assert begin_bill(lin, key, "x", "") is not None
    assert begin_bill(lin, key, "x", "") is None  # somebody reads it
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    assert begin_bill(zhao, key, "x", "") is None  # not theirs
    taken = begin_bill(lin, key, "x", "")
    assert read_bill(lin, taken, pressed(WECHAT.encode()).chunks).state == "done"
    assert begin_bill(lin, key, "x", "") is None


@pytest.mark.django_db
def test_forgetting_a_complaint_forgets_its_transactions(complaint, lin):
    row = handed_in(lin, WECHAT).findings.get()
    forget_texts(Case(complaint, timezone.now(), lin))
    row.refresh_from_db()
    assert (row.transactions, row.verdict) == ([], "charged_twice")


# ---- Layouts that a person maps
OWN = "流水,渠道号,发生额,结果\n1,{0},1280.00,OK\n2,{1},1280.00,NG\n"


@pytest.mark.django_db
def test_columns_are_mapped_once(complaint, lin):
    text = OWN.format(TXN, TXN2)
    bill = handed_in(lin, text)
    assert (bill.state, bill.headings) == ("failed", ["流水", "渠道号", "发生额", "结果"])
    map_layout(lin, bill.headings, {"number": "1", "amount": "2", "status": "3"}, {"paid": "OK", "failed": "NG，FAIL"})
    again = handed_in(lin, text, "gbk")
    assert (again.state, again.findings.get().verdict) == ("done", "paid")
    assert BillLayout.objects.get().fingerprint == fingerprint(["流水", "渠道号", "发生额", "结果"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "field"),
    [({}, "number"), ({"number": "0"}, "amount"), ({"number": "9", "amount": "1"}, "number"), ({"number": "-1", "amount": "1"}, "number"),
     ({"number": "٣", "amount": "1"}, "number")],
)  # fmt: skip
def test_columns_that_are_none_are_refused(lin, columns, field):
    with pytest.raises(Invalid) as refused:
        map_layout(lin, ["a", "b", "c"], columns, {})
    assert field in refused.value.errors


def test_bills_in_the_tests_are_csv_as_programs_write_it():
    assert all(len(row) >= 10 for row in list(csv.reader(io.StringIO(WECHAT)))[3:])


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
@pytest.mark.parametrize("bill", [WECHAT, WECHAT_MERCHANT], ids=["parties", "refund"])
def test_what_hinders_is_what_the_confirmation_refuses(complaint, lin, zhao, bill, status):
    row = handed_in(lin, bill).findings.get()
    Ticket.objects.filter(pk=complaint.pk).update(status=status)
    row.ticket.refresh_from_db()
    for actor in (zhao, lin):
        said = hindrance(actor, row)
        try:
            with transaction.atomic():
                confirm_finding(actor, row.pk)
                transaction.set_rollback(True)
        except Refusal as refusal:
            assert said is not None
            assert said.code == refusal.code
        else:
            assert said is None


@pytest.mark.parametrize("amount", ["-1280.00", "0.00"])
def test_no_sum_of_a_payment_is_a_refund(amount):
    found = finding(read(WECHAT.replace("1280.00", amount))[:1], Decimal("1280.00"))
    assert found.verdict == ("paid" if amount == "-1280.00" else "undecided")


def test_an_amount_beyond_counting_is_no_charge_and_loses_nothing_else():
    assert len(read(WECHAT.replace("1280.00", "1e9999999", 1))) == len(read(WECHAT)) - 1


def test_rows_of_no_bill_are_refused_at_once():
    with pytest.raises(NotABill) as refused:
        read("\n".join(",".join(["名称"] * 60_000) for _row in range(60)))
    assert refused.value.headings == []


def test_a_reading_that_breaks_leaves_no_bill_being_read(lin):
    row = Bill.objects.create(name="三月.csv", uploaded_by=lin, created_at=timezone.now())
    with pytest.raises(RuntimeError):
        read_bill(lin, row, _broken)
    row.refresh_from_db()
    assert row.state == Bill.State.FAILED


def _broken():
    raise RuntimeError
    yield b""
