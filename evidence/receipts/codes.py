"""The code of a receipt: which ticket, which submission, and a keyed digest that nobody else can make. Nothing is kept of it.

Fifteen bytes: ticket (4), number of the submission (1), the first 80 bits of an HMAC-SHA-256 over both. In Crockford's base32
they are 24 characters without I, L, O and U, typed in six groups; what people misread (O for 0, I or L for 1) is read as meant.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct

from django.conf import settings

from tickets.workflow.identifiers import normalise_number

SHAPE = struct.Struct(">IB")
DIGEST, LENGTH, GROUP = 10, 24, 4
STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ENCODE_TABLE = str.maketrans(STANDARD, CROCKFORD)
DECODE_TABLE = str.maketrans(CROCKFORD + "OILU", STANDARD + "ABB*")
NOTHING = bytes(SHAPE.size + DIGEST)


def code_of(ticket_id: int, number: int) -> str:
    """Raises struct.error beyond four thousand million tickets or 255 submissions of one."""
    told = SHAPE.pack(ticket_id, number)
    plain = base64.b32encode(told + _digest(told)).decode().translate(ENCODE_TABLE)
    return "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read_code(typed: str) -> tuple[int, int] | None:
    """Ticket and number; None for a code that is not ours. Malformed or forged, the same work is done."""
    raw = _bytes(typed)
    told, digest = raw[: SHAPE.size], raw[SHAPE.size :]
    if not hmac.compare_digest(digest, _digest(told)):
        return None
    ticket_id, number = SHAPE.unpack(told)
    return ticket_id, number


def _bytes(typed: str) -> bytes:
    plain = normalise_number(typed[:200]).replace("-", "").upper()
    try:
        raw = base64.b32decode(plain.translate(DECODE_TABLE))
    except (binascii.Error, ValueError):
        return NOTHING
    return raw if len(raw) == len(NOTHING) else NOTHING


def _digest(told: bytes) -> bytes:
    return hmac.new(settings.EVIDENCE_HMAC_KEY.encode(), b"receipt:" + told, "sha256").digest()[:DIGEST]
