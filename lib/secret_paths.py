"""Addresses that let in whoever has them (links in letters, codes of receipts), as they may stand in a log. Pure.

In urls.py a piece of an address that is such a secret is a `<str:…>`, and nothing else is; a test asks each of them.
"""

from __future__ import annotations

import re

SECRET = re.compile(r"(/accounts/(?:quiet|enter|not-me)/|/(?:api/v1/)?receipts/|/begin/)[^/\s?\"']+")
HIDDEN = r"\1***"


def without_secrets_of_paths(text: str) -> str:
    return SECRET.sub(HIDDEN, text)
