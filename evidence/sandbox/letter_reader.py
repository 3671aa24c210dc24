"""A letter's own words and files, out of its MIME tree: limits first. Pure; runs in the examiner's process.

Whose letter it is, its headers said before (inbound_mail.heads): nothing here is read for a stranger.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message

from evidence.files import FileRefused
from evidence.sandbox.letter_text import extract_own_text, text_around_quotation, text_of

MOST_PARTS, DEEPEST = 200, 20
LARGEST_HTML, LARGEST_TEXT = 200_000, 400_000  # bytes of a part; characters that are looked through
MOST_FILES = 100
PART = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
TREE = re.compile(rb"^content-type[ \t]*:[ \t\r\n]*(?:multipart/|message/)", re.IGNORECASE | re.MULTILINE)
# Parts that mail programs add by themselves.
IGNORED_TYPES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/ms-tnef",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
    }
)
# A picture shown inside the text and so small is a logo or a smiley.
LOGO = 15_000
# What Chinese programs call GB2312 or GBK holds characters of the larger set.
WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "hz-gb-2312": "hz", "iso-8859-1": "cp1252",
    "us-ascii": "utf-8", "ascii": "utf-8", "windows-874": "cp874",
}  # fmt: skip
# Every set of characters a letter may name: loaded before the examiner's children are shut in, which can open no file. No others
# are looked up: Python also calls "base64" and "hex" codecs.
CHARSETS = frozenset({
    "utf-8", "gb18030", "hz", "big5", "big5hkscs", "cp950", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1256", "cp1257", "cp1258",
    "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15", "koi8-r", "iso2022_jp", "iso-2022-jp", "shift_jis", "euc-jp",
    "euc-kr", "cp949", "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1256", "windows-1257",
    "windows-1258", "utf-16", "utf-16le", "utf-16be", "utf-7", "tis-620", "cp874",
})  # fmt: skip
# What strict decoding is tried with, in this order, before anything is replaced.
FALLBACKS = ("utf-8", "gb18030")
ESCAPES = b"\x1b$"  # of ISO-2022-JP, which is plain ASCII otherwise


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes


@dataclass(frozen=True)
class LetterContent:
    text: str = ""
    attachments: tuple[Attachment, ...] = field(default=())


def read_letter(raw: bytes) -> LetterContent:
    """Raises FileRefused: too_heavy for a tree too deep or too wide and for HTML too long, unreadable for what cannot be parsed."""
    if len(PART.findall(raw)) > MOST_PARTS or len(TREE.findall(raw)) > DEEPEST:
        raise FileRefused("too_heavy")
    try:
        parts = list(_parts(message_from_bytes(raw)))
        html = _join_text_parts(parts, "text/html", LARGEST_HTML)
        return LetterContent(_own_words(parts, html), tuple(_attachments(parts, html)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FileRefused("unreadable") from error


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            raise FileRefused("too_heavy")
        if not part.is_multipart():
            yield part


def _own_words(parts: list[Message], html: str) -> str:
    text = _join_text_parts(parts, "text/plain", LARGEST_TEXT * 4) or text_of(html)
    text = text[:LARGEST_TEXT]
    return extract_own_text(text) or text_around_quotation(text)


def _join_text_parts(parts: list[Message], media_type: str, most: int) -> str:
    own = [_payload(part) for part in parts if part.get_content_type() == media_type and not _is_file(part)]
    if sum(map(len, own)) > most:
        raise FileRefused("too_heavy")
    named = [part for part in parts if part.get_content_type() == media_type and not _is_file(part)]
    return "\n".join(decode(data, part.get_content_charset() or "") for data, part in zip(own, named, strict=True)).strip()


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def decode(data: bytes, named: str) -> str:
    """By the set that is named, if it fits; then by those our customers write in; characters are replaced where none fits."""
    named = WIDER.get(named.lower(), named.lower())
    tried = [named] if named in CHARSETS else []
    for name in (*(["iso2022_jp"] if ESCAPES in data else []), *tried, *FALLBACKS):
        with suppress(UnicodeError):
            return data.decode(name).replace("\x00", "")
    return data.decode((*tried, "utf-8")[0], errors="replace").replace("\x00", "")


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _attachments(parts: list[Message], html: str) -> Iterator[Attachment]:
    for part in parts:
        media_type = part.get_content_type()
        if media_type in IGNORED_TYPES or not (_is_file(part) or media_type.startswith("image/")):
            continue
        data, cid = _payload(part), str(part.get("content-id", "")).strip("<> ")
        if data and not (cid and f"cid:{cid}" in html and len(data) < LOGO):
            yield Attachment(_name(part), data)


def _name(part: Message) -> str:
    """Also where the program encoded it as if it were a subject, which the standard forbids and QQ Mail does."""
    name = part.get_filename() or ""
    if "=?" not in name:
        return name
    pieces = decode_header(name)
    return "".join(decode(piece, charset or "") if isinstance(piece, bytes) else piece for piece, charset in pieces)


# ---- Through the pipe of the examiner: a head in JSON and the files one after the other
def pack(content: LetterContent) -> tuple[bytes, bytes]:
    files = content.attachments[:MOST_FILES]
    head = {"text": content.text, "files": [{"name": each.name[:500], "size": len(each.data)} for each in files]}
    return json.dumps(head).encode(), b"".join(each.data for each in files)


def unpack(head: bytes, data: bytes) -> LetterContent:
    """Raises ValueError where it makes no sense."""
    try:
        told = json.loads(head)
        named = [(str(each["name"]), int(each["size"])) for each in told["files"]]
        text = str(told["text"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("no letter") from error
    if sum(size for _name, size in named) != len(data) or any(size < 0 for _name, size in named):
        raise ValueError("no letter")
    found, at = [], 0
    for name, size in named:
        found.append(Attachment(name, data[at : at + size]))
        at += size
    return LetterContent(text, tuple(found))


def warm_up() -> None:
    """Load what is loaded at first use: sets of characters, the readers of a tree and of HTML."""
    for name in CHARSETS:
        codecs.lookup(name)
    letter = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: base64\n\n"
        b"PHA+eCZuYnNwOzwvcD4=\n--x\nContent-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%41;"
        b' name="=?gb18030?B?vdjNvC5wbmc=?="\nContent-Transfer-Encoding: quoted-printable\n\n=41\n--x--\n'
    )
    read_letter(letter)
