"""Bills in their wrappings (XLSX, ZIP, GZ, and one in the other) as tables in text, compressed. Pure; runs in the examiner's process."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO
from xml.etree import ElementTree as Tree
from xml.parsers import expat

from evidence.files import FileRefused
from evidence.sandbox.workbooks import SHEET, Workbook, sheet_names
from tickets.bills.files import CHUNK, LOST, TABLE, NotABill, encoding_of, kind_of_file, text_pieces

MOST_BYTES = 400 * 1024 * 1024  # of text and of sheets, unpacked, in all
MOST_MEMBERS, DEEPEST = 60, 3
HELD = 80 * 1024 * 1024  # of an archive in an archive, which stands in memory
# A table is worth so many times its archive; a sheet of equal rows comes near it. Small things may be more.
RATIO, SMALL = 250, 4 * 1024 * 1024
IGNORED = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db")
BROKEN = (
    zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, KeyError, IndexError, ValueError, OverflowError, Tree.ParseError,
    expat.ExpatError, NotImplementedError, OSError,
)  # fmt: skip


def unpack_bill(data: bytes) -> bytes:
    """Every table in it, each behind a line TABLE; a line LOST for what may be a bill and cannot be read. Deflated.

    Raises NotABill with the reason where there is no table at all, or it swells up.
    """
    unpacking = _Unpacking()
    try:
        unpacking.take(data, 1)
    except FileRefused as refused:
        raise NotABill(code="swollen" if refused.code == "too_heavy" else "damaged") from refused
    except BROKEN as error:
        raise NotABill(code="damaged") from error
    if not unpacking.tables:
        raise NotABill(code=unpacking.reasons[0] if unpacking.reasons else "empty")
    return unpacking.end()


class _Unpacking:
    def __init__(self) -> None:
        self._out, self._parts, self._left = zlib.compressobj(1), list[bytes](), MOST_BYTES
        self.tables, self.members, self.reasons = 0, 0, list[str]()

    def end(self) -> bytes:
        return b"".join((*self._parts, self._out.flush()))

    def take(self, data: bytes, depth: int) -> None:
        kind = kind_of_file(data[:512])
        if depth > DEEPEST:
            raise NotABill(code="swollen")
        if kind == "gzip":
            self._member(_opened_gzip(data), len(data), depth)
        elif kind == "zip":
            self._take_zip(data, depth)
        elif kind == "text":
            self._take_text(lambda: _pieces_of(io.BytesIO(data), len(data), self))
        else:
            self.lose(kind)

    def lose(self, reason: str) -> None:
        """Something that is no table: pictures and explanations are passed over, what may be a bill is told."""
        self.reasons.append(reason)
        if reason not in ("picture", "pdf", "document", "page"):
            self._say(f"{LOST}\n")

    def _take_zip(self, data: bytes, depth: int) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "OFD.xml" in names:
                self.lose("ofd")
            elif any(name.startswith(("word/", "ppt/")) for name in names):
                self.lose("document")
            elif any(map(SHEET.fullmatch, names)):
                self._take_workbook(archive, len(data))
            else:
                self._take_members(archive, depth)

    def _take_members(self, archive: zipfile.ZipFile, depth: int) -> None:
        for member in archive.infolist():
            if member.is_dir() or member.filename.startswith(IGNORED) or member.filename.rpartition("/")[2].startswith(IGNORED):
                continue
            self.members += 1
            if self.members > MOST_MEMBERS:
                raise NotABill(code="swollen")
            if member.flag_bits & 1:
                self.lose("encrypted")
                continue
            self._member(partial(archive.open, member), member.compress_size, depth)

    def _member(self, opened: Callable[[], IO[bytes]], packed: int, depth: int) -> None:
        """Text is passed on as it comes; an archive in it is opened in its turn."""
        with opened() as file:
            head = file.read(512)
        if not head.strip():
            return
        kind = kind_of_file(head)
        if kind == "text":
            self._take_text(lambda: _pieces_of(opened(), packed, self))
        elif kind in ("zip", "gzip"):
            held = bytearray()
            for piece in _pieces_of(opened(), packed, self):
                held += piece
                if len(held) > HELD:
                    raise NotABill(code="swollen")
            self.take(bytes(held), depth + 1)
        else:
            self.lose(kind)

    def _take_text(self, chunks: Callable[[], Iterator[bytes]]) -> None:
        self._begin()
        for text in text_pieces(chunks(), encoding_of(chunks())):
            self._say(text.replace(TABLE, ""))
        self._say("\n")

    def _take_workbook(self, archive: zipfile.ZipFile, packed: int) -> None:
        most = max(SMALL, min(MOST_BYTES, packed * RATIO))
        book = Workbook(archive, most)
        for name in sheet_names(archive):
            begun = False
            for row in filter(any, book.rows(name)):
                if not begun:
                    self._begin()
                    begun = True
                self._say(_line_of(row))

    def _begin(self) -> None:
        self.tables += 1
        self._say(f"{TABLE}\n")

    def _say(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.spend(len(data))
        self._parts.append(self._out.compress(data))

    def spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise NotABill(code="swollen")


def _line_of(row: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([" ".join(cell.replace(TABLE, "").split("\n")) for cell in row])
    return line.getvalue()


def _opened_gzip(data: bytes) -> Callable[[], IO[bytes]]:
    return lambda: gzip.GzipFile(fileobj=io.BytesIO(data))  # type: ignore[return-value]


def _pieces_of(opened: IO[bytes], packed: int, unpacking: _Unpacking) -> Iterator[bytes]:
    """Raises NotABill where it grows beyond what a bill would."""
    most, size = max(SMALL, packed * RATIO), 0
    with opened as file:
        while data := file.read(CHUNK):
            size += len(data)
            if size > most:
                raise NotABill(code="swollen")
            yield data


def warm_up() -> None:
    """Load what is loaded at first use: the examiner's children can open no file."""
    target = io.BytesIO()
    row = "交易时间,交易类型,金额,交易单号,商户单号\n2026-03-10,1,1.00,4200000404202603109117582536,1\n"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"):
            archive.writestr(encoding, row.encode(encoding))
        archive.writestr("gz", gzip.compress(row.encode()))
    unpack_bill(target.getvalue())
