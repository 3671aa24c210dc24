"""What a process remembers of things that people can change, on one list: tests and whoever changes them empty it at once.

What depends on constants and arguments alone (a translated word, a drawn row) may stay with functools: it never becomes wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
K = TypeVar("K")

_empty: list[Callable[[], None]] = []


def lru(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """As functools.lru_cache, and emptied by `forget_all`. The arguments are the key."""

    def remember(function: Callable[P, T]) -> Callable[P, T]:
        remembering = lru_cache(maxsize=maxsize)(function)
        _empty.append(remembering.cache_clear)
        return cast("Callable[P, T]", remembering)  # functools says of its arguments only that they hash

    return remember


def table() -> dict[K, T]:
    """A dict for what its owner keeps and bounds itself; emptied by `forget_all` as well."""
    rows: dict[K, T] = {}
    _empty.append(rows.clear)
    return rows


def forget_all() -> None:
    """Empty them, in this process alone. In others what was changed shows when their keys (a minute, a version) are others."""
    for empty in _empty:
        empty()
