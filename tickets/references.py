"""References of tickets, for every door: in addresses (`<ref:ref>`) and wherever people type one."""

from __future__ import annotations

import re
import unicodedata

REFERENCE = re.compile(r"TS([0-9]{8})([0-9]{6,})")


def as_reference(typed: str) -> str:
    """What was meant: any case, full width, without its dashes or with others. What is none is left but for blanks and case."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    bare = "".join(char for char in plain if unicodedata.category(char) not in ("Pd", "Cf") and char != "\u2212")
    found = REFERENCE.fullmatch(bare)
    return f"TS-{found[1]}-{found[2]}" if found else plain


class RefConverter:
    """A reference as tickets have it; anything else is no address."""

    regex = "[A-Za-z0-9-]{1,24}"

    def to_python(self, value: str) -> str:
        return as_reference(value)

    def to_url(self, value: str) -> str:
        return value
