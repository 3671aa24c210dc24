"""A bill as a payment app exports it, CSV or XLSX, as a table in text. Pure; runs in the examiner's process."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as Tree
from xml.parsers import expat

from evidence.files import CSV_BILL, XLSX, FileRefused, SafeCopy, decode_text
from evidence.sandbox.workbooks import Workbook, sheet_names
from lib.redaction import holds_one_time_code, without_secrets
from tickets.bills.files import CELLS, NotABill
from tickets.bills.reading import charges

MOST_ROWS, LARGEST_PART = 50_000, 40 * 1024 * 1024
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SAMPLE = "交易时间,金额,单号\n2026-03-10,1.00,123\n"


def bill_copy(data: bytes, media_type: str) -> SafeCopy:
    """Its rows, cells apart by a bar. Raises FileRefused: not_a_bill for what has no headings, too_heavy, unreadable, one_time_code."""
    try:
        rows = [row for row in (_sheet(data) if media_type == XLSX else _commas(decode_text(data))) if any(row)]
    except (
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        Tree.ParseError,
        expat.ExpatError,
        csv.Error,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise FileRefused("unreadable") from error
    if len(rows) > MOST_ROWS:
        raise FileRefused("too_heavy")
    _check_bill(rows)
    lines = [" | ".join(row) for row in rows]
    if any(holds_one_time_code(line) for line in lines):
        raise FileRefused("one_time_code")
    return SafeCopy(without_secrets("\n".join(lines)).encode(), "text/plain; charset=utf-8")


def _check_bill(rows: Iterable[list[str]]) -> None:
    """By the reader of bills itself. One whose headings it does not know is a bill too: somebody of the desk maps it."""
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    try:
        for _charge in charges(lambda: iter([target.getvalue().encode()]), lambda headings: None):
            pass
    except NotABill as unknown:
        if not unknown.headings:
            raise FileRefused("not_a_bill") from unknown


def _commas(text: str) -> Iterator[list[str]]:
    mark = max(",;\t", key=text.count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
        yield [cell.strip() for cell in row[:CELLS]]


# ---- XLSX: the first sheet, as text
def _sheet(data: bytes) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        yield from Workbook(book, LARGEST_PART).rows(sheet_names(book)[0])


def warm_up() -> None:
    """Load what is loaded at first use: the encodings of text and of names, the readers of archives and of XML."""
    for sheet in (SAMPLE.encode(), SAMPLE.encode("gb18030")):
        bill_copy(sheet, CSV_BILL)
    cells = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in SAMPLE.splitlines()[0].split(","))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><row>{cells}</row></worksheet>')
    with contextlib.suppress(FileRefused):
        bill_copy(target.getvalue(), XLSX)
