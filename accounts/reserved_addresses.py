"""Addresses that nobody can have: names that never exist, our own hosts, the mailboxes we write from."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# RFC 6761: no letter reaches them, so nobody proves them. What is ours (erased people, service users) lives there. Nothing of ours
# lives under .test and .example, and people try a desk out with them.
NEVER = frozenset({"invalid", "localhost"})
NOBODYS = _("Nobody can have an account with this address. Use another one.")


def is_reserved(email: str) -> bool:
    """True: no door makes an account of it, whoever asks."""
    box, _at, domain = email.strip().lower().rpartition("@")
    host = domain.strip("[].")
    if host.rpartition(".")[2] in NEVER:
        return True
    if f"{box.partition('+')[0]}@{host}" in _own_mailboxes():
        return True
    return host not in settings.MAILBOX_DOMAINS and any(_is_of(host, own) for own in _own_hosts())


def check_address(email: str) -> None:
    """Raises ValidationError."""
    if is_reserved(email):
        raise ValidationError(NOBODYS, code="reserved")


def _own_mailboxes() -> Iterator[str]:
    for said in (settings.REPLY_ADDRESS, settings.DEFAULT_FROM_EMAIL, settings.SERVER_EMAIL):
        yield parseaddr(said)[1].lower()


def _own_hosts() -> Iterator[str]:
    """As written: with a dot before it, a host stands for all below it. A star is nobody's host."""
    yield (urlsplit(settings.SITE_URL).hostname or "").lower()
    yield from (host.strip("[]").lower() for host in settings.ALLOWED_HOSTS if host != "*")


def _is_of(host: str, own: str) -> bool:
    return host == own.lstrip(".") or (own.startswith(".") and host.endswith(own))
