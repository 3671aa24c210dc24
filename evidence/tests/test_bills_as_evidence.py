"""The bill that a payment app exports, CSV or XLSX, is evidence where a screenshot of it would be: shown as text, sealed as it came."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from evidence.files import CSV_BILL, XLSX, FileRefused, Limits, sniff
from evidence.intake import upload
from evidence.kinds import KINDS
from evidence.operations import content
from evidence.periodic import inspect_waiting
from evidence.sandbox.safe_copy import safe_copy
from evidence.tests import making
from tickets.workflow import Invalid

LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=300, pages=50)
HEADINGS = ["交易时间", "交易类型", "交易对方", "收/支", "金额(元)", "当前状态", "交易单号", "商户单号"]
NUMBER = "4200000404202603109117582536"
CHARGE = ["2026-03-10 20:15:00", "商户消费", "某店", "支出", "￥128.00", "支付成功", NUMBER, "M1"]
WHEN = datetime(2026, 3, 10, 20, 15)  # noqa: DTZ001 - a sheet knows no zone
TAKES_BILLS = ("transaction_screenshot", "billing_detail_screenshot", "bank_statement_screenshot")


def sheet(*rows: list, when: datetime | None = None) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page, of_dates = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
        if when:
            page.write_datetime(len(rows), 0, when, of_dates)
    return target.getvalue()


def commas(*rows: list[str], encoding: str = "utf-8") -> bytes:
    return "".join(f"{','.join(row)}\r\n" for row in rows).encode(encoding)


def repacked(data: bytes, name: str, part: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
    return target.getvalue()


def refusal(data: bytes, media_type: str) -> str:
    with pytest.raises(FileRefused) as refused:
        safe_copy(data, media_type, LIMITS)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_csv_is_shown_as_a_table(encoding) -> None:
    copy = safe_copy(commas(["微信支付账单明细"], HEADINGS, CHARGE, encoding=encoding), CSV_BILL, LIMITS)
    assert copy.data.decode().splitlines()[1:] == [" | ".join(HEADINGS), " | ".join(CHARGE)]
    assert copy.media_type == "text/plain; charset=utf-8"


def test_a_workbook_is_shown_as_a_table_its_dates_as_dates() -> None:
    data = sheet(["微信支付账单明细"], HEADINGS, CHARGE, when=WHEN)
    assert sniff(data) == XLSX
    lines = safe_copy(data, XLSX, LIMITS).data.decode().splitlines()
    assert lines[1:] == [" | ".join(HEADINGS), " | ".join(CHARGE), "2026-03-10 20:15:00"]


def test_what_has_no_headings_is_no_bill() -> None:
    assert refusal("您好，请退款\n谢谢，再见\n".encode(), CSV_BILL) == refusal(sheet(["您好", "请退款"]), XLSX) == "not_a_bill"


def test_hostile_workbooks_are_refused() -> None:
    plain = sheet(HEADINGS, CHARGE)
    assert refusal(repacked(plain, "xl/worksheets/sheet1.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), XLSX) == "unreadable"
    assert refusal(repacked(plain, "xl/worksheets/sheet1.xml", b" " * (41 * 1024 * 1024)), XLSX) == "too_heavy"
    assert refusal(plain[: len(plain) // 2] + b"xl/workbook.xml", XLSX) == "unreadable"
    assert refusal(repacked(plain, "xl/sharedStrings.xml", b"<sst/>"), XLSX) == "unreadable"


def test_codes_and_cards_are_treated_as_in_any_text() -> None:
    assert refusal(commas(HEADINGS, [*CHARGE[:-1], "验证码 482913"]), CSV_BILL) == "one_time_code"
    assert b"6222021234567890128" not in safe_copy(commas(HEADINGS, [*CHARGE[:-1], "6222021234567890128"]), CSV_BILL, LIMITS).data


@pytest.mark.parametrize("kind", TAKES_BILLS)
@pytest.mark.parametrize("name", ["bill.csv", "bill.xlsx"])
def test_it_is_taken_looked_at_and_kept_as_it_came(ticket, mei, clock, kind, name) -> None:
    data = sheet(HEADINGS, CHARGE) if name.endswith("xlsx") else commas(HEADINGS, CHARGE)
    item = upload(mei, ticket.ref, {"kind": kind}, making.file(data, name))
    assert inspect_waiting(clock("2026-03-10T20:53:00+08:00")) == 1
    item.refresh_from_db()
    assert (item.state, item.safe_type, item.size) == ("clean", "text/plain; charset=utf-8", len(data))
    assert NUMBER in content(mei, item.pk).data.decode()


def test_other_kinds_do_not_and_typed_text_is_no_bill(ticket, mei) -> None:
    assert {key for key, kind in KINDS.items() if "bill" in kind.forms} == set(TAKES_BILLS)
    with pytest.raises(Invalid):
        upload(mei, ticket.ref, {"kind": "pos_record"}, making.file(sheet(HEADINGS, CHARGE), "bill.xlsx"))
    with pytest.raises(Invalid):
        upload(mei, ticket.ref, {"kind": "transaction_screenshot", "text": "时间,金额"})
