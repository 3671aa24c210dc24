"""Files of a letter: their names, pictures written into HTML, and what Outlook wraps into winmail.dat. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message

from evidence.sandbox.letter_charsets import decode

ENDINGS = {
    "image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "application/pdf": "pdf", "text/csv": "csv", "application/zip": "zip",
}  # fmt: skip
PICTURE = re.compile(r"data:image/([a-z]{2,5});base64,([A-Za-z0-9+/=\s%]*)", re.IGNORECASE)
# Smaller than this a picture has nothing on it: a counter of who reads, or a spacer.
NOTHING_ON_IT = 100
LONGEST_NAME = 500

# Of TNEF, as Microsoft describes it (MS-OXTNEF): attributes one after the other, each with its level, number, length and checksum.
TNEF_SIGNATURE, TNEF_HEAD, OF_ATTACHMENT = 0x223E9F78, struct.Struct("<BII"), 2
NEW_FILE, FILE_NAME, FILE_DATA = 0x00069002, 0x00018010, 0x0006800F


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes


def file_name(part: Message, number: int) -> str:
    """Also where the program encoded it as if it were a subject, which the standard forbids and QQ Mail does. Never raises."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        name = ""
    return decoded_words(name)[:LONGEST_NAME] or f"{number}.{ENDINGS.get(part.get_content_type(), 'bin')}"


def decoded_words(said: str) -> str:
    """A subject or a name as people read it. What cannot be decoded stays as it came. Never raises."""
    if "=?" in said:
        with suppress(ValueError, LookupError, TypeError, MessageError):
            pieces = decode_header(said)
            said = "".join(decode(piece, charset or "") if isinstance(piece, bytes) else piece for piece, charset in pieces)
    with suppress(UnicodeError):
        return decode(said.encode("utf-8", "surrogateescape"), "")  # bytes that were not encoded at all
    return said.encode("utf-8", "replace").decode("utf-8")


def without_pictures(html: str) -> tuple[str, list[Attachment]]:
    """The page without the pictures that are written into it, and those."""
    found: list[Attachment] = []

    def take(picture: re.Match[str]) -> str:
        data = _base64(picture[2])
        if len(data) > NOTHING_ON_IT:
            found.append(Attachment(f"{len(found) + 1}.{ENDINGS.get(f'image/{picture[1].lower()}', 'bin')}", data))
        return ""

    return PICTURE.sub(take, html), found


def _base64(text: str) -> bytes:
    plain = re.sub(r"[^A-Za-z0-9+/]", "", text.partition("=")[0])
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (ValueError, binascii.Error):
        return b""


def unpack_tnef(data: bytes) -> list[Attachment]:
    """The files in a winmail.dat. Empty where there are none, or it is none. Never raises."""
    found: list[Attachment] = []
    for number, value in _tnef_attributes(data):
        if number == NEW_FILE:
            found.append(Attachment("", b""))
        elif found and number == FILE_NAME:
            found[-1] = Attachment(decode(value.rstrip(b"\x00"), "")[:LONGEST_NAME], found[-1].data)
        elif found and number == FILE_DATA:
            found[-1] = Attachment(found[-1].name, value)
    return [each for each in found if each.data]


def _tnef_attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    if len(data) < 6 or int.from_bytes(data[:4], "little") != TNEF_SIGNATURE:
        return
    at = 6
    while at + TNEF_HEAD.size <= len(data):
        level, number, length = TNEF_HEAD.unpack_from(data, at)
        at += TNEF_HEAD.size
        if at + length > len(data):
            return
        if level == OF_ATTACHMENT:
            yield number, data[at : at + length]
        at += length + 2  # and a checksum
