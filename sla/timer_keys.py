"""Which timers a policy has to say the length of. The room that starts them registers its table when the process starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class TimerDefinition(Protocol):
    """What this room asks of a row of that table."""

    @property
    def by_category(self) -> bool:
        """Its length stands in the category instead."""


class _Table:
    rows: Mapping[str, TimerDefinition] = {}


def register_timers(rows: Mapping[str, TimerDefinition]) -> None:
    """The table itself, not a copy: a row that is added to it counts."""
    _Table.rows = rows


def timer_keys() -> tuple[str, ...]:
    """Every timer that something starts, in the order in which a complaint meets them."""
    return tuple(_Table.rows)


def is_by_category(key: str) -> bool:
    row = _Table.rows.get(key)
    return row is not None and row.by_category
