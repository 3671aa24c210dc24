"""The mailbox where answers arrive: heads first, the whole letter only for whom an address was made; read once it is settled."""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags

from inbound_mail.heads import LARGEST_HEAD
from inbound_mail.ingest import ingest_email, is_addressed
from lib.standing import why_stopped

log = logging.getLogger(__name__)

PORTS = {"imap+ssl": 993, "imap+tls": 143, "imap": 143}
TIMEOUT = 20
# Heads are asked for so many at a time; a letter comes whole only when its head says whose it is.
BATCH = 50
# The rest waits for the next look, so that other duties have their turn.
BUDGET = timedelta(seconds=40)
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
UID = re.compile(rb"UID (\d+)")


@dataclass(frozen=True)
class Waiting:
    """An unread letter: its number in the mailbox, its bytes in all, and how it begins."""

    uid: str
    size: int
    beginning: bytes

    @property
    def is_whole(self) -> bool:
        return len(self.beginning) >= self.size


def poll(now: datetime) -> int:
    """How many letters were settled. Raises what the network raises; a letter that cannot be taken does not stop the others."""
    if not settings.INBOUND_URL or why_stopped():  # a copy would take letters away from the real one
        return 0
    address, end = urlsplit(settings.INBOUND_URL), time.monotonic() + BUDGET.total_seconds()
    with _open_mailbox(address) as box:
        return sum(_ingest_waiting(box, each, now) for each in _unread(box) if time.monotonic() < end)


def _open_mailbox(address: SplitResult) -> BaseMailBox:
    """Signed in, in the folder. Raises ImproperlyConfigured without naming the password."""
    if address.scheme not in PORTS or not address.hostname or "@" not in settings.REPLY_ADDRESS:
        raise ImproperlyConfigured("INBOUND_URL is imap+ssl://user:password@host/INBOX, and REPLY_ADDRESS must be set with it.")
    folder = unquote(address.path.strip("/")) or "INBOX"
    box = _box(address.scheme, address.hostname, address.port or PORTS[address.scheme])
    return box.login(unquote(address.username or ""), unquote(address.password or ""), folder)


def _box(scheme: str, host: str, port: int) -> BaseMailBox:
    if scheme == "imap":
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    # Named, because imaplib's own default checks no certificate.
    checked = ssl.create_default_context()
    if scheme == "imap+tls":
        return MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=checked)
    return MailBox(host, port, timeout=TIMEOUT, ssl_context=checked)


def _unread(box: BaseMailBox) -> Iterator[Waiting]:
    """The heads of all of them, some at a time: one that is not settled stays behind, and never at the head of the line."""
    uids = list(box.uids(AND(seen=False)))
    for at in range(0, len(uids), BATCH):
        yield from _fetch(box, ",".join(uids[at : at + BATCH]), LARGEST_HEAD)


def _fetch(box: BaseMailBox, uids: str, most: int) -> Iterator[Waiting]:
    """As they came, at most so many bytes of each. Not marked as read. Raises imaplib's errors."""
    _status, answered = box.client.uid("fetch", uids, f"(UID RFC822.SIZE BODY.PEEK[]<0.{most}>)")
    answers = answered or []
    for place, each in enumerate(answers):
        if not isinstance(each, tuple):
            continue
        after = answers[place + 1] if place + 1 < len(answers) else b""
        told = each[0] + (after if isinstance(after, bytes) else b"")  # some servers tell the rest behind the text
        uid, size = UID.search(told), SIZE.search(told)
        if uid is not None:
            yield Waiting(uid[1].decode(), int(size[1]) if size else most, each[1][:most])


def _ingest_waiting(box: BaseMailBox, letter: Waiting, now: datetime) -> bool:
    """One letter must not keep the others waiting: whatever it raises, it stays unread and comes again, some times."""
    try:
        outcome = _take(box, letter, now)
    except imaplib.IMAP4.abort:
        raise  # the mailbox is gone, not the letter
    except Exception:
        log.exception("A letter could not be taken")
        return False
    if outcome:
        box.flag(letter.uid, MailMessageFlags.SEEN, True)
    return bool(outcome)


def _take(box: BaseMailBox, letter: Waiting, now: datetime) -> str:
    """What nobody's address is on is settled by its head: the rest of it is never fetched."""
    if letter.is_whole or not is_addressed(letter.beginning):
        return ingest_email(letter.beginning, now)
    whole = next(_fetch(box, letter.uid, settings.INBOUND_LARGEST + 1), None)
    return ingest_email(whole.beginning, now) if whole else ""
