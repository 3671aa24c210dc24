"""The safe copy of a PDF: its pages alone in a new document, nothing that acts. Pure; runs in the examiner's process."""

from __future__ import annotations

import contextlib
import io
import math

import pikepdf
import pypdfium2

from evidence.files import FileRefused, Limits, SafeCopy
from evidence.sandbox.image_sanitizer import THUMBNAIL, encode_picture, likeness
from evidence.sandbox.pdf_content import rewrite_contents
from evidence.sandbox.pdf_streams import strip_picture, unpacked_size

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
# Long side of a page that is looked at: small print on A4 can be read.
LEGIBLE = 2000
# The largest page of the format; a poster has a tenth of it.
LONGEST_SIDE = 14_400.0
# A sheet of A4 in black and white at 1200 dots an inch.
LARGEST_IMAGE = 140_000_000
BROKEN = (pikepdf.PdfError, pikepdf.exceptions.PikepdfError, ValueError, TypeError, KeyError, AttributeError, OverflowError)


def pdf_copy(data: bytes, limits: Limits) -> SafeCopy:
    """The pages, with what stands on them made part of them, in a new document. Raises FileRefused with the reason."""
    try:
        with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as copy:
            pages = _count_pages(source, limits)
            source.flatten_annotations("all")
            copy.pages.extend(source.pages)
            made = _save_stripped(copy)
    except pikepdf.PasswordError as error:
        raise FileRefused("encrypted") from error
    except BROKEN as error:
        raise FileRefused("unreadable") from error
    thumbnail, alike = _first_page(made)
    return SafeCopy(made, "application/pdf", thumbnail, pages=pages, likeness=alike)


def _count_pages(source: pikepdf.Pdf, limits: Limits) -> int:
    if source.is_encrypted:
        raise FileRefused("encrypted")
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


def _save_stripped(copy: pikepdf.Pdf) -> bytes:
    for page in copy.pages:
        _keep(page.obj, PAGE_KEYS)
        if isinstance(page.obj.get("/Resources"), pikepdf.Dictionary):
            _keep(page.obj.Resources, RESOURCE_KEYS)
    size = 0
    for thing in copy.objects:
        _strip(thing)
        if isinstance(thing, pikepdf.Stream):
            size += unpacked_size(thing, size)
            _strip_picture(thing)
    rewrite_contents(copy)
    target = io.BytesIO()
    copy.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return target.getvalue()


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


def _strip_picture(stream: pikepdf.Stream) -> None:
    if stream.get("/Subtype") != "/Image":
        return
    if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > LARGEST_IMAGE:
        raise FileRefused("too_heavy")
    strip_picture(stream)


def _first_page(made: bytes) -> tuple[bytes, str]:
    """A thumbnail and what it looks like. Drawn from the copy, without forms or annotations. A page that cannot be drawn has neither."""
    try:
        with pypdfium2.PdfDocument(made) as document:
            page = document[0]
            scale = THUMBNAIL / max(page.get_size())
            drawn = page.render(scale=scale, may_draw_forms=False, draw_annots=False).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, ZeroDivisionError):
        return b"", ""
    return encode_picture(drawn, "JPEG"), likeness(drawn)


def page_picture(data: bytes, number: int) -> SafeCopy:
    """A page of a safe copy, drawn as its thumbnail is. Raises FileRefused("unreadable")."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            page = document[number - 1]
            drawn = page.render(scale=LEGIBLE / max(page.get_size()), may_draw_forms=False, draw_annots=False).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, ZeroDivisionError, IndexError) as error:
        raise FileRefused("unreadable") from error
    return SafeCopy(encode_picture(drawn, "JPEG"), "image/jpeg", width=drawn.width, height=drawn.height)


def warm_up() -> None:
    """Load what is loaded at first use."""
    document = pikepdf.new()
    document.add_blank_page()
    for locked in (None, pikepdf.Encryption(owner="a", user="")):
        target = io.BytesIO()
        document.save(target, encryption=locked)
        with contextlib.suppress(FileRefused):
            page_picture(pdf_copy(target.getvalue(), Limits(2**20, 2**20, 1, 1)).data, 1)
