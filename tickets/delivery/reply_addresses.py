"""The address a letter is answered to: the reference and a token that only we can make, for one reader of one ticket. Pure but for keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

TOKEN_BYTES = 10  # 80 bits, 16 letters; with name and reference well inside the 64 characters before the @
SUBADDRESS = re.compile(r"\+(?P<ref>TS-[0-9]{8}-[0-9]{6,9})-(?P<token>[A-Z2-7]{16})@", re.IGNORECASE)


@dataclass(frozen=True)
class ReplyTarget:
    """Where an answer claims to belong. Nothing is proven until `opens` says so."""

    ref: str
    token: str

    def opens(self, reader: int) -> bool:
        """Whether the token was made for this reader (a user's id) of this ticket."""
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(hmac.compare_digest(_token(key, self.ref, reader), self.token) for key in keys)


def reply_address(ref: str, reader: int) -> str:
    """Empty where this install takes no answers by e-mail."""
    name, at, host = settings.REPLY_ADDRESS.rpartition("@")
    return f"{name}+{ref}-{_token(settings.SECRET_KEY, ref, reader).lower()}@{host}" if at else ""


def target_in(addresses: Iterable[str]) -> ReplyTarget | None:
    """The first address of ours among those a letter went to. Mail servers may change its capitals."""
    name, _at, host = settings.REPLY_ADDRESS.lower().rpartition("@")
    for address in addresses:
        found = SUBADDRESS.search(address)
        if found and address.lower().startswith(f"{name}+") and address.lower().endswith(f"@{host}"):
            return ReplyTarget(found["ref"].upper(), found["token"].upper())
    return None


def _token(key: str, ref: str, reader: int) -> str:
    purpose = hmac.new(key.encode(), b"reply address", hashlib.sha256).digest()
    signed = hmac.new(purpose, f"{ref} {reader}".encode(), hashlib.sha256).digest()
    return base64.b32encode(signed[:TOKEN_BYTES]).decode()
