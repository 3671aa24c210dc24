"""Figures from rounds: medians, spreads, and ratios taken round by round, so that what drifts touches both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Round = Mapping[str, float]


@dataclass(frozen=True)
class Rounds:
    """The rounds of one page at one size. `visits` in each."""

    visits: int
    rounds: Sequence[Round]

    def per_second(self) -> tuple[float, float, float]:
        """Median, least and most."""
        rates = [self.visits / each["wall"] for each in self.rounds]
        return median(rates), min(rates), max(rates)

    def milliseconds(self, *parts: str) -> float:
        """The median of a visit."""
        return median(_sum(each, parts) for each in self.rounds) / self.visits * 1000

    def times(self, other: Rounds, *parts: str) -> float:
        """How many times as much as the other, whose rounds ran between these."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median(_sum(mine, parts) / self.visits / (_sum(theirs, parts) / other.visits) for mine, theirs in pairs)


def _sum(each: Round, parts: Sequence[str]) -> float:
    return sum(each[part] for part in parts)
