"""Whether two pictures are nearly the same, by what the examiner noted of them: dHashes of 64 and of 256 bits. Pure.

The short one finds candidates through an index; the long one decides. Measured on bills of one app: the same bill rescaled, compressed
or with another amount painted in is 0 to 8 bits of 256 away, another bill 18 and more; of 64 bits, though, both are 3 to 6.
"""

from __future__ import annotations

import re

SHORT, LONG = 16, 64  # hexadecimal digits
HASH_FORMAT = re.compile(rf"[0-9a-f]{{{SHORT + LONG}}}")
NEAR = 12
BANDS, BAND_BITS = 4, 16
BAND_MASK = (1 << BAND_BITS) - 1


def bands(noted: str) -> list[int]:
    """The short hash in four pieces, each with its place in front: what the index holds."""
    if not noted:
        return []
    short = int(noted[:SHORT], 16)
    return [place << BAND_BITS | short >> place * BAND_BITS & BAND_MASK for place in range(BANDS)]


def probes(noted: str) -> set[int]:
    """The pieces and all that differ from them by one bit: of two hashes up to seven bits apart, one piece is among them."""
    found = set(bands(noted))
    return found | {band ^ 1 << bit for band in found for bit in range(BAND_BITS)}


def are_near(one: str, other: str) -> bool:
    return (int(one[SHORT:], 16) ^ int(other[SHORT:], 16)).bit_count() <= NEAR
