"""A sheet of paper: headings, lines and columns of text in Chinese and English, broken over lines and pages. Knows no ticket."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from evidence.typefaces import BOLD, FAMILY, REGULAR, characters, faces
from lib.languages import html_language

MARGIN, FOOT = 20.0, 18.0  # millimetres
GAP = 4.0
INK, SOFT, LINE = (23, 32, 41), (84, 97, 110), (205, 212, 220)
TITLE, HEADING, TEXT, SMALL = 19.0, 13.0, 10.0, 8.5  # points
LEADING = 0.53  # millimetres of line for a point of type
UNKNOWN = "□"
# A line does not begin with these, nor end with those.
CLOSING = frozenset("，。、；：？！）》」』】〕”’…—·,.;:?!)]}%")
OPENING = frozenset("（《「『【〔“‘([{")


@dataclass(frozen=True)
class PdfColumn:
    """Text in a column `width` millimetres wide; 0: what the others leave."""

    text: str
    width: float = 0.0
    size: float = TEXT
    weight: str = REGULAR
    colour: tuple[int, int, int] = INK


class PdfWriter(FPDF):
    """A4, with the name of the document and the page number at the foot of each page."""

    def __init__(self, title: str, foot: str, language: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.set_title(title)
        self.set_lang(html_language(language))
        self.set_margins(MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.fonts.update(faces())
        self.widths: dict[tuple[str, str], float] = {}
        self.add_page()

    def footer(self) -> None:
        self.set_xy(self.l_margin, self.h - FOOT + 4)
        self._ink(PdfColumn("", size=SMALL, colour=SOFT))
        self.cell(self.epw - 20, 5, drawable(self.foot))
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")

    # ---- What a document is made of
    def title_line(self, text: str) -> None:
        self.row(PdfColumn(text, size=TITLE, weight=BOLD))
        self.ln(1)

    def heading(self, text: str) -> None:
        """Never alone at the foot of a page."""
        self.ln(4)
        self.room(26)
        self.row(PdfColumn(text, size=HEADING, weight=BOLD))
        self.rule()
        self.ln(1.5)

    def say(self, text: str, *, size: float = TEXT, weight: str = REGULAR, soft: bool = False) -> None:
        """A paragraph, or several."""
        self.row(PdfColumn(text, size=size, weight=weight, colour=SOFT if soft else INK))
        self.ln(1)

    def pairs(self, pairs: Iterable[tuple[str, str]], label_width: float = 42.0) -> None:
        """Label and value, side by side. What has no value is left out."""
        for label, value in pairs:
            if value:
                self.row(PdfColumn(label, label_width, colour=SOFT), PdfColumn(value))
        self.ln(1)

    def rule(self) -> None:
        self.set_draw_color(*LINE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())

    def row(self, *columns: PdfColumn) -> None:
        """Columns beside each other, line by line: the longest may run over any number of pages."""
        widths = self._widths(columns)
        texts = [self.lines(column, width) for column, width in zip(columns, widths, strict=True)]
        height = max(column.size for column in columns) * LEADING
        for number in range(max(map(len, texts))):
            self.room(height)
            left, top = self.l_margin, self.get_y()
            for column, width, lines in zip(columns, widths, texts, strict=True):
                if number < len(lines) and lines[number]:
                    self._ink(column)
                    self.set_xy(left, top)
                    self.cell(width, height, lines[number])
                left += width + GAP
            self.set_xy(self.l_margin, top + height)

    def room(self, height: float) -> None:
        """Go on to the next page unless this much is left of it."""
        if self.get_y() + height > self.h - FOOT:
            self.add_page()

    # ---- Breaking lines. The library's own loops for ever in a column too narrow for a character, and breaks English anywhere.
    def lines(self, column: PdfColumn, width: float) -> list[str]:
        self._ink(column)
        return [line for part in drawable(column.text).split("\n") for line in self._break_lines(part, width, column)] or [""]

    def _break_lines(self, text: str, width: float, column: PdfColumn) -> Iterator[str]:
        line, used = "", 0.0
        for piece in pieces(text):
            wide = self._width(piece, column)
            if used + wide > width and line.strip():
                yield line.rstrip()
                line, used = "", 0.0
            if not line and piece.isspace():
                continue
            while wide > width and len(piece) > 1:  # a hash, an address: broken where the line ends
                fits = self._fitting(piece, width, column)
                yield piece[:fits]
                piece = piece[fits:]
                wide = self._width(piece, column)
            line, used = line + piece, used + wide
        yield line.rstrip()

    def _fitting(self, piece: str, width: float, column: PdfColumn) -> int:
        """How many characters of the piece fill a line; at least one."""
        used = 0.0
        for number, char in enumerate(piece):
            used += self._width(char, column)
            if used > width:
                return max(1, number)
        return len(piece)

    def _width(self, text: str, column: PdfColumn) -> float:
        return sum(self._char_width(char, column.weight) for char in text) * column.size

    def _char_width(self, char: str, weight: str) -> float:
        """Of one point of type."""
        if (char, weight) not in self.widths:
            self.set_font(FAMILY, weight, 100)
            self.widths[char, weight] = self.get_string_width(char) / 100
        return self.widths[char, weight]

    def _widths(self, columns: Sequence[PdfColumn]) -> list[float]:
        taken = sum(column.width for column in columns) + GAP * (len(columns) - 1)
        return [column.width or self.epw - taken for column in columns]

    def _ink(self, column: PdfColumn) -> None:
        self.set_font(FAMILY, column.weight, column.size)
        self.set_text_color(*column.colour)


def pieces(text: str) -> Iterator[str]:
    """What stays together on a line: a hanzi with the marks that cling to it, a word, a space."""
    piece = ""
    for char in text:
        if piece and _breaks(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _breaks(before: str, after: str) -> bool:
    if after in CLOSING and not before.isspace():
        return False
    if before in OPENING:
        return False
    return before.isspace() or after.isspace() or _is_wide(before) or _is_wide(after)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def drawable(text: str) -> str:
    """What the type can draw: no control or formatting marks (one could turn the line round), a box for what has no glyph.

    Raises FileNotFoundError where `npm ci` has not run.
    """
    known = characters()
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    seen = (char for char in plain if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return "".join(char if char == "\n" or ord(char) in known else " " if char.isspace() else UNKNOWN for char in seen)
