"""What one process does for the measurement, asked by name. Each process has its own database and keeps its connection open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from bench import clock, crowd
from bench import vault as files
from bench.visits import Page, pages


def prepare(seeds: int) -> None:
    """An empty database becomes one with a few tickets of every kind."""
    call_command("migrate", verbosity=0)
    crowd.models(crowd.people(), seeds, timezone.now())


def multiply(size: int, seeds: int) -> dict[str, int]:
    """As many copies as make `size` tickets. How many rows there are then."""
    return crowd.multiply(max(0, -(-size // seeds) - 1))


@lru_cache
def _pages() -> Mapping[str, Page]:
    return pages()


def statements(page: str) -> list[str]:
    """The SQL of one visit, once everything that a process remembers is remembered."""
    _pages()[page].visit(3)
    return _pages()[page].statements()


def visit(page: str, times: int) -> dict[str, float]:
    return asdict(_pages()[page].visit(times))


def fire(sample: int, wanted: int) -> dict[str, Any]:
    return clock.fire(sample, wanted)


def vault() -> dict[str, Any]:
    return files.measure()
