"""What a row says, bound by a key that is not in the database: whoever rewrites the row cannot write its digest anew.

Words are bound by a digest of their own. They can be taken out of a row later, and what is left is still proven.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from lib import keyring

ERASED_TEXT = "…"


def fingerprint(purpose: str, content: object) -> str:
    """Of JSON values; the same for what a database gives back."""
    return keyring.digest(purpose, json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def veil_of(text: str) -> str:
    return keyring.digest("words", str(text))


def veil(content: object, erased: Mapping[str, str] | None = None, path: str = "") -> object:
    """The same shape with a digest in the place of every text. `erased`: by their path, the digests of those that were taken out."""
    if isinstance(content, str):
        if erased and path in erased and content == ERASED_TEXT:
            return erased[path]
        return veil_of(content)
    if isinstance(content, Mapping):
        return {str(key): veil(each, erased, f"{path}/{key}") for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [veil(each, erased, f"{path}/{place}") for place, each in enumerate(content)]
    return content
