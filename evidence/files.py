"""Files as they come: what they are by their first bytes, and what may be called a copy of them. Pure, and parses nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
MEGA = 1024 * 1024  # bytes in a megabyte, as policies and pages count them
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
# What payment apps export: a table with its headings, in text or as a workbook.
CSV_BILL, XLSX = "text/csv; header=present", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
MARKUP = re.compile(r"\s*(<\?xml|<!doctype|<!--|<html|<head|<body|<svg|<script|<iframe|\{\\rtf)", re.IGNORECASE)
TEXT_CONTROLS = frozenset("\t\n\r\f")
# Types that people send and we do not take: by what the file begins with, by what is in a ZIP.
STARTS = {
    b"GIF8": "gif", b"BM": "bmp", b"II*\x00": "tiff", b"MM\x00*": "tiff", b"\xff\x0a": "jxl",
    b"\x00\x00\x00\x0cJXL ": "jxl", b"\xd0\xcf\x11\xe0": "office", b"Rar!": "archive", b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive", b"\x1aE\xdf\xa3": "film", b"ID3": "film", b"#!AMR": "film",
}  # fmt: skip
PACKED = {b"OFD.xml": "ofd", b"word/": "office", b"xl/": "office", b"ppt/": "office"}
# What the look into a file can end with. The words for each stand in evidence.words.
REFUSALS = frozenset({
    "too_large", "unreadable", "too_many_pixels", "too_small", "encrypted", "too_many_pages", "too_heavy", "one_time_code",
    "large_animation", "check_failed", "not_a_bill", "too_long",
})  # fmt: skip

# What a copy may not show of its original. The words for each stand in evidence.words; `code` or `code:2,5`, with the pages.
REMARKS = frozenset({
    "attachments", "dynamic_form", "empty_pages", "letters_missing", "media", "notes_folded", "notes_unseen", "repaired", "uncompared",
})  # fmt: skip
REMARK_FORMAT = re.compile(r"([a-z_]{1,20})(?::(\d{1,5}(?:,\d{1,5}){0,199}))?")


class FileRefused(Exception):
    """The file cannot be taken. `code` says why, as in evidence.words.REASON; `of` which type it is, as in evidence.words.TYPE."""

    def __init__(self, code: str, of: str = "") -> None:
        super().__init__(code)
        self.code, self.of = code, of


def suffix_of(media_type: str) -> str:
    """What the name of a safe copy ends with: what is no picture and no PDF is shown as text."""
    return SUFFIXES.get(media_type, "txt")


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
    likeness: str = ""
    remarks: tuple[str, ...] = ()


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
    if data.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in data:
        return XLSX
    return "text/plain" if is_plain_text(data) else ""


def _is_heic(data: bytes) -> bool:
    length = min(int.from_bytes(data[:4]), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    return not brands.isdisjoint(HEIC_BRANDS) and b"avif" not in brands


def is_plain_text(data: bytes) -> bool:
    """UTF-8 or GB 18030 without control characters, and not the source of a page, a drawing or a document."""
    try:
        text = decode_text(data)
    except FileRefused:
        return False
    return MARKUP.match(text) is None and not any(_is_control(char) for char in set(text))


def _is_control(char: str) -> bool:
    return char not in TEXT_CONTROLS and unicodedata.category(char) == "Cc"


def decode_text(data: bytes) -> str:
    """Raises FileRefused when it is neither UTF-8 nor GB 18030 (GBK, and four bytes for 𠮷, 🙂 and ¥)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("unreadable")


def accepted_type(media_type: str, data: bytes, forms: frozenset[str]) -> str:
    """The type under which a kind with these forms takes the file. Raises FileRefused("type_not_allowed")."""
    if media_type in PICTURES:
        fits = "image" in forms
    elif media_type == "application/pdf":
        fits = "pdf" in forms
    elif media_type == XLSX:
        fits = "bill" in forms
    else:
        media_type = _text_type(data, forms) if media_type else ""
        fits = bool(media_type)
    if not fits:
        raise FileRefused("type_not_allowed", _known_type(data) if forms & {"image", "pdf"} else "")
    return media_type


def _known_type(data: bytes) -> str:
    """What people send and we do not take, where it has a way of its own to be sent; empty for anything else."""
    if data.startswith(b"PK\x03\x04"):
        return next((name for part, name in PACKED.items() if part in data), "archive")
    if data[4:8] == b"ftyp":
        return "avif" if b"avi" in data[8:64] else "film"
    if MARKUP.match(data[:1024].decode("latin-1")):
        return "svg" if b"<svg" in data[:4096] else "page"
    return next((name for start, name in STARTS.items() if data.startswith(start)), "")


def _text_type(data: bytes, forms: frozenset[str]) -> str:
    if "json" in forms and _is_json(data):
        return "application/json"
    if "text" in forms:
        return "text/plain"
    if _is_json(data) or not re.search(rb"[,;\t]", data):
        return ""
    return "text/csv" if "csv" in forms else CSV_BILL if "bill" in forms else ""


def _is_json(data: bytes) -> bool:
    """By its brackets: it is only ever shown as text, and reading it all would cost twenty times its size in memory."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    return (text[:1], text[-1:]) in ((b"{", b"}"), (b"[", b"]"))


def display_name(name: str) -> str:
    """The name without its path, without control, direction and other invisible marks, at most 120 characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    return kept.strip(" .")[-120:]
