"""Signatures of calls between programs, as standardwebhooks.com writes them: over id, time and body, so that none works later."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
ID_LIMIT = 100


class SignatureRefused(Exception):
    """`code`: unsigned, late or forged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def secret_bytes(secret: str) -> bytes:
    """`whsec_` and the key in base64; any other text stands for itself."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (ValueError, binascii.Error):
            pass
    return secret.encode()


def signature(secret: str, name: str, moment: str, body: bytes) -> str:
    made = hmac.new(secret_bytes(secret), f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def signed_headers(secrets: Iterable[str], name: str, now: datetime, body: bytes) -> dict[str, str]:
    """One signature for each secret: while they change, a receiver finds its own among them."""
    moment = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Supportdesk",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(signature(secret, name, moment, body) for secret in secrets),
    }


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a call that is signed with one of the secrets, and new enough. Raises SignatureRefused."""
    name, moment, given = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not name or len(name) > ID_LIMIT or not moment or not given:
        raise SignatureRefused("unsigned")
    known = [signature(secret, name, moment, body).encode() for secret in secrets if secret]
    if not any(hmac.compare_digest(mine, theirs.encode()) for mine in known for theirs in given.split()):
        raise SignatureRefused("forged")
    if not moment.isdecimal() or len(moment) > 12 or abs(now - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        raise SignatureRefused("late")
    return name
