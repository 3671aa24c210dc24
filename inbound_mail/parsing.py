"""A raw e-mail as far as it matters here: whom it is from, whom it went to, what it says, what came with it. Pure, and never raises."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parseaddr

from inbound_mail.text_extraction import extract_own_text, text_of

# Where servers put the address a letter was delivered to, besides To and Cc.
RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|bounce)", re.IGNORECASE)
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
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz", "iso-8859-1": "cp1252", "us-ascii": "utf-8"}


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes


@dataclass(frozen=True)
class Incoming:
    """`digest` stands for the Message-ID, or for the whole letter where it has none."""

    digest: str
    sender: str = ""
    addressed: tuple[str, ...] = ()
    automatic: bool = False
    text: str = ""
    attachments: tuple[Attachment, ...] = field(default=())


def digest_of(raw: bytes) -> str:
    name = str(message_from_bytes(raw[:100_000]).get("message-id", "")).strip()
    return hashlib.sha256(name.encode(errors="replace") if name else raw).hexdigest()


def parse_email(raw: bytes) -> Incoming:
    message = message_from_bytes(raw)
    parts = [part for part in message.walk() if not part.is_multipart()]
    html = _join_text_parts(parts, "text/html")
    return Incoming(
        digest=digest_of(raw),
        sender=_sender(message),
        addressed=tuple(_addresses(message)),
        automatic=_is_automatic(message),
        text=extract_own_text(_join_text_parts(parts, "text/plain") or text_of(html)),
        attachments=tuple(_attachments(parts, html)),
    )


def _sender(message: Message) -> str:
    """One address, or none: a letter with two authors is nobody's own."""
    found = [address for _name, address in getaddresses([str(value) for value in message.get_all("from", [])]) if address]
    return found[0].lower() if len(found) == 1 else ""


def _addresses(message: Message) -> Iterator[str]:
    for name in RECIPIENT_HEADERS:
        yield from (address for _name, address in getaddresses([str(value) for value in message.get_all(name, [])]) if address)


def _is_automatic(message: Message) -> bool:
    """Auto-replies, bounces, lists, and our own letters come back: answering one would begin a loop."""
    says = {name: str(message.get(name, "")).strip().lower() for name in ("auto-submitted", "precedence", "return-path", "message-id")}
    return (
        says["auto-submitted"] not in ("", "no")
        or says["precedence"] in BULK
        or says["return-path"] == "<>"
        or says["message-id"].startswith("<notice.")
        or any(message.get(name) for name in ("x-autoreply", "x-autorespond", "list-id", "x-failed-recipients"))
        or message.get_content_type() in ("multipart/report", "message/delivery-status")
        or MACHINES.match(parseaddr(str(message.get("from", "")))[1]) is not None
    )


def _join_text_parts(parts: list[Message], media_type: str) -> str:
    own = [part for part in parts if part.get_content_type() == media_type and not _is_file(part)]
    return "\n".join(_decode_part(part) for part in own).strip()


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _decode_part(part: Message) -> str:
    named = (part.get_content_charset() or "utf-8").lower()
    name = WIDER.get(named, named)
    try:
        codecs.lookup(name)
    except LookupError:
        name = "utf-8"
    return _payload(part).decode(name, errors="replace").replace("\x00", "")


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
    return "".join(piece.decode(charset or "utf-8", errors="replace") if isinstance(piece, bytes) else piece for piece, charset in pieces)
