"""Whose turn it is to have a page drawn: few at a time, one for each person. Who comes too many is told so at once and waits for nobody."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Hashable, Iterator

AT_A_TIME, OF_ONE_PERSON = 2, 1


class DrawingBusy(Exception):
    """Others are being served, or this person is. In a moment it is free again."""


_lock = threading.Lock()
_served: list[Hashable] = []


@contextlib.contextmanager
def turn(person: Hashable) -> Iterator[None]:
    """Raises DrawingBusy at once: whoever waited here would hold a thread that others need for a freeze."""
    with _lock:
        if len(_served) >= AT_A_TIME or _served.count(person) >= OF_ONE_PERSON:
            raise DrawingBusy
        _served.append(person)
    try:
        yield
    finally:
        with _lock:
            _served.remove(person)
