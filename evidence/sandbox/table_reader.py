"""A bill as a payment app exports it, CSV or XLSX, as a table in text. Pure; runs in the examiner's process."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from xml.etree import ElementTree as Tree

from evidence.files import CSV_BILL, XLSX, FileRefused, SafeCopy, decode_text
from lib.redaction import holds_one_time_code, without_secrets
from tickets.bills.reading import CELLS, NotABill, charges

MOST_ROWS, LARGEST_PART = 50_000, 40 * 1024 * 1024
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DATES = frozenset({*range(14, 23), 45, 46, 47})  # number formats that Excel has built in
OF_A_DATE = re.compile(r"[ydhs]", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
SAMPLE = "交易时间,金额,单号\n2026-03-10,1.00,123\n"
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zone


def bill_copy(data: bytes, media_type: str) -> SafeCopy:
    """Its rows, cells apart by a bar. Raises FileRefused: not_a_bill for what has no headings, too_heavy, unreadable, one_time_code."""
    try:
        rows = [row for row in (_sheet(data) if media_type == XLSX else _commas(decode_text(data))) if any(row)]
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, Tree.ParseError, csv.Error, NotImplementedError, RuntimeError) as error:
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
        names = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
        words = [
            "".join(part.text or "" for part in each.iter(f"{MAIN}t")) for each in _part(book, "xl/sharedStrings.xml").iter(f"{MAIN}si")
        ]
        dates = _date_styles(_part(book, "xl/styles.xml"))
        for row in _part(book, names[0]).iter(f"{MAIN}row"):
            cells = {_column(cell.get("r", ""), place): _text(cell, words, dates) for place, cell in enumerate(row.iter(f"{MAIN}c"))}
            yield [cells.get(place, "") for place in range(min(max(cells, default=-1) + 1, CELLS))]


def _part(book: zipfile.ZipFile, name: str) -> Tree.Element:
    """A part that is not there is an empty one. Raises FileRefused for one that swells up or brings a document type."""
    if name not in book.namelist():
        return Tree.Element("none")
    with book.open(name) as opened:
        found = opened.read(LARGEST_PART + 1)
    if len(found) > LARGEST_PART:
        raise FileRefused("too_heavy")
    if b"<!" in found:
        raise FileRefused("unreadable")
    return Tree.fromstring(found)  # noqa: S314 - no document type, so no entity; and this is the examiner's child


def _date_styles(styles: Tree.Element) -> frozenset[int]:
    own = {int(each.get("numFmtId", "0")): QUOTED.sub("", each.get("formatCode", "")) for each in styles.iter(f"{MAIN}numFmt")}
    used = [int(each.get("numFmtId", "0")) for cells in styles.iter(f"{MAIN}cellXfs") for each in cells.iter(f"{MAIN}xf")]
    return frozenset(place for place, number in enumerate(used) if number in DATES or OF_A_DATE.search(own.get(number, "")))


def _column(reference: str, following: int) -> int:
    """Of "C7": 2. A cell without a name is the one that follows."""
    place = 0
    for letter in re.sub(r"[^A-Z]", "", reference)[:3]:
        place = place * 26 + ord(letter) - 64
    return place - 1 if place else following


def _text(cell: Tree.Element, words: list[str], dates: frozenset[int]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{MAIN}t")).strip()
    value = (cell.findtext(f"{MAIN}v") or "").strip()
    if cell.get("t") == "s":
        return words[int(value)].strip()
    if value and not cell.get("t") and int(cell.get("s", "0")) in dates:
        return f"{FIRST_DAY + timedelta(days=float(value)):%Y-%m-%d %H:%M:%S}"
    return value


def warm_up() -> None:
    """Load what is loaded at first use: the encodings of text and of names, the readers of archives and of XML."""
    for sheet in (SAMPLE.encode(), SAMPLE.encode("gb18030")):
        bill_copy(sheet, CSV_BILL)
    cells = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in SAMPLE.splitlines()[0].split(","))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN[1:-1]}"><row>{cells}</row></worksheet>')
    with contextlib.suppress(FileRefused):
        bill_copy(target.getvalue(), XLSX)
