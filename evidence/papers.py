"""The safe copy of a PDF: its pages alone in a new document, nothing that acts. Pure; runs in the examiner's process."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from evidence.files import Limits, Refused, SafeCopy

# What is kept of a page: what it shows. Everything that acts or tells about its maker stays behind.
PAGE_KEYS = frozenset({"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group"})
STREAM_KEYS = frozenset({"/Metadata", "/PieceInfo", "/LastModified", "/AF"})
DEEPEST = 30


def paper_copy(data: bytes, limits: Limits) -> SafeCopy:
    """The pages, with what stands on them made part of them, in a new document. Raises Refused with the reason."""
    try:
        with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as copy:
            if source.is_encrypted:
                raise Refused("encrypted")
            pages = len(source.pages)
            if pages > limits.pages:
                raise Refused("too_many_pages")
            if pages == 0:
                raise Refused("unreadable")
            source.flatten_annotations("all")
            copy.pages.extend(source.pages)
            return SafeCopy(_saved(copy), "application/pdf", pages=pages)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except (pikepdf.PdfError, pikepdf.exceptions.PikepdfError, ValueError) as error:
        raise Refused("unreadable") from error


def _saved(copy: pikepdf.Pdf) -> bytes:
    for page in copy.pages:
        for key in set(page.obj.keys()) - PAGE_KEYS:
            del page.obj[key]
    for thing in copy.objects:
        _strip(thing)
    target = io.BytesIO()
    copy.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return target.getvalue()


def _strip(thing: Any, depth: int = 0) -> None:
    """Take off what tells about the maker, and the bytes of files hung in. Indirect children come by themselves."""
    if isinstance(thing, pikepdf.Stream):
        for key in STREAM_KEYS & set(thing.keys()):
            del thing[key]
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        keys = set(thing.keys())
        if "/EF" in keys and keys & {"/F", "/UF", "/Type"}:
            del thing["/EF"]
        children = [child for _, child in thing.items()]
    else:
        children = list(thing) if isinstance(thing, pikepdf.Array) else []
    for child in children:
        if depth < DEEPEST and isinstance(child, pikepdf.Object) and not child.is_indirect:
            _strip(child, depth + 1)


def warm_up() -> None:
    """Load what is loaded at first use."""
    document, target = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(target)
    paper_copy(target.getvalue(), Limits(2**20, 2**20, 1, 1))
