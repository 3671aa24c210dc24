"""Whether this install may act on the world: write to people, call others, delete files. A copy of another install may not.

The rooms above say why not. Whatever sends or deletes asks here (`lib.outbox` does for all that goes out through one).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from lib.memo import table

# Each answers "" or why this install stands still. Registered by the rooms that know.
STOPPED_BY: list[Callable[[], str]] = []
SECONDS = 30.0
_known: dict[str, tuple[float, str]] = table()


def why_stopped() -> str:
    """ "" or the reason, as known for half a minute at most. Asks the database, and no network."""
    at, reason = _known.get("reason", (0.0, ""))
    if not at or time.monotonic() - at > SECONDS:
        reason = next(filter(None, (ask() for ask in STOPPED_BY)), "")
        _known["reason"] = (time.monotonic(), reason)
    return reason


def look_again() -> None:
    """After somebody has said which install is the real one."""
    _known.clear()
