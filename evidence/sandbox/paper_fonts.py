"""Letters for PDFs that bring no type of their own: ours, read before the examiner's children lose the right to open files.

Bank statements name STSong-Light and rely on whoever reads them to have it. The type that npm brings is there in every install and draws
Chinese, Japanese, Greek and Cyrillic; what it lacks is told (see pdf_remarks). Latin letters come from pdfium itself.
"""

from __future__ import annotations

import ctypes
import struct
from functools import lru_cache

import pypdfium2.raw as pdfium
from fontTools.ttLib import TTFont

from lib.fonts import REGULAR_FONT

# For these pdfium has letters of its own, and names of families that ask for nothing more.
LATIN = frozenset({pdfium.FXFONT_ANSI_CHARSET, pdfium.FXFONT_DEFAULT_CHARSET, pdfium.FXFONT_SYMBOL_CHARSET})
FACE = b"Noto Sans SC\0"
OURS = 1  # the handle of the one font there is
# Callbacks that pdfium keeps: they live as long as the process does.
_kept: list[object] = []


@lru_cache(maxsize=1)
def our_letters() -> frozenset[int]:
    """The characters that can be drawn without the PDF's own type. Empty where `npm ci` has not run."""
    if not REGULAR_FONT.exists():
        return frozenset()
    with TTFont(REGULAR_FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def install() -> None:
    """From here on pdfium asks us, and never the system, for type that a PDF does not bring. Once in a process."""
    if _kept or not REGULAR_FONT.exists():
        return
    data = REGULAR_FONT.read_bytes()
    tables = _tables(data)
    place = ctypes.create_string_buffer(data, len(data))

    def font_data(_this: object, _font: object, table: int, target: int, size: int) -> int:
        start, length = tables.get(table, (0, 0))
        if target and length <= size:
            ctypes.memmove(target, ctypes.addressof(place) + start, length)
        return length

    def face_name(_this: object, _font: object, target: int, size: int) -> int:
        if target and size >= len(FACE):
            ctypes.memmove(target, FACE, len(FACE))
        return len(FACE)

    _set({
        "MapFont": lambda _this, _weight, _italic, charset, _pitch, _face, _exact: None if charset in LATIN else OURS,
        "GetFont": lambda _this, _face: None,
        "GetFontData": font_data,
        "GetFaceName": face_name,
        "GetFontCharset": lambda _this, _font: pdfium.FXFONT_GB2312_CHARSET,
        "EnumFonts": lambda _this, _mapper: None,
        "DeleteFont": lambda _this, _font: None,
        "Release": lambda _this: None,
    })  # fmt: skip


def _set(callbacks: dict[str, object]) -> None:
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    info = pdfium.FPDF_SYSFONTINFO(version=1)
    for name, callback in callbacks.items():
        setattr(info, name, kinds[name](callback))
    pdfium.FPDF_SetSystemFontInfo(info)
    _kept.append(info)


def _tables(data: bytes) -> dict[int, tuple[int, int]]:
    """Where each table of the font lies and how long it is, by its tag as a number; 0 is all of it."""
    count = struct.unpack(">H", data[4:6])[0]
    rows = (struct.unpack(">4sIII", data[12 + 16 * row : 28 + 16 * row]) for row in range(count))
    return {0: (0, len(data)), **{int.from_bytes(tag): (start, length) for tag, _sum, start, length in rows}}
