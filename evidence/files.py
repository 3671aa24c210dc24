"""Files as they come: what they are by content, and the copy people may look at. Pure: bytes in, bytes out."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import pi_heif
import pikepdf
from PIL import Image, ImageOps

from tickets.identifiers import without_card_numbers

pi_heif.register_heif_opener()

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
MARKUP = re.compile(r"\s*(<\?xml|<!doctype|<!--|<html|<head|<body|<svg|<script|<iframe|\{\\rtf)", re.IGNORECASE)
TEXT_CONTROLS = frozenset("\t\n\r\f")
THUMBNAIL = (320, 320)
JPEG_QUALITY = 90
# What is kept of a page: what it shows. Everything that acts or tells about its maker stays behind.
PAGE_KEYS = frozenset({"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group"})
STREAM_KEYS = frozenset({"/Metadata", "/PieceInfo", "/LastModified", "/AF"})
DEEPEST = 30


class Refused(Exception):
    """The file cannot be taken. `code` says why, as in evidence.words.REASON."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Limits:
    """What a policy allows: bytes, pixels, pixels of the short side, pages."""

    bytes: int
    pixels: int
    side: int
    pages: int


@dataclass(frozen=True)
class SafeCopy:
    """What people look at instead of the original."""

    data: bytes
    media_type: str
    thumbnail: bytes = b""
    width: int | None = None
    height: int | None = None
    pages: int | None = None


# ---- On arrival: cheap, from the first bytes
def sniff(data: bytes) -> str:
    """The media type by content alone; text of any sort is text/plain. Empty where it is nothing we take."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and _is_heic(data):
        return "image/heic"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    return "text/plain" if is_plain_text(data) else ""


def _is_heic(data: bytes) -> bool:
    length = min(int.from_bytes(data[:4]), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    return not brands.isdisjoint(HEIC_BRANDS) and b"avif" not in brands


def is_plain_text(data: bytes) -> bool:
    """UTF-8 or GBK without control characters, and not the source of a page, a drawing or a document."""
    try:
        text = decoded(data)
    except Refused:
        return False
    return MARKUP.match(text) is None and not any(_is_control(char) for char in set(text))


def _is_control(char: str) -> bool:
    return char not in TEXT_CONTROLS and unicodedata.category(char) == "Cc"


def decoded(data: bytes) -> str:
    """Raises Refused when it is neither UTF-8 nor GBK."""
    for encoding in ("utf-8-sig", "gbk"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("unreadable")


def accepted_type(media_type: str, data: bytes, forms: frozenset[str]) -> str:
    """The type under which a kind with these forms takes the file. Raises Refused("type_not_allowed")."""
    if media_type in PICTURES:
        fits = "image" in forms
    elif media_type == "application/pdf":
        fits = "pdf" in forms
    else:
        media_type = _text_type(data, forms) if media_type else ""
        fits = bool(media_type)
    if not fits:
        raise Refused("type_not_allowed")
    return media_type


def _text_type(data: bytes, forms: frozenset[str]) -> str:
    if "json" in forms and _is_json(data):
        return "application/json"
    if "text" in forms:
        return "text/plain"
    return "text/csv" if "csv" in forms and not _is_json(data) and re.search(rb"[,;\t]", data) else ""


def _is_json(data: bytes) -> bool:
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(decoded(data))
    except (ValueError, RecursionError, Refused):
        return False
    return True


def display_name(name: str) -> str:
    """The name without its path, without control, direction and other invisible marks, at most 120 characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    return kept.strip(" .")[-120:]


# ---- In the worker: everything that parses
def safe_copy(data: bytes, media_type: str, limits: Limits) -> SafeCopy:
    """Decode, check, and make anew. Raises Refused with the reason; anything else a parser raises is its crash."""
    if len(data) > limits.bytes:
        raise Refused("too_large")
    if media_type in PICTURES:
        return _picture(data, PICTURES[media_type], limits)
    if media_type == "application/pdf":
        return _pdf(data, limits)
    return SafeCopy(without_card_numbers(decoded(data)).encode(), "text/plain; charset=utf-8")


def _picture(data: bytes, format_: str, limits: Limits) -> SafeCopy:
    try:
        with Image.open(io.BytesIO(data), formats=(format_,)) as opened:
            if opened.width * opened.height > limits.pixels:
                raise Refused("too_many_pixels")
            if min(opened.size) < limits.side:
                raise Refused("too_small")
            opened.load()
            picture = _bare(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused("unreadable") from error
    lossless = format_ == "PNG"
    return SafeCopy(
        _encoded(picture, "PNG" if lossless else "JPEG"),
        "image/png" if lossless else "image/jpeg",
        _encoded(_small(picture), "JPEG"),
        picture.width,
        picture.height,
    )


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone, on white: pasted into a new picture, because a plain save would carry comments along."""
    bare = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        bare.paste(seen, mask=seen.getchannel("A"))
    else:
        bare.paste(image.convert("RGB"))
    return bare


def _small(picture: Image.Image) -> Image.Image:
    small = picture.copy()
    small.thumbnail(THUMBNAIL)
    return small


def _encoded(picture: Image.Image, format_: str) -> bytes:
    target = io.BytesIO()
    options: dict[str, Any] = {"quality": JPEG_QUALITY} if format_ == "JPEG" else {"compress_level": 4}
    picture.save(target, format_, **options)
    return target.getvalue()


def _pdf(data: bytes, limits: Limits) -> SafeCopy:
    """The pages, with what stands on them made part of them, in a new document. Nothing that acts comes along."""
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
