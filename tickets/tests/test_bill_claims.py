"""Money is proposed once for a transaction: over all complaints, all bills, and what came back already."""

from __future__ import annotations

import threading
import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, connections

from tickets.models import BillFinding, Refund
from tickets.operations import file_ticket, perform
from tickets.operations.reconciling import begin_bill, confirm_finding, hindrance, read_bill
from tickets.tests.bill_corpus import A, M, N, R, a, alipay, w, wechat
from tickets.tests.making import filing
from tickets.tests.test_bills import handed_in
from tickets.workflow import Refusal

pytestmark = pytest.mark.sqlite

PAID, BACK = wechat(w("支付成功")), wechat(w("已全额退款"), w("已退款", number=R, kind="商户消费-退款", way="收入", at="11"))
FACTS = {"deducted_at": "2026-03-10T20:15:00+08:00", "channel_status": "unknown", "platform_status": "failed"}


@pytest.fixture(autouse=True)
def now(clock) -> None:
    clock("2026-03-12T10:00:00+08:00")


def complaint(owner, *numbers: tuple[str, str], amount: str = "36.80"):
    orders = [{"issuer": issuer, "number": number} for issuer, number in numbers or (("wechat_txn", N),)]
    return file_ticket(owner, filing("pay_failed_deducted", amount=amount, facts=FACTS, order_numbers=orders))


def proposals() -> list[BillFinding]:
    rows = BillFinding.objects.filter(held_back="", state="proposed").order_by("pk")
    return [row for row in rows if row.remedy or row.records_refund]


@pytest.mark.django_db
def test_a_refund_is_found_by_the_merchants_number_alone(mei, lin):
    """The complaint names the payment; the refund's line shares nothing with it but the merchant's number, and stands before it."""
    complaint(mei)
    row = handed_in(lin, wechat(w("已退款", number=R, way="收入", at="11"), w("支付成功"))).findings.get()
    assert (row.verdict, row.amount, [each["number"] for each in row.transactions]) == ("refunded", Decimal("36.80"), [N])


@pytest.mark.django_db
def test_what_alipay_paid_back_is_no_failed_payment(mei, lin):
    complaint(mei, ("alipay_txn", A), amount="128.00")
    text = alipay(a("退款成功", number=f"{A}_20260311001", way="不计收支", kind="退款"), a("交易关闭"))
    row = handed_in(lin, text, "gb18030").findings.get()
    assert (row.verdict, row.amount, row.remedy, row.channel_status) == ("refunded", Decimal("128.00"), "", "")


@pytest.mark.django_db
def test_a_full_refund_told_twice_is_recorded_once(mei, lin):
    ticket = complaint(mei, ("other", M))
    row = handed_in(lin, BACK).findings.get()
    assert (row.verdict, row.amount) == ("refunded", Decimal("36.80"))
    confirm_finding(lin, row.pk)
    assert [each.amount for each in ticket.refunds.all()] == [Decimal("36.80")]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [PAID, BACK], ids=["paid", "back"])
def test_a_second_bill_proposes_nothing_again(mei, lin, text):
    complaint(mei)
    first, second = (handed_in(lin, text).findings.get() for _time in range(2))
    assert [row.pk for row in proposals()] == [first.pk]
    assert (second.held_back, second.instead, second.remedy, second.verdict) == ("proposed", first, "", first.verdict)
    confirm_finding(lin, second.pk)
    assert not Refund.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("text", [PAID, BACK], ids=["paid", "back"])
def test_a_second_complaint_about_it_is_proposed_nothing(mei, wang, lin, text):
    complaint(mei)
    complaint(wang)
    bill = handed_in(lin, text)
    first, second = bill.findings.order_by("pk")
    assert [row.pk for row in proposals()] == [first.pk]
    assert second.instead == first
    third = handed_in(lin, text)
    assert [row.pk for row in proposals()] == [first.pk]
    assert third.findings.count() == 2


@pytest.mark.django_db
def test_a_complaint_that_is_over_holds_nothing_back(mei, wang, lin):
    first = complaint(mei)
    handed_in(lin, PAID)
    perform(mei, first.ref, "withdraw", {})
    complaint(wang)
    handed_in(lin, PAID)
    assert [row.ticket.owner for row in proposals() if row.ticket_id != first.pk] == [wang]
    assert BillFinding.objects.filter(ticket=first).last().remedy == ""


@pytest.mark.django_db
def test_a_later_bill_that_shows_the_refund_replaces_the_proposal_to_pay(mei, lin):
    complaint(mei)
    first, second = handed_in(lin, PAID).findings.get(), handed_in(lin, BACK).findings.get()
    first.refresh_from_db()
    assert (first.held_back, first.instead, first.remedy) == ("proposed", second, "")
    assert [row.pk for row in proposals()] == [second.pk]
    earlier = handed_in(lin, PAID).findings.get()
    assert (earlier.held_back, earlier.instead) == ("proposed", second)


@pytest.mark.django_db
def test_what_came_back_already_is_not_proposed_again(mei, lin, adapter):
    ticket = complaint(mei)
    perform(adapter, ticket.ref, "record_refund", {"amount": "36.80"})
    row = handed_in(lin, BACK).findings.get()
    assert (row.held_back, hindrance(lin, row)) == ("returned", None)
    confirm_finding(lin, row.pk)
    assert Refund.objects.count() == 1


@pytest.mark.django_db
def test_what_came_back_in_part_is_taken_off(mei, lin, adapter):
    ticket = complaint(mei)
    perform(adapter, ticket.ref, "record_refund", {"amount": "6.80", "note": "前半"})
    row = handed_in(lin, BACK).findings.get()
    assert (row.held_back, row.amount) == ("", Decimal("30.00"))


@pytest.mark.django_db
def test_a_refund_alone_says_nothing_of_what_was_paid(mei, lin):
    """The sum that may come back is the claim then, not nought."""
    ticket = complaint(mei)
    row = handed_in(lin, wechat(w("已退款", "10.00", way="收入", kind="商户消费-退款"))).findings.get()
    assert (row.verdict, row.amount, row.transactions[0]["paid"]) == ("refunded", Decimal("10.00"), None)
    with pytest.raises(Refusal) as refused:
        perform(lin, ticket.ref, "record_refund", {"amount": "40.00", "reference": "P-1", "note": "x"})
    assert refused.value.code == "ALREADY_REFUNDED"
    perform(lin, ticket.ref, "record_refund", {"amount": "36.80", "reference": "P-1"})


@pytest.mark.django_db(transaction=True)
def test_two_bills_at_once_propose_it_once(mei, wang, lin):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time is all that it has")
    complaint(mei)
    complaint(wang)
    together, failures = threading.Barrier(2), list[Exception]()

    def hand_in() -> None:
        chunks = SimpleNamespace(chunks=lambda: iter([PAID.encode()])).chunks
        try:
            bill = begin_bill(lin, uuid.uuid4(), "x", "")
            together.wait(10)
            read_bill(lin, bill, chunks)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand_in) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert (BillFinding.objects.count(), len(proposals())) == (4, 1)


@pytest.mark.parametrize("number", ["207210715100077148235523883175", "100010810122092400064222561891707533"])
@pytest.mark.django_db
def test_a_number_of_a_transfer_or_red_packet_is_one_of_wechats(mei, lin, number):
    complaint(mei, ("wechat_txn", number))
    assert handed_in(lin, wechat(w("提现已到账", number=number, merchant="/", kind="零钱提现", way="/"))).findings.get().verdict == "paid"
