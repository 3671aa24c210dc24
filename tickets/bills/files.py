"""A bill's bytes on their way to rows: held compressed, decoded from any of the usual encodings, split whatever parts its cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Protocol

CHUNK = 64 * 1024
# Exports begin with up to two dozen lines about the account; whoever has no headings by then is no bill.
PREAMBLE = 60
# Of one field, against a file that is one endless field.
FIELD = 20_000
csv.field_size_limit(FIELD)  # for the whole process: nobody else here reads longer ones
CELLS = 300  # of one row; no bill has forty
HEADING = 80  # of one heading, kept for who maps them
NO_TEXT = re.compile("[\x01-\x08\x0e-\x1f\ufffd]")  # what pictures and archives are full of
# Lines that one row may span: a quoted note has a break or two.
SPAN = 4
UTF8, CHINESE = "utf-8-sig", "gb18030"
MARKS = (",", "\t", ";")
# Before each table of an archive stands such a line, with the table's name behind it; LOST instead of a table that was not read.
TABLE = "\x1d"
LOST = "\x1d!"
# What a bill is not, by its first bytes.
KINDS = (
    (b"%PDF", "pdf"), (b"\xd0\xcf\x11\xe0", "xls"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"),
    (b"II*\x00", "picture"), (b"MM\x00*", "picture"), (b"Rar!", "archive"), (b"7z\xbc\xaf", "archive"),
    (b"{\\rtf", "document"),
)  # fmt: skip
WEB_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|table|\?xml|meta|style)", re.IGNORECASE)
# Why a file is no bill. The words for each stand in tickets.words.
REASONS = frozenset({
    "no_headings", "pdf", "xls", "picture", "archive", "document", "page", "ofd", "encrypted", "swollen", "damaged", "empty",
})  # fmt: skip


class NotABill(Exception):
    """It cannot be read as one: `code` of REASONS. `headings` holds a row that a person could map, if there is one."""

    def __init__(self, headings: Sequence[str] = (), code: str = "no_headings") -> None:
        super().__init__(code)
        self.headings, self.code = list(headings), code


class Decoder(Protocol):
    def decode(self, data: bytes, final: bool = False) -> str: ...


class CompressedFile:
    """Bytes on their way in, compressed: a bill of twenty megabytes is held in two, and no disk ever sees it."""

    def __init__(self) -> None:
        self._press, self._parts, self.size = zlib.compressobj(1), list[bytes](), 0

    def add(self, data: bytes) -> None:
        self._parts.append(self._press.compress(data))
        self.size += len(data)

    def end(self) -> None:
        self._parts.append(self._press.flush())

    def chunks(self) -> Iterator[bytes]:
        return inflate(self._parts)


def inflate(parts: Sequence[bytes]) -> Iterator[bytes]:
    loose = zlib.decompressobj()
    for part in parts:
        data = loose.decompress(part, CHUNK)
        while data:
            yield data
            data = loose.decompress(loose.unconsumed_tail, CHUNK)


def kind_of_file(head: bytes) -> str:
    """zip, gzip, text, or one of REASONS that says why it cannot be read. By its first bytes, a hundred or more."""
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if WEB_PAGE.match(head):
        return "page"
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp" or (head[:2] == b"BM" and head[6:10] == bytes(4)):
        return "picture"
    return next((kind for magic, kind in KINDS if head.startswith(magic)), "text")


# ---- Text
def encoding_of(chunks: Iterator[bytes]) -> str:
    """By its mark, or UTF-16 by its spaces; UTF-8 when all of it is; else what Chinese programs write."""
    decoder: Decoder = codecs.getincrementaldecoder("utf-8")()
    first = next(chunks, b"")
    if wide := _wide(first):
        return wide
    try:
        for data in chain([first], chunks):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return CHINESE
    return UTF8


def _wide(head: bytes) -> str:
    """What Excel calls Unicode text: every comma, tab and digit brings a nought along."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    plain = head[:4096]
    for name, odd in (("utf-16-le", plain[1::2]), ("utf-16-be", plain[::2])):
        if len(plain) > 40 and odd.count(0) * 5 > len(odd) and "\x00" not in plain[: len(plain) // 2 * 2].decode(name, "replace"):
            return name
    return ""


def text_pieces(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder: Decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for data in chunks:
        yield decoder.decode(data).replace("\x00", "")
    yield decoder.decode(b"", final=True)


def lines_of(chunks: Callable[[], Iterator[bytes]]) -> Iterator[str]:
    rest = ""
    for text in text_pieces(chunks(), encoding_of(chunks())):
        lines = io.StringIO(rest + text, newline="").readlines()
        rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
        yield from lines
        if len(rest) > FIELD * 20:
            raise NotABill
    yield rest


def tables_of(lines: Iterator[str]) -> Iterator[Iterator[str]]:
    """The lines of each table. One that is not read to its end is passed over. A lost table is one line, LOST."""
    held = next(lines, None)
    while held is not None:
        first = [] if held.startswith(TABLE) and not held.startswith(LOST) else [held]
        table = _Until(first, lines)
        yield table
        for _line in table:
            pass
        held = table.following


class _Until:
    """Lines up to the next table, which then stands in `following`."""

    def __init__(self, first: list[str], lines: Iterator[str]) -> None:
        self._lines, self._first, self._ended = chain(first, lines), bool(first), False
        self.following: str | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None) if not self._ended else None
        if line is not None and (self._first or not line.startswith(TABLE)):
            self._first = False
            return line
        if not self._ended:
            self._ended, self.following = True, line
        raise StopIteration


# ---- Rows
def rows_of(lines: Iterator[str], knows: Callable[[Sequence[str]], bool]) -> Iterator[list[str]]:
    """Cells are parted by the first of MARKS by which `knows` finds headings, else by the most frequent."""
    head = list(islice(lines, PREAMBLE))
    return _rows(chain(head, lines), _mark(head, knows))


def _mark(head: Sequence[str], knows: Callable[[Sequence[str]], bool]) -> str:
    for mark in MARKS:
        with_mark = [line[:FIELD] for line in head if mark in line]
        if any(knows(row) for row in csv.reader(with_mark, delimiter=mark, quoting=csv.QUOTE_NONE)):
            return mark
    return max(MARKS, key=lambda mark: sum(line.count(mark) for line in head))


class _Again:
    """Lines that can be given back, so many at a time as one row may span. Raises csv.Error after them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._back, self.taken = lines, deque[str](), list[str]()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == SPAN:
            raise csv.Error
        self.taken.append(self._back.popleft() if self._back else next(self._lines))
        return self.taken[-1]

    def give_back(self, lines: Sequence[str]) -> None:
        self._back.extendleft(reversed(lines))


def _rows(lines: Iterator[str], mark: str) -> Iterator[list[str]]:
    """A quotation mark that nobody closes would swallow what follows: its line is read without marks then, the others anew."""
    source = _Again(lines)
    reader = csv.reader(source, delimiter=mark)
    while True:
        source.taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = []
        if len(row) > CELLS:
            raise NotABill(())
        if row and not (len(source.taken) > 1 and "".join(source.taken).count('"') % 2):
            yield row
        elif source.taken:
            first, *others = source.taken
            source.give_back(others)
            reader = csv.reader(source, delimiter=mark)
            yield from csv.reader([first[:FIELD]], delimiter=mark, quoting=csv.QUOTE_NONE)
