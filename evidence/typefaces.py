"""The two weights of a paper's type, opened once in a process; each paper gets a copy that counts what it draws.

To open them takes half a second, most of it for 31,000 glyphs of which a paper draws some hundred. The library reads the file anew for
each paper and then cuts what it read down to what was drawn. Here it is given a type already cut, so what it writes is the same, byte for
byte (`evidence/tests/test_typefaces.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from copy import copy, deepcopy
from functools import lru_cache
from threading import Lock

from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import table__c_m_a_p as CharacterMap
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont

from lib.fonts import BOLD_FONT, REGULAR_FONT

FAMILY = "noto"
REGULAR, BOLD = "", "B"
FILES = {REGULAR: REGULAR_FONT, BOLD: BOLD_FONT}
# The first of every type, which the library keeps whatever is drawn.
ALWAYS = 4
# One entry for each glyph. What else is in a type is small, but what shapes letters, which no paper uses.
LONG = frozenset({"GlyphOrder", "cmap", "glyf", "hmtx", "loca", "vmtx"})
SHAPING = frozenset({"GDEF", "GPOS", "GSUB"})
_opening = Lock()


class Typeface:
    """One weight as the library read it, never changed. The drawings stay in the file: they are ten megabytes."""

    def __init__(self, face: TTFFont) -> None:
        self.face, type_ = face, face.ttfont
        self.small = {tag: type_[tag] for tag in type_.keys() if tag not in LONG | SHAPING}  # noqa: SIM118 - a type is no dict
        self.widths = {tag: type_[tag] for tag in ("hmtx", "vmtx") if tag in type_}
        self.characters = type_["cmap"]
        self.of_glyph = _characters_of_glyphs(self.characters)
        self.order, self.number = type_.getGlyphOrder(), type_.getReverseGlyphMap()
        self.places, self.start = type_["loca"].locations, type_.reader.tables["glyf"].offset
        self.sfnt = type_.sfntVersion
        # Held open: whoever installs another version beside us makes a new file, and the places are of this one.
        self.file = face.ttffile.open("rb")
        type_.close()

    def cut(self, drawn: Iterable[str]) -> TTFont:
        """A type of these glyphs, by name, and those that every type keeps."""
        numbers = sorted({*range(ALWAYS), *(self.number[name] for name in drawn)})
        names = [self.order[number] for number in numbers]
        type_ = TTFont(sfntVersion=self.sfnt, recalcTimestamp=False)
        type_.setGlyphOrder(names)
        type_.tables = {tag: deepcopy(table) for tag, table in self.small.items()}
        for tag, table in self.widths.items():
            type_[tag] = copy(table)
            type_[tag].metrics = {name: table.metrics[name] for name in names}
        type_["cmap"] = self._characters(names)
        type_["loca"] = newTable("loca")
        type_["glyf"] = glyf = newTable("glyf")
        glyf.glyphOrder, glyf.axisTags = names, []
        glyf.glyphs = {self.order[number]: Glyph(self._drawing(number)) for number in numbers}
        return type_

    def _drawing(self, number: int) -> bytes:
        """Read at its place, which other threads do not move."""
        start, end = self.places[number], self.places[number + 1]
        return os.pread(self.file.fileno(), end - start, self.start + start)

    def _characters(self, names: Iterable[str]) -> CharacterMap:
        table = copy(self.characters)
        wanted = [char for name in names for char in self.of_glyph.get(name, ())]
        table.tables = [copy(part) for part in self.characters.tables]
        for part in table.tables:
            part.cmap = {char: part.cmap[char] for char in wanted if char in part.cmap}
        return table


class Face(TTFFont):
    """One weight for one paper: what it draws is counted here, what it measures by belongs to all papers."""

    __slots__ = ("_cut", "_typeface")

    def __init__(self, typeface: Typeface) -> None:
        for name in TTFFont.__slots__:
            if name != "ttfont" and hasattr(typeface.face, name):
                setattr(self, name, getattr(typeface.face, name))
        self._typeface, self._cut = typeface, None
        self.desc = copy(self.desc)  # the library numbers it, as everything that stands in a file
        self.missing_glyphs: list[int] = []
        self.subset = SubsetMap(self)

    @property
    def ttfont(self) -> TTFont:
        """Asked for when all pages are drawn."""
        if self._cut is None:
            self._cut = self._typeface.cut(self.subset.get_all_glyph_names())
        return self._cut


def faces() -> dict[str, Face]:
    """For one paper, by the library's name for each. Raises FileNotFoundError where `npm ci` has not run."""
    with _opening:
        typefaces = _typefaces()
    return {name: Face(typeface) for name, typeface in typefaces.items()}


def characters() -> frozenset[int]:
    """What can be drawn, in either weight. Raises FileNotFoundError where `npm ci` has not run."""
    with _opening:
        return _drawable()


@lru_cache(maxsize=1)
def _typefaces() -> dict[str, Typeface]:
    library = FPDF()
    for weight, path in FILES.items():
        library.add_font(FAMILY, weight, path)
    return {name: Typeface(face) for name, face in library.fonts.items() if isinstance(face, TTFFont)}


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    return frozenset.intersection(*(frozenset(typeface.face.cmap) for typeface in _typefaces().values()))


def _characters_of_glyphs(table: CharacterMap) -> dict[str, list[int]]:
    """Of every part of the table, of which one may know more than another."""
    found: dict[str, set[int]] = {}
    for part in table.tables:
        for char, name in part.cmap.items():
            found.setdefault(name, set()).add(char)
    return {name: sorted(chars) for name, chars in found.items()}
