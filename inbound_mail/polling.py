"""The mailbox where answers arrive: what was not read is taken, and marked as read once it is settled."""

from __future__ import annotations

import logging
import ssl
from datetime import datetime
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags

from inbound_mail.ingest import ingest_email
from lib.standing import why_stopped

log = logging.getLogger(__name__)

PORTS = {"imap+ssl": 993, "imap+tls": 143, "imap": 143}
BATCH = 100
TIMEOUT = 20


def poll(now: datetime) -> int:
    """How many letters were settled. Raises what the network raises; a letter that cannot be taken does not stop the others."""
    if not settings.INBOUND_URL or why_stopped():  # a copy would take letters away from the real one
        return 0
    address = urlsplit(settings.INBOUND_URL)
    with _open_mailbox(address) as box:
        found = list(box.uids(AND(seen=False)))[:BATCH]
        return sum(_ingest_message(box, uid, now) for uid in found)


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


def _ingest_message(box: BaseMailBox, uid: str, now: datetime) -> bool:
    try:
        outcome = next((ingest_email(letter.obj.as_bytes(), now) for letter in box.fetch(AND(uid=uid), mark_seen=False)), "")
    except Exception:  # one letter must not keep the others waiting; it stays unread and comes again
        log.exception("A letter could not be taken")
        return False
    if outcome:
        box.flag(uid, MailMessageFlags.SEEN, True)
    return bool(outcome)
