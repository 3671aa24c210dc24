"""What a page of a PDF draws, and nothing it only tells: its content token by token. Pure; runs in the examiner's process.

Comments, marked content (with its /ActualText and private properties), operators that are none and operands too many are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import TokenType

from evidence.files import FileRefused
from evidence.sandbox.pdf_cost import DrawingCost, Tally
from evidence.sandbox.pdf_streams import MOST_UNPACKED, bare_jpeg, decode_filter, unpacked_size

# All content of a document together: a byte costs a microsecond.
MOST_CONTENT = 12 * 1024 * 1024
DEEPEST = 30  # arrays within arrays
# How many operands an operator takes; the colours of a space may have up to 32 and a pattern's name.
OPERANDS = {
    **dict.fromkeys(b"b B b* B* BX EX f F f* h n q Q s S W W* BT ET T*".split(), 0),
    **dict.fromkeys(b"CS cs Do G g gs i j J M ri sh Tc Tj TJ TL Tr Ts Tw Tz w '".split(), 1),
    **dict.fromkeys(b"d d0 l m Td TD Tf".split(), 2),
    **dict.fromkeys(b'RG rg "'.split(), 3),
    **dict.fromkeys(b"K k re v y".split(), 4),
    **dict.fromkeys(b"c cm d1 Tm".split(), 6),
    **dict.fromkeys(b"SC sc SCN scn".split(), 33),
}
SHOWS_TEXT = frozenset({b"Tj", b"TJ", b"'", b'"'})
OF_INLINE = frozenset(
    b"/BPC /BitsPerComponent /CS /ColorSpace /D /Decode /DP /DecodeParms /F /Filter /H /Height /IM /ImageMask /I /Interpolate"
    b" /W /Width".split()
)
FILTERS = {
    b"/AHx": "/ASCIIHexDecode", b"/A85": "/ASCII85Decode", b"/LZW": "/LZWDecode", b"/Fl": "/FlateDecode", b"/RL": "/RunLengthDecode",
    b"/CCF": "/CCITTFaxDecode", b"/DCT": "/DCTDecode",
}  # fmt: skip
CLOSES = {TokenType.array_close: (b"[", b"]"), TokenType.dict_close: (b"<<", b">>")}


class _DrawingFilter(pikepdf.TokenFilter):
    """Collects what draws in `kept`, and counts it in `tally`."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] = []
        self.tally = Tally()
        self._operands: list[bytes] = []
        self._open: list[int] = []
        self._pixels = b""

    def handle_token(self, token: Any = None) -> None:
        kind, raw = token.type_, token.raw_value
        if kind in (TokenType.space, TokenType.comment, TokenType.bad, TokenType.eof):
            return
        if kind in (TokenType.array_open, TokenType.dict_open):
            if len(self._open) < DEEPEST:
                self._open.append(len(self._operands))
        elif kind in CLOSES:
            self._close(*CLOSES[kind])
        elif kind == TokenType.inline_image:
            self._pixels = raw
        elif kind == TokenType.word:
            self._word(raw)
        else:
            self._operands.append(raw)

    def _close(self, start: bytes, end: bytes) -> None:
        at = self._open.pop() if self._open else len(self._operands)
        self._operands[at:] = [start + b" ".join(self._operands[at:]) + end]

    def _word(self, operator: bytes) -> None:
        if operator == b"ID":
            return  # the entries of an inline picture, until its EI
        if operator == b"EI":
            self.kept.append(_inline(self._operands, self._pixels))
        elif operator in OPERANDS:
            operands = self._fitting(operator)
            self._count(operator, operands)
            self.kept.append(b" ".join((*operands, operator)))
        self._operands, self._open = [], []

    def _count(self, operator: bytes, operands: list[bytes]) -> None:
        self.tally.operators += 1
        if operator in (b"Do", b"gs") and operands:
            named = self.tally.drawn if operator == b"Do" else self.tally.states
            named[operands[-1].decode("latin-1")] += 1
        elif operator in SHOWS_TEXT:
            self.tally.letters += sum(map(len, operands))

    def _fitting(self, operator: bytes) -> list[bytes]:
        count = OPERANDS[operator]
        found = [each for each in self._operands if not each.startswith(b"<<")]
        if operator not in SHOWS_TEXT:
            found = [each for each in found if each[:1] not in (b"(", b"<")]
        return found[-count:] if count else []


def _inline(entries: list[bytes], pixels: bytes) -> bytes:
    """A picture within the content. Nothing, where it is none that can be shown."""
    told = {key: value for key, value in zip(entries[::2], entries[1::2], strict=False) if key in OF_INLINE and b"(" not in value}
    names = [FILTERS.get(name, name.decode("latin-1")) for name in told.get(b"/F", told.get(b"/Filter", b"")).strip(b"[]").split()]
    if not set(names) <= set(FILTERS.values()):
        return b""
    if names[-1:] == ["/DCTDecode"]:
        try:
            for name in names[:-1]:
                pixels = decode_filter(pixels, name)
            pixels = bare_jpeg(pixels)
        except FileRefused:
            return b""
        told = {key: value for key, value in told.items() if key not in (b"/F", b"/Filter", b"/DP", b"/DecodeParms")} | {b"/F": b"/DCT"}
    return b"BI " + b" ".join(b" ".join(entry) for entry in told.items()) + b" ID " + pixels + b"\nEI"


def rewrite_contents(document: pikepdf.Pdf) -> list[bool]:
    """Every content of the document without what it tells; of each page, whether it shows letters, pictures or drawings.

    Raises FileRefused when it is too much to keep, or to draw.
    """
    size, pages, tallies = 0, [], dict[tuple[int, int], Tally]()
    for page in document.pages:
        parts = page.obj.get("/Contents")
        for part in parts if isinstance(parts, pikepdf.Array) else [parts]:
            size += _size(part, size) if isinstance(part, pikepdf.Stream) else 0
        kept, tally = _filter_page(page)
        page.obj.Contents = document.make_stream(kept)
        pages.append((page.obj, tally))
    for stream in list(_contents(document)):
        size += _size(stream, size)
        shown = pikepdf.Page(document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Page, Contents=stream)))
        kept, tallies[stream.objgen] = _filter_page(shown)
        stream.write(kept)
    cost = DrawingCost(tallies)
    for drawn, tally in pages:
        cost.check(drawn, tally)
    return [bool(tally.letters or tally.drawn) for _drawn, tally in pages]


def _size(stream: Any, so_far: int) -> int:
    size = unpacked_size(stream, MOST_UNPACKED - MOST_CONTENT + so_far) or len(stream.read_raw_bytes())
    if so_far + size > MOST_CONTENT:
        raise FileRefused("too_heavy")
    return size


def _filter_page(page: pikepdf.Page) -> tuple[bytes, Tally]:
    drawn = _DrawingFilter()
    page.get_filtered_contents(drawn)
    return b"\n".join(drawn.kept), drawn.tally


def _contents(document: pikepdf.Pdf) -> Iterator[Any]:
    """Forms, patterns, and the letters of fonts that are drawings; each once."""
    for thing in document.objects:
        if isinstance(thing, pikepdf.Stream) and (thing.get("/Subtype") == "/Form" or thing.get("/PatternType") == 1):
            yield thing
        elif isinstance(thing, pikepdf.Dictionary) and isinstance(thing.get("/CharProcs"), pikepdf.Dictionary):
            yield from (letter for _, letter in thing.CharProcs.items() if isinstance(letter, pikepdf.Stream))
