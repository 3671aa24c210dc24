"""A report as a value: columns that say what they hold, and rows of plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

# What a column holds: a code of a table of words, a person's or category's name, a day (ISO), a month (1–12), a month of a year (ISO);
# a number, an estimate, a share of 1, hours, yuan, a score from 1 to 5.
NAMING = ("code", "name", "day", "month", "period")
KINDS = (*NAMING, "count", "estimate", "share", "hours", "money", "score")


# What stands at a place of a row: the kind of its column says of which type.
Cell: TypeAlias = Any
Cells = Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """`words` names the table that a code is looked up in: timer, category, cause, target, bucket, reason, measure."""

    key: str
    kind: str = "count"
    words: str = ""


@dataclass(frozen=True)
class Table:
    """None in a row: there was nothing to divide by, or nothing to measure."""

    key: str
    columns: Sequence[Column]
    rows: Sequence[Cells]
    counted_at: datetime

    def dicts(self) -> list[dict[str, object]]:
        names = [column.key for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def column(self, key: str) -> list[object]:
        place = [column.key for column in self.columns].index(key)
        return [row[place] for row in self.rows]


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def percentile(ordered: Sequence[float], of_hundred: int) -> float | None:
    """Nearest rank: a value that really occurred. `ordered` ascending; None of nothing."""
    if not ordered:
        return None
    return ordered[max(-(-len(ordered) * of_hundred // 100), 1) - 1]


def counts(kind: str, names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)
