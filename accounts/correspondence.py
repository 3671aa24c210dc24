"""Letters and text messages to one person, wherever they lie here: gone with the person."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.letters import recipients_of
from accounts.models import FormerContact, Letter, Phone, TextMessage, User

log = logging.getLogger(__name__)
# What Django's backend for files writes between two letters of one file.
BETWEEN = b"-" * 79 + b"\n"


def contacts_of(user: User) -> frozenset[str]:
    """Addresses and numbers under which somebody was ever written to, in small letters. Before the account is made anonymous."""
    found = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    found |= set(FormerContact.objects.filter(user=user).values_list("value", flat=True))
    found |= set(Phone.objects.filter(user=user).values_list("number", flat=True))
    return frozenset(each.lower() for each in found if each)


def forget_rows_to(contacts: frozenset[str]) -> None:
    """Letters in the outbox go; of texts the count stays, for the day's budget, without the number. Inside a transaction."""
    doomed = [row.pk for row in Letter.objects.exclude(sealed="").iterator() if not contacts.isdisjoint(recipients_of(row))]
    Letter.objects.filter(pk__in=doomed).delete()
    TextMessage.objects.filter(number__in=contacts).update(number="", sealed="", state=TextMessage.State.FAILED)


def forget_files_to(contacts: frozenset[str]) -> None:
    """Of an install without a mail server, whose letters are files. After the commit; what cannot be read is told in the log."""
    for path in sorted(_letters()):
        try:
            _rewrite(path, BETWEEN, [part for part in path.read_bytes().split(BETWEEN) if not _is_to(part, contacts)])
        except OSError:
            log.exception("A letter could not be looked into")
    texts = Path(settings.VAR_DIR) / "texts"
    if texts.exists():
        lines = texts.read_bytes().split(b"\n")
        _rewrite(texts, b"\n", [line for line in lines if not any(f" {each}:".encode() in line for each in contacts)])


def _letters() -> Iterable[Path]:
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    return Path(folder).glob("*.log") if folder else ()


def _is_to(part: bytes, contacts: frozenset[str]) -> bool:
    headers = message_from_bytes(part.lstrip())
    said = [str(value) for name in ("To", "Cc", "Bcc") for value in headers.get_all(name, [])]
    return not contacts.isdisjoint(address.lower() for _name, address in getaddresses(said))


def _rewrite(path: Path, between: bytes, parts: list[bytes]) -> None:
    """The old bytes are written over before they are let go: a file system may keep them for long."""
    data = between.join(parts)
    if len(data) == path.stat().st_size:
        return
    with path.open("r+b") as file:
        file.write(data + b"\0" * (path.stat().st_size - len(data)))
        file.flush()
        os.fsync(file.fileno())
        file.truncate(len(data))
    if not data.strip():
        path.unlink()
