"""A bill as charges, one at a time: any of the usual encodings, quoting, marks and full-width digits. Memory does not grow with it."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tickets.bills.layouts import (
    FAILED,
    PAID,
    PENDING,
    REFUND_ARRIVED,
    REFUND_FAILED,
    REFUNDED,
    REFUNDING,
    SPEAKS_OF_REFUND,
    UNKNOWN,
    UNREFUNDED,
    WORDS,
    Layout,
    looks_like_headings,
    recognise_layout,
)

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
ENCODINGS = ("utf-8-sig", "gb18030")


class NotABill(Exception):
    """Nothing in it reads as headings. `headings` holds a row that a person could map, if there is one."""

    def __init__(self, headings: Sequence[str] = ()) -> None:
        super().__init__("not a bill")
        self.headings = list(headings)


@dataclass(frozen=True)
class Charge:
    """One line. `numbers`: the channel's own first, without empty ones."""

    numbers: tuple[str, ...]
    amount: Decimal
    state: str
    refunded: Decimal
    at: str


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
        loose = zlib.decompressobj()
        for part in self._parts:
            data = loose.decompress(part, CHUNK)
            while data:
                yield data
                data = loose.decompress(loose.unconsumed_tail, CHUNK)


def charges(chunks: Callable[[], Iterator[bytes]], mapped: Callable[[Sequence[str]], Layout | None]) -> Iterator[Charge]:
    """`chunks()` begins anew at each call. `mapped` knows the layouts that people made. Raises NotABill."""
    rows = _rows(_lines(chunks(), _encoding(chunks())))
    layout = _layout(rows, mapped)
    for row in rows:
        charge = _charge(row, layout)
        if charge is not None:
            yield charge


def _encoding(chunks: Iterator[bytes]) -> str:
    """UTF-8 when all of it is; else what Chinese programs write."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for data in chunks:
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return ENCODINGS[1]
    return ENCODINGS[0]


def _lines(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder: Any = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    for data in chunks:
        lines = io.StringIO(rest + decoder.decode(data).replace("\x00", ""), newline="").readlines()
        rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
        yield from lines
        if len(rest) > FIELD * 20:
            raise NotABill
    yield rest + decoder.decode(b"", final=True)


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


def _rows(lines: Iterator[str]) -> Iterator[list[str]]:
    """A quotation mark that nobody closes would swallow what follows: its line is read without marks then, the others anew."""
    source = _Again(lines)
    reader = csv.reader(source)
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
            reader = csv.reader(source)
            yield from csv.reader([first[:FIELD]], quoting=csv.QUOTE_NONE)


def _layout(rows: Iterator[list[str]], mapped: Callable[[Sequence[str]], Layout | None]) -> Layout:
    candidate, legible = list[str](), True
    for _number, row in zip(range(PREAMBLE), rows, strict=False):
        layout = mapped(row) or recognise_layout(row)
        if layout is not None:
            return layout
        legible = legible and not any(map(NO_TEXT.search, row))
        if not candidate and looks_like_headings(row):
            candidate = [cell[:HEADING] for cell in row]
    raise NotABill(candidate if legible else ())


def _charge(row: Sequence[str], layout: Layout) -> Charge | None:
    """None for lines that are no charge: summaries, empty ones, money that came in."""
    if layout.amount >= len(row):
        return None
    numbers = tuple(dict.fromkeys(filter(None, (_plain(row, place) for place in layout.numbers))))
    amount = money(_cell(row, layout.amount))
    if not numbers or amount is None:
        return None
    said = _cell(row, layout.status)
    refunded = money(_cell(row, layout.refund)) or _refund_in(said) or Decimal(0)
    state = _state(said, layout, refunded)
    if state == REFUNDED:
        state = _came_back(said.upper(), _cell(row, layout.refund_status).upper(), layout)
        refunded = (refunded or amount) if state == REFUNDED else Decimal(0)
    if _cell(row, layout.direction) == "收入" and state not in (REFUNDED, REFUNDING):
        return None
    if amount < 0 and not said:
        state = UNKNOWN  # paid out or paid back: the bill does not say
    return Charge(numbers, abs(amount), state, abs(refunded), _cell(row, layout.time))


def _cell(row: Sequence[str], place: int | None) -> str:
    if place is None or place >= len(row):
        return ""
    return unicodedata.normalize("NFKC", row[place]).strip("\ufeff`'\"\t ")


def _plain(row: Sequence[str], place: int) -> str:
    """Exports put a tab or a back-tick beside long numbers, so that a spreadsheet does not round them."""
    text = re.sub(r"\s", "", _cell(row, place))
    return text if 6 <= len(text) <= 64 and text != "/" else ""


def money(text: str) -> Decimal | None:
    """Yuan, without sign of currency and separators; None when it is no sum."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").strip("¥￥元")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.01")) if found.is_finite() and found.copy_abs() < Decimal(10) ** 10 else None


def _refund_in(said: str) -> Decimal | None:
    """WeChat writes 已退款(￥12.00) for a part."""
    found = re.search(r"[¥￥]\s*([0-9][0-9,.]*)", said) if "退" in said else None
    return money(found[1]) if found else None


def _came_back(said: str, told: str, layout: Layout) -> str:
    """Of a line that speaks of a refund by its status, which `told` (退款状态) knows better. Only what has arrived is a refund."""
    words = f"退款{told}" if told else said
    if REFUND_FAILED.search(words) or REFUND_FAILED.search(said):
        return UNREFUNDED
    # A sum in a column of refunds, and words that somebody chose for this layout, say it by themselves.
    by_itself = not told and (layout.words is not WORDS or not SPEAKS_OF_REFUND.search(said))
    return REFUNDED if by_itself or REFUND_ARRIVED.search(words) else REFUNDING


def _state(said: str, layout: Layout, refunded: Decimal) -> str:
    """Without a word for it: a line with a refund is one, any other was paid."""
    plain = said.upper()
    for state in (REFUNDED, FAILED, PENDING, PAID):
        if any(word.upper() in plain for word in layout.words.get(state, ())):
            # Alipay closes what it has paid back; so a closed line with a refund is a refund.
            return REFUNDED if state == FAILED and refunded else state
    if said:
        return UNKNOWN
    return REFUNDED if refunded else PAID
