"""The mailbox where answers arrive: heads first, the whole letter only for whom an address was made.

Which letters were looked at is known by the numbers of the server, never by what is marked as read: people read mailboxes, too.
"""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from imap_tools import OR, BaseMailBox, MailBox, MailboxFolderSelectError, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags

from inbound_mail.heads import LARGEST_HEAD
from inbound_mail.ingest import ingest_email, is_addressed
from inbound_mail.models import MailFolder
from lib.standing import why_stopped

log = logging.getLogger(__name__)

PORTS = {"imap+ssl": 993, "imap+tls": 143, "imap": 143}
TIMEOUT = 20
# Heads are asked for so many at a time; a letter comes whole only when its head says whose it is.
BATCH = 50
# The rest waits for the next look, so that other duties have their turn.
BUDGET = timedelta(seconds=40)
# A folder that is new to us, or whose numbers begin anew: what came so lately is looked at again. Shorter than which letters came is known.
FIRST_LOOK = timedelta(days=30)
# A letter that raises each time is left after so many looks; one to a complaint was held for a person long before.
MOST_LOOKS, MOST_UNSETTLED = 200, 500
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


@dataclass
class Look:
    """What one look through a folder found: what is settled, what comes again, and how far it went."""

    uid_validity: int
    settled: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    last_uid: int = 0

    def note(self, uid: str, is_settled: bool) -> None:
        (self.settled if is_settled else self.again).add(uid)
        self.last_uid = max(self.last_uid, int(uid))


def poll(now: datetime) -> int:
    """How many letters were settled. Raises what the network raises; a letter that cannot be taken does not stop the others."""
    if not settings.INBOUND_URL or why_stopped():  # a copy would take letters away from the real one
        return 0
    address, end = urlsplit(settings.INBOUND_URL), time.monotonic() + BUDGET.total_seconds()
    with _open_mailbox(address) as box:
        return sum(_look_through(box, address, folder, now, end) for folder in folders_of(address))


def folders_of(address: SplitResult) -> list[str]:
    """Several are parted by commas: what a service takes for spam may be an answer."""
    named = [unquote(each.strip()) for each in address.path.strip("/").split(",")]
    return [each for each in named if each] or ["INBOX"]


def _look_through(box: BaseMailBox, address: SplitResult, folder: str, now: datetime, end: float) -> int:
    """One folder. What was done is put down even where the line breaks in the middle."""
    try:
        box.folder.set(folder)
    except MailboxFolderSelectError:
        log.exception("The folder %s cannot be opened", folder)
        return 0
    row, _new = MailFolder.objects.get_or_create(name=f"{unquote(address.username or '')} {address.hostname} {folder}"[:200])
    look = Look(_uid_validity(box))
    try:
        for letter in _letters_to_look_at(box, row, look.uid_validity, now):
            if time.monotonic() >= end:
                break
            look.note(letter.uid, _ingest_waiting(box, letter, now))
    finally:
        _put_down(row.pk, look)
    return len(look.settled)


def _uid_validity(box: BaseMailBox) -> int:
    _name, told = box.client.response("UIDVALIDITY")
    return int(told[0]) if told and told[0] else 0


def _put_down(pk: int, look: Look) -> None:
    """Two may look at once: what either settled is settled."""
    with transaction.atomic():
        row = MailFolder.objects.select_for_update().get(pk=pk)
        if row.uid_validity != look.uid_validity:
            row.uid_validity, row.last_uid, row.unsettled = look.uid_validity, 0, {}
        tried = {**row.unsettled, **{uid: row.unsettled.get(uid, 0) + 1 for uid in look.again}}
        left = [(uid, count) for uid, count in tried.items() if uid not in look.settled and count < MOST_LOOKS]
        row.unsettled = dict(left[-MOST_UNSETTLED:])
        row.last_uid = max(row.last_uid, look.last_uid)
        row.save()


def _open_mailbox(address: SplitResult) -> BaseMailBox:
    """Signed in. Raises ImproperlyConfigured without naming the password."""
    if address.scheme not in PORTS or not address.hostname or "@" not in settings.REPLY_ADDRESS:
        raise ImproperlyConfigured("INBOUND_URL is imap+ssl://user:password@host/INBOX, and REPLY_ADDRESS must be set with it.")
    box = _box(address.scheme, address.hostname, address.port or PORTS[address.scheme])
    return box.login(unquote(address.username or ""), unquote(address.password or ""), None)


def _box(scheme: str, host: str, port: int) -> BaseMailBox:
    if scheme == "imap":
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    # Named, because imaplib's own default checks no certificate.
    checked = ssl.create_default_context()
    if scheme == "imap+tls":
        return MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=checked)
    return MailBox(host, port, timeout=TIMEOUT, ssl_context=checked)


def _letters_to_look_at(box: BaseMailBox, row: MailFolder, uid_validity: int, now: datetime) -> Iterator[Waiting]:
    """The heads of what is new and of what comes again, by number, some at a time."""
    is_known = row.last_uid and row.uid_validity == uid_validity
    found = box.uids(f"UID {row.last_uid + 1}:*" if is_known else OR(seen=False, date_gte=(now - FIRST_LOOK).date()))
    new = {int(uid) for uid in found if not is_known or int(uid) > row.last_uid}  # "n:*" names the last one, too
    uids = sorted(new | {int(uid) for uid in row.unsettled if is_known})
    for at in range(0, len(uids), BATCH):
        yield from _fetch(box, ",".join(map(str, uids[at : at + BATCH])), LARGEST_HEAD)


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
    """One letter must not keep the others waiting: whatever it raises, it comes again, some times. That it is read is marked for people."""
    try:
        outcome = _take(box, letter, now)
        if outcome:
            box.flag(letter.uid, MailMessageFlags.SEEN, True)
    except imaplib.IMAP4.abort:
        raise  # the mailbox is gone, not the letter
    except Exception:
        log.exception("A letter could not be taken")
        return False
    return bool(outcome)


def _take(box: BaseMailBox, letter: Waiting, now: datetime) -> str:
    """What nobody's address is on is settled by its head: the rest of it is never fetched."""
    if letter.is_whole or not is_addressed(letter.beginning):
        return ingest_email(letter.beginning, now)
    whole = next(_fetch(box, letter.uid, settings.INBOUND_LARGEST + 1), None)
    return ingest_email(whole.beginning, now) if whole else ""
