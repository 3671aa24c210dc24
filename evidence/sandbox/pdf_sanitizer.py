"""The safe copy of a PDF: its pages alone in a new document, nothing that acts. Pure; runs in the examiner's process."""

from __future__ import annotations

import contextlib
import io
import math
from dataclasses import replace

import pikepdf
import pypdfium2

from evidence.files import FileRefused, Limits, SafeCopy
from evidence.sandbox import paper_fonts, pdf_remarks
from evidence.sandbox.image_sanitizer import THUMBNAIL, encode_picture, likeness
from evidence.sandbox.pdf_content import rewrite_contents
from evidence.sandbox.pdf_drawing import UNDRAWABLE, as_pictures, as_shown, compare, draw_legibly, draw_page
from evidence.sandbox.pdf_remarks import Remarks
from evidence.sandbox.pdf_streams import is_whole, strip_picture, unpacked_size

# What is kept of a page: what it shows. Everything that acts or tells about its maker stays behind.
PAGE_KEYS = frozenset({"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group"})
RESOURCE_KEYS = frozenset({"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/ProcSet"})
STORED_KEYS = frozenset({"/Type", "/Subtype", "/Length", "/Filter", "/DecodeParms"})
# What is kept of a drawing or a picture beside how it is stored.
XOBJECT_KEYS = {
    "/Form": STORED_KEYS | {"/FormType", "/BBox", "/Matrix", "/Resources", "/Group"},
    "/Image": STORED_KEYS | {
        "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode", "/Interpolate", "/SMask",
        "/SMaskInData", "/Matte",
    },
}  # fmt: skip
# Of any other stream: where else its bytes would come from, what it points to, what it tells.
STREAM_KEYS = frozenset({
    "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI", "/Alternates", "/Measure",
})  # fmt: skip
ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm", "/Named", "/Hide", "/Movie",
    "/Sound", "/Rendition", "/RichMediaExecute", "/GoTo3DView", "/SetOCGState", "/Thread", "/Trans",
})  # fmt: skip
DEEPEST = 30
# What qpdf warns of where nothing is broken: forms whose values have no pictures, fields that no form lists.
NO_DAMAGE = ("appearance streams", "not reachable from /AcroForm")
# The largest page of the format; a poster has a tenth of it.
LONGEST_SIDE = 14_400.0
# A sheet of A4 in black and white at 1200 dots an inch.
LARGEST_IMAGE = 140_000_000
BROKEN = (pikepdf.PdfError, pikepdf.exceptions.PikepdfError, ValueError, TypeError, KeyError, AttributeError, OverflowError)


def pdf_copy(data: bytes, limits: Limits) -> SafeCopy:
    """The pages, with what stands on them made part of them, in a new document. Raises FileRefused with the reason.

    Where a page of it would look different from what its owner sees (a form without drawn values, a layer that is off), the new document
    has pictures of the owner's pages instead. What neither shows is in `remarks`.
    """
    remarks = Remarks()
    try:
        made, pages, drawing = _stripped_copy(data, limits, remarks)
        made = _faithful(data, made, pages, drawing, remarks)
    except pikepdf.PasswordError as error:
        raise FileRefused("encrypted") from error
    except BROKEN as error:
        raise FileRefused("encrypted" if "encryption" in str(error) else "unreadable") from error
    return replace(_first_page(made), pages=pages, remarks=remarks.codes())


def _stripped_copy(data: bytes, limits: Limits, remarks: Remarks) -> tuple[bytes, int, list[bool]]:
    """The copy, how many pages it has, and of each whether it has something to draw."""
    with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as copy:
        pages = _count_pages(source, limits)
        if pdf_remarks.is_cut_short(data):
            raise FileRefused("unreadable")
        pdf_remarks.note_contents(source, remarks)
        source.flatten_annotations("all")
        copy.pages.extend(source.pages)
        made, drawing = _save_stripped(copy, remarks)
        if any(not any(said in warning for said in NO_DAMAGE) for warning in (*source.get_warnings(), *copy.get_warnings())):
            remarks.add("repaired")
    return made, pages, drawing


def _faithful(data: bytes, made: bytes, pages: int, drawing: list[bool], remarks: Remarks) -> bytes:
    """The copy, or one of pictures. (Two documents are never held drawn: a page at a time.)"""
    sight = compare(data, made, pages)
    if blank := [number for number in sight.empty if drawing[number - 1]]:
        remarks.add("empty_pages", *blank)
    if sight.uncompared:
        remarks.add("uncompared", *sight.uncompared)
    if sight.uncompared == list(range(1, pages + 1)):
        return made
    with as_shown(data) as shown:
        for number in range(1, min(pages, len(shown)) + 1):
            pdf_remarks.note_letters(shown, number, remarks)
    return as_pictures(data, pages) if sight.differs else made


def _count_pages(source: pikepdf.Pdf, limits: Limits) -> int:
    pages = len(source.pages)
    if pages > limits.pages:
        raise FileRefused("too_many_pages")
    if pages == 0:
        raise FileRefused("unreadable")
    for page in source.pages:
        _check_size(page)
    return pages


def _check_size(page: pikepdf.Page) -> None:
    left, bottom, right, top = (float(side) for side in page.mediabox)
    unit = float(page.obj.get("/UserUnit", 1))
    sides = abs(right - left) * unit, abs(top - bottom) * unit
    if not all(map(math.isfinite, sides)) or min(sides) <= 0:
        raise FileRefused("unreadable")
    if max(sides) > LONGEST_SIDE:
        raise FileRefused("too_heavy")


def _save_stripped(copy: pikepdf.Pdf, remarks: Remarks) -> tuple[bytes, list[bool]]:
    for page in copy.pages:
        _keep(page.obj, PAGE_KEYS)
        if isinstance(page.obj.get("/Resources"), pikepdf.Dictionary):
            _keep(page.obj.Resources, RESOURCE_KEYS)
    size = 0
    for thing in copy.objects:
        _strip(thing)
        if isinstance(thing, pikepdf.Stream):
            size += unpacked_size(thing, size)
            if not (is_whole(thing) and _strip_picture(thing)):
                remarks.add("repaired")
    drawing = rewrite_contents(copy)
    pdf_remarks.note_fonts(copy, remarks)
    target = io.BytesIO()
    copy.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return target.getvalue(), drawing


def _keep(thing: pikepdf.Object, kept: frozenset[str]) -> None:
    for key in set(thing.keys()) - kept:
        del thing[key]


def _strip(thing: object, depth: int = 0) -> None:
    """Take off what acts, what tells about the maker, and files hung in. Indirect children come by themselves."""
    if isinstance(thing, pikepdf.Stream):
        kept = XOBJECT_KEYS.get(str(thing.get("/Subtype")))
        _keep(thing, frozenset(thing.keys()) - STREAM_KEYS if kept is None else kept)
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        keys = set(thing.keys())
        if "/EF" in keys or str(thing.get("/S")) in ACTIONS:
            _keep(thing, frozenset({"/Length"}))
        if isinstance(thing.get("/Resources"), pikepdf.Dictionary):
            _keep(thing.Resources, RESOURCE_KEYS)
        children = [child for _, child in thing.items()]
    else:
        children = list(thing) if isinstance(thing, pikepdf.Array) else []
    for child in children:
        if depth < DEEPEST and isinstance(child, pikepdf.Object) and not child.is_indirect:
            _strip(child, depth + 1)


def _strip_picture(stream: pikepdf.Stream) -> bool:
    """False where its data end too early."""
    if stream.get("/Subtype") != "/Image":
        return True
    if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > LARGEST_IMAGE:
        raise FileRefused("too_heavy")
    return strip_picture(stream)


def _first_page(made: bytes) -> SafeCopy:
    """With a thumbnail of the first page, what that looks like and how large it is, in points. One that cannot be drawn has none of it."""
    try:
        with pypdfium2.PdfDocument(made) as document:
            drawn = draw_page(document, 1, THUMBNAIL)
            width, height = (max(1, round(side)) for side in document.get_page_size(0))
    except UNDRAWABLE:
        return SafeCopy(made, "application/pdf")
    return SafeCopy(made, "application/pdf", encode_picture(drawn, "JPEG"), width, height, likeness=likeness(drawn))


def page_picture(data: bytes, number: int) -> SafeCopy:
    """A page of a safe copy, drawn as its thumbnail is. Raises FileRefused("unreadable")."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            drawn = draw_legibly(document, number)
    except UNDRAWABLE as error:
        raise FileRefused("unreadable") from error
    return SafeCopy(encode_picture(drawn, "JPEG"), "image/jpeg", width=drawn.width, height=drawn.height)


def warm_up() -> None:
    """Load what is loaded at first use, and the letters of PDFs that bring none."""
    paper_fonts.install()
    paper_fonts.our_letters()
    for locked in (None, pikepdf.Encryption(owner="a", user="a"), pikepdf.Encryption(owner="a", user="")):
        target = io.BytesIO()
        _page_of_hanzi().save(target, encryption=locked)
        with contextlib.suppress(FileRefused):
            page_picture(pdf_copy(target.getvalue(), Limits(2**20, 2**20, 1, 1)).data, 1)


def _page_of_hanzi() -> pikepdf.Pdf:
    """Drawn once, type stays in memory; and what pdfium makes to measure is drawn from then on as it will be."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(99, 99))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/STSong-Light"),
        Encoding=pikepdf.Name("/UniGB-UCS2-H"), DescendantFonts=[pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType0, BaseFont=pikepdf.Name("/STSong-Light"),
            CIDSystemInfo=pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=2),
            FontDescriptor=pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/STSong-Light"), Flags=4),
        )],
    )  # fmt: skip
    latin = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Unknown-Sans"))
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font, G=latin))
    page.obj.Contents = document.make_stream(b"BT /F 12 Tf 9 50 Td <4f595757> Tj /G 9 Tf (made to measure) Tj ET")
    return document
