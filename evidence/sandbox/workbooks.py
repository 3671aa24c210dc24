"""The sheets of a workbook (XLSX) as rows of text, one at a time. Pure; runs in the examiner's process."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO
from xml.etree import ElementTree as Tree
from xml.parsers import expat

from evidence.files import FileRefused
from tickets.bills.files import CELLS

DATES = frozenset({*range(14, 23), 45, 46, 47})  # number formats that Excel has built in
OF_A_DATE = re.compile(r"[ydhs]", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zone
SHEET = re.compile(r"/?xl/worksheets/[^/]+\.xml")
PIECE = 64 * 1024


class CheckedPart:
    """A part on its way to the parser. Raises FileRefused for one that swells up or brings a document type: so no entity."""

    def __init__(self, opened: IO[bytes], most: int) -> None:
        self._opened, self._left, self._end = opened, most, b""

    def read(self, size: int = PIECE) -> bytes:
        data = self._opened.read(PIECE if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise FileRefused("too_heavy")
        if b"<!DOCTYPE" in self._end + data:
            raise FileRefused("unreadable")
        self._end = data[-8:]
        return data


def sheet_names(book: zipfile.ZipFile) -> list[str]:
    """In the order in which a person sees them, as far as their names say."""
    names = [name for name in book.namelist() if SHEET.fullmatch(name)]
    return sorted(names, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


class Workbook:
    """`most`: bytes of one part. Raises what zipfile and the parser raise, and FileRefused."""

    def __init__(self, book: zipfile.ZipFile, most: int) -> None:
        self._book, self._most = book, most
        self._words = [text.strip() for texts in self._read("xl/sharedStrings.xml", _Words()) for text in texts]
        self._dates = self._date_styles()

    def rows(self, name: str) -> Iterator[list[str]]:
        yield from self._read(name, _Rows(self._words, self._dates))

    def _read(self, part: str, parts: _Words | _Rows) -> Iterator[list[str]]:
        """What the handlers gathered, piece by piece. A part that is not there is an empty one."""
        if part not in self._book.namelist():
            return
        parser = _parser_for(parts)
        with self._book.open(part) as opened:
            source = CheckedPart(opened, self._most)
            while data := source.read():
                parser.Parse(data)
                yield from parts.hand_over()
        parser.Parse(b"", True)

    def _date_styles(self) -> frozenset[int]:
        name = "xl/styles.xml"
        if name not in self._book.namelist():
            return frozenset()
        with self._book.open(name) as opened:
            styles = Tree.parse(CheckedPart(opened, self._most)).getroot()  # noqa: S314 - no document type
        own = {int(each.get("numFmtId", "0")): QUOTED.sub("", each.get("formatCode", "")) for each in _all_named(styles, "numFmt")}
        used = [int(each.get("numFmtId", "0")) for cells in _all_named(styles, "cellXfs") for each in _all_named(cells, "xf")]
        return frozenset(place for place, number in enumerate(used) if number in DATES or OF_A_DATE.search(own.get(number, "")))


def _parser_for(parts: _Words | _Rows) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = parts.start, parts.end, parts.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_told: object) -> None:
    raise FileRefused("unreadable")


def _all_named(element: Tree.Element, name: str) -> list[Tree.Element]:
    return [each for each in element.iter() if each.tag.rpartition("}")[2] == name]


class _Words:
    """The texts that cells share, without the readings that East Asian sheets put beside them."""

    def __init__(self) -> None:
        self._done, self._now, self._in_text, self._in_sound = list[str](), list[str](), False, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition("}")[2]
        if plain == "si":
            self._now = []
        elif plain == "rPh":
            self._in_sound = True
        self._in_text = plain == "t" and not self._in_sound

    def end(self, name: str) -> None:
        plain, self._in_text = name.rpartition("}")[2], False
        if plain == "si":
            self._done.append("".join(self._now))
        elif plain == "rPh":
            self._in_sound = False

    def text(self, data: str) -> None:
        if self._in_text:
            self._now.append(data)

    def hand_over(self) -> Iterator[list[str]]:
        done, self._done = self._done, []
        yield done


class _Rows:
    """The cells of a sheet, each in its place."""

    def __init__(self, words: list[str], dates: frozenset[int]) -> None:
        self._words, self._dates = words, dates
        self._done, self._cells = list[list[str]](), dict[int, str]()
        self._cell, self._now, self._in_value = dict[str, str](), list[str](), False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition("}")[2]
        if plain == "c":
            self._cell, self._now = attributes, []
        elif plain == "row":
            self._cells = {}
        self._in_value = plain == ("t" if self._cell.get("t") == "inlineStr" else "v")

    def end(self, name: str) -> None:
        plain, self._in_value = name.rpartition("}")[2], False
        if plain == "c":
            self._cells[_column(self._cell.get("r", ""), len(self._cells))] = self._value("".join(self._now).strip())
            self._cell = {}
        elif plain == "row":
            cells = self._cells
            self._done.append([cells.get(place, "") for place in range(min(max(cells, default=-1) + 1, CELLS))])

    def text(self, data: str) -> None:
        if self._in_value:
            self._now.append(data)

    def hand_over(self) -> Iterator[list[str]]:
        done, self._done = self._done, []
        yield from done

    def _value(self, said: str) -> str:
        kind = self._cell.get("t")
        if kind == "s":
            return self._words[int(said)]
        if said and kind in (None, "n") and int(self._cell.get("s", "0")) in self._dates:
            return f"{FIRST_DAY + timedelta(days=float(said)):%Y-%m-%d %H:%M:%S}"
        return said


def _column(reference: str, following: int) -> int:
    """Of "C7": 2. A cell without a name is the one that follows."""
    place = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        place = place * 26 + ord(letter) - 64
    return place - 1 if place else following
