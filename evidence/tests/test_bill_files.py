"""Bills as they are handed in: workbooks and archives through the examiner, what is none named by its kind, and `read_bill`."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from evidence.bill_files import open_bill
from evidence.sandbox.bill_unpacker import unpack_bill
from tickets.bills.files import REASONS, NotABill, inflate
from tickets.bills.joining import transactions
from tickets.bills.reading import UNREAD, Tally, charges
from tickets.tests.bill_corpus import N2, WECHAT_HEAD, N, cases, w, wechat
from tickets.words import NO_BILL, UNREAD_LINE

CORPUS = list(cases())
TEXT = wechat(w("支付成功"), w("已退款", "10.00", "50300000002026031112345678901", kind="商户消费-退款", way="收入"))
RIGHT = [(N, "10.00")]


def archive(*members: tuple[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packed) as made:
        for name, data in members:
            made.writestr(name, data)
    return target.getvalue()


def workbook(*sheets: str, numbers: bool = False) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_numbers": numbers}) as book:
        for text in sheets:
            page = book.add_worksheet()
            for place, line in enumerate(text.splitlines()):
                page.write_row(place, 0, [cell.strip('"\t') for cell in line.replace('"月付,卡"', "月付").split(",")])
    return target.getvalue()


def told_by(data: bytes) -> tuple[list[tuple[str, str]], dict[str, int]]:
    tally, deflated = Tally(), unpack_bill(data)
    found = transactions(charges(lambda: inflate([deflated]), lambda row: None, tally))
    return [(each.number, f"{each.refunded:.2f}") for each in found], dict(+tally.unread)


def refusal(data: bytes) -> str:
    with pytest.raises(NotABill) as refused:
        open_bill(lambda: iter([data]))
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_an_archive_is_read_whatever_its_text(encoding, packed) -> None:
    text = TEXT.replace("¥", "￥").encode(encoding)
    assert told_by(archive(("账单.csv", text), packed=packed)) == (RIGHT, {})
    assert told_by(gzip.compress(text)) == (RIGHT, {})


def test_a_workbook_is_read_and_archives_in_archives() -> None:
    book = workbook(TEXT)
    for data in (book, archive(("账单.xlsx", book)), archive(("账单.csv.gz", gzip.compress(TEXT.encode()))), gzip.compress(book)):
        assert told_by(data) == (RIGHT, {})


def test_members_are_read_together_and_words_about_them_passed_over() -> None:
    more = wechat(w("支付成功", number=N2))
    members = [
        ("1.csv", TEXT.encode()),
        ("2.csv", more.replace("¥", "￥").encode("gbk")),
        ("说明.txt", "请妥善保管".encode()),
        ("__MACOSX/._1.csv", b"\x00\x05"),
    ]
    assert told_by(archive(*members)) == ([*RIGHT, (N2, "0.00")], {})
    assert told_by(workbook(TEXT, "说明", more)) == ([*RIGHT, (N2, "0.00")], {})


def test_what_may_be_a_bill_and_is_not_read_is_counted() -> None:
    assert told_by(archive(("1.csv", TEXT.encode()), ("2.xls", b"\xd0\xcf\x11\xe0" + bytes(600)))) == (RIGHT, {"unread_file": 1})
    assert told_by(archive(("1.csv", TEXT.encode()), ("2.csv", b"a,b,c,d\n1,2,3,4\n"))) == (RIGHT, {"unread_file": 1})


def test_a_number_that_a_workbook_keeps_as_a_sum_is_named() -> None:
    row = w("支付成功", merchant="/")
    assert told_by(workbook(f"{WECHAT_HEAD}\n{row}\n{w('支付成功', number=N2)}", numbers=True))[1] == {"shortened_number": 2}


def test_every_bill_of_the_corpus_says_the_same_in_a_workbook() -> None:
    for case in [each for each in CORPUS if each.text.count(",") > 20 and '"¥1,280.00"' not in each.text and "已过期" not in each.name][
        ::5
    ]:
        plain = transactions(charges(lambda case=case: iter([case.text.encode()]), lambda row: None))
        deflated = unpack_bill(workbook(case.text.replace("`", "")))
        assert transactions(charges(lambda deflated=deflated: inflate([deflated]), lambda row: None)) == plain, case.name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 ...", "pdf"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls"), (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"), (b"\x00\x00\x00\x18ftypheic", "picture"), (b"Rar!\x1a\x07", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"<html><table>", "page"), (b"{\\rtf1", "document"), (b"", "empty"), (b"  \n", "empty"),
    ],
)  # fmt: skip
def test_what_is_no_bill_is_named_by_its_kind(data, code) -> None:
    assert refusal(data) == code


def test_the_examiner_names_what_is_no_bill() -> None:
    """In one process each: the examiner's own."""
    locked = bytearray(archive(("账单.csv", TEXT.encode())))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + place] |= 1
    assert refusal(bytes(locked)) == "encrypted"
    assert refusal(archive(("OFD.xml", b"<ofd/>"))) == "ofd"
    assert refusal(archive(("word/document.xml", b"<w/>"))) == "document"
    assert refusal(archive(("a.png", b"\x89PNG\r\n\x1a\n"))) == "picture"
    assert refusal(archive(("1.csv", TEXT.encode()))[:60]) == "damaged"
    assert refusal(gzip.compress(TEXT.encode())[:40]) == "damaged"
    assert b"".join(open_bill(lambda: iter([workbook(TEXT)]))())


def test_what_swells_up_is_refused() -> None:
    zeros = bytes(8 * 1024 * 1024)
    for data in (archive(("1.csv", zeros)), gzip.compress(zeros), archive(("xl/worksheets/sheet1.xml", b"<a>" + b" " * len(zeros)))):
        with pytest.raises(NotABill) as refused:
            unpack_bill(data)
        assert refused.value.code == "swollen"
    nested = TEXT.encode()
    for _depth in range(5):
        nested = archive(("1.zip", nested))
    with pytest.raises(NotABill):
        unpack_bill(nested)
    with pytest.raises(NotABill):
        unpack_bill(archive(*((f"{place}.csv", TEXT.encode()) for place in range(61))))


def test_a_workbook_with_a_document_type_is_refused() -> None:
    bomb = b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"
    with pytest.raises(NotABill) as refused:
        unpack_bill(archive(("xl/worksheets/sheet1.xml", bomb)))
    assert refused.value.code == "damaged"


def test_every_reason_has_its_words() -> None:
    assert set(NO_BILL) == REASONS
    assert set(UNREAD_LINE) == set(UNREAD)


# ---- The command
@pytest.mark.django_db
def test_read_bill_prints_what_the_law_says(tmp_path: Path, capsys) -> None:
    file = tmp_path / "bill.csv"
    file.write_text(
        wechat(
            w("支付成功"), w("已退款", "10.00", "50300000002026031112345678901", way="收入"), w("支付成功", number="4.2E+27", merchant="/")
        )
    )
    call_command("read_bill", str(file))
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["layout", "lines", "not_understood", "transactions"]
    assert (told["layout"], told["lines"], told["not_understood"]) == ("wechat_customer", 3, {"shortened_number": 1})
    assert told["transactions"] == [
        {
            "number": N,
            "merchant_number": "M20260310001",
            "paid": "36.80",
            "refunded": "10.00",
            "currency": "CNY",
            "state": "partly_refunded",
        }
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"%PDF-1.7", b"nothing of a bill", b""])
def test_read_bill_says_why_it_cannot(tmp_path: Path, data) -> None:
    file = tmp_path / "bill"
    file.write_bytes(data)
    with pytest.raises(CommandError):
        call_command("read_bill", str(file))
    with pytest.raises(CommandError):
        call_command("read_bill", str(tmp_path / "none"))
