"""Whose letter it is, by its headers alone: nothing of its body is read before that. Pure, bounded, and never raises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from evidence.sandbox.letter_files import decoded_words

# A letter's headers are some kilobytes; what stands beyond this is not looked at.
LARGEST_HEAD, LARGEST_FIELD, MOST_FIELDS = 64 * 1024, 4_000, 50
BODY_BEGINS = re.compile(rb"\r?\n\r?\n|\r\r")
# Where servers put the address a letter was delivered to, besides To and Cc.
RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
BULK = frozenset({"bulk", "junk", "list"})
SAID_TO_BE_AUTOMATIC = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponse")
# How the programs of six languages and more begin the subject of an answer that nobody wrote. Who answers it puts "Re:" before.
AWAY = re.compile(
    r"^\s*(?:automatic reply|auto[ -]?reply|out of (?:the )?office(?: reply)?|自动回复|自动答复|自動回覆|自動回復|自動応答|自動返信"
    r"|不在通知|(?:부재중 )?자동 ?(?:회신|응답)|abwesenheitsnotiz|automatische antwort|réponse automatique|absence du bureau"
    r"|respuesta automática|fuera de la oficina|risposta automatica|fuori sede|resposta automática|автоответ"
    r"|автоматический ответ)\s*(?:[:：]|$)",
    re.IGNORECASE,
)
WITH_HOST = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
IN_ANGLES = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
MACHINES = re.compile(r"^(?:postmaster|no-?reply|bounce)", re.IGNORECASE)
REPORTS = frozenset({"multipart/report", "message/delivery-status"})


@dataclass(frozen=True)
class Head:
    """`automatic`: a machine says so itself; `is_report`: a mail server, of a letter that it could not deliver.

    `doubtful`: what machines send looks like this, and some people's letters too.
    """

    sender: str = ""
    subject: str = ""
    addressed: tuple[str, ...] = ()
    automatic: bool = False
    is_report: bool = False
    doubtful: bool = False


def head_of(raw: bytes) -> bytes:
    """Up to the first empty line."""
    found = BODY_BEGINS.search(raw, 0, LARGEST_HEAD)
    return raw[: found.start()] if found else raw[:LARGEST_HEAD]


def read_head(raw: bytes) -> Head:
    try:
        message = BytesHeaderParser().parsebytes(head_of(raw))
        told = (_is_automatic(message), _is_report(message), _is_doubtful(message))
        return Head(_sender(message), subject_of(message), tuple(_addresses(message)), *told)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Head()


def digest_of(raw: bytes) -> str:
    """The same Message-ID and the same content: servers add headers on the way, so they are not counted."""
    head = head_of(raw)
    try:
        name = str(BytesHeaderParser().parsebytes(head).get("message-id", "")).strip()
    except (ValueError, LookupError, RecursionError):
        name = ""
    counted = hashlib.sha256(name.encode(errors="replace") if name else head)
    counted.update(b"\x00")
    counted.update(raw[len(head) :])
    return counted.hexdigest()


def _fields(message: Message, names: Iterable[str]) -> list[str]:
    """As many, and as much of each, as people's programs write."""
    found = [str(value)[:LARGEST_FIELD] for name in names for value in message.get_all(name, [])]
    return found[:MOST_FIELDS]


def _sender(message: Message) -> str:
    """One address, or none: a letter with two authors is nobody's own. A name with a comma or brackets in it is no second author."""
    fields = _fields(message, ["from"])
    found = {address.lower() for _name, address in getaddresses(fields) if WITH_HOST.fullmatch(address)}
    found = found or {address.lower() for field in fields for address in IN_ANGLES.findall(field)}
    return found.pop() if len(found) == 1 else ""


def _addresses(message: Message) -> Iterator[str]:
    for value in _fields(message, RECIPIENT_HEADERS):
        yield from (address for _name, address in getaddresses([value]) if address)


def _first(message: Message, name: str) -> str:
    return "".join(_fields(message, [name])[:1]).strip().lower()


def subject_of(message: Message) -> str:
    """As people read it, also where its bytes were not encoded at all."""
    return decoded_words(next((str(value) for name, value in message.raw_items() if name.lower() == "subject"), "")[:LARGEST_FIELD])


def _is_automatic(message: Message) -> bool:
    """Auto-replies, bounces, and our own letters come back: answering one would begin a loop."""
    return (
        _first(message, "auto-submitted").partition(";")[0].strip() not in ("", "no")
        or _first(message, "message-id").startswith("<notice.")
        or _is_report(message)
        or _first(message, "precedence") == "auto_reply"
        or any(_first(message, name) not in ("", "no", "false") for name in SAID_TO_BE_AUTOMATIC)
        or AWAY.match(subject_of(message)) is not None
    )


def _is_report(message: Message) -> bool:
    return (
        message.get_content_type() in REPORTS
        or bool(_first(message, "x-failed-recipients"))
        or _sender(message).startswith("mailer-daemon@")
    )


def _is_doubtful(message: Message) -> bool:
    """Lists, redirected letters and odd names of mailboxes: a person may be behind any of them."""
    return (
        _first(message, "precedence") in BULK
        or _first(message, "return-path") == "<>"
        or bool(_first(message, "list-id") or _first(message, "list-unsubscribe"))
        or MACHINES.match(_sender(message)) is not None
    )
