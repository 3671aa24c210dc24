"""What a PDF holds that its copy cannot show, told to whoever decides by it. Pure; runs in the examiner's process."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from evidence.sandbox.paper_fonts import our_letters

# Of these pdfium draws its own picture, where the PDF brings none; or there is nothing to draw.
DRAWN_ANYWAY = frozenset({
    "/Circle", "/FreeText", "/Highlight", "/Ink", "/Link", "/Popup", "/Square", "/Squiggly", "/StrikeOut", "/Text", "/Underline", "/Widget",
    "/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/PrinterMark", "/TrapNet",
})  # fmt: skip
PLAYED = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
OPEN_WORDS = frozenset({"/FreeText", "/Widget", "/Link", "/Popup", "/Stamp", *PLAYED})
HIDDEN = 0b10  # flag of an annotation
START = re.compile(rb"startxref\s+(\d+)\s*(%%EOF)?")
OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
# What no letter of any type shows.
UNSEEN = frozenset("\x00\r\n\t \u00a0\u00ad\u3000\ufeff\ufffe\uffff")


class Remarks:
    """Codes of evidence.words.REMARK with the pages that each is about, from 1; no page: the document."""

    def __init__(self) -> None:
        self._pages: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, code: str, *pages: int) -> None:
        self._pages[code].update(pages)

    def codes(self) -> tuple[str, ...]:
        """As they travel: `code` or `code:2,5`."""
        return tuple(f"{code}:{','.join(map(str, sorted(pages)))}" if pages else code for code, pages in sorted(self._pages.items()))


def is_cut_short(data: bytes) -> bool:
    """Whether the end is missing. (Readers mend that silently, and show blank pages for what did not arrive.)"""
    ends = list(START.finditer(data))
    if not ends:
        return True
    last = ends[-1]
    if OBJECT.search(data, last.end()):
        return True  # an earlier end, and something begun after it
    table = int(last[1][:12])
    return not last[2] and not (data[table : table + 4] == b"xref" or OBJECT.match(data, table))


def note_contents(source: pikepdf.Pdf, remarks: Remarks) -> None:
    """What hangs in the document beside its pages, and on each page."""
    if len(source.attachments) or "/Collection" in source.Root:
        remarks.add("attachments")
    form = source.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        remarks.add("dynamic_form")
    for number, page in enumerate(source.pages, 1):
        for each in _annotations(page):
            _note_annotation(each, number, remarks)


def _annotations(page: pikepdf.Page) -> Iterator[pikepdf.Object]:
    listed = page.obj.get("/Annots")
    for each in listed if isinstance(listed, pikepdf.Array) else ():
        if isinstance(each, pikepdf.Dictionary) and not int(each.get("/F", 0)) & HIDDEN:
            yield each


def _note_annotation(each: pikepdf.Object, number: int, remarks: Remarks) -> None:
    kind = str(each.get("/Subtype"))
    if kind == "/FileAttachment":
        remarks.add("attachments", number)
    elif kind in PLAYED:
        remarks.add("media", number)
    elif kind not in DRAWN_ANYWAY and "/AP" not in each:
        remarks.add("notes_unseen", number)
    elif kind not in OPEN_WORDS and str(each.get("/Contents", "")).strip():
        remarks.add("notes_folded", number)


def note_fonts(made: pikepdf.Pdf, remarks: Remarks) -> None:
    """Type that is numbered by its own glyphs and is not there: nobody can say which letters were meant."""
    for thing in made.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == "/Type0" and _is_lost(thing):
            remarks.add("letters_missing")


def _is_lost(font: pikepdf.Object) -> bool:
    below = font.get("/DescendantFonts")
    first = below[0] if isinstance(below, pikepdf.Array) and len(below) else pikepdf.Dictionary()
    described = first.get("/FontDescriptor", pikepdf.Dictionary())
    system = first.get("/CIDSystemInfo", pikepdf.Dictionary())
    brought = any(f"/FontFile{kind}" in described for kind in ("", 2, 3))
    return not brought and str(font.get("/Encoding")).startswith("/Identity") and str(system.get("/Ordering", "")) == "Identity"


def note_letters(document: pypdfium2.PdfDocument, number: int, remarks: Remarks) -> None:
    """Letters of type that the page does not bring, and that we have not."""
    page = document[number - 1]
    text = page.get_textpage()
    said = text.get_text_range()
    strange = {char for char in set(said) - UNSEEN if ord(char) not in our_letters()}
    if strange and any(_is_borrowed(text, place) for place in range(text.count_chars()) if _letter(text, place) in strange):
        remarks.add("letters_missing", number)
    text.close()
    page.close()


def _letter(text: pypdfium2.PdfTextPage, place: int) -> str:
    return chr(pdfium.FPDFText_GetUnicode(text, place))


def _is_borrowed(text: pypdfium2.PdfTextPage, place: int) -> bool:
    drawn = pdfium.FPDFText_GetTextObject(text, place)
    font = drawn and pdfium.FPDFTextObj_GetFont(drawn)
    return bool(font) and pdfium.FPDFFont_GetIsEmbedded(font) == 0
