"""What one process does for the measurement, asked by name. Each process has its own database and keeps its connection open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from bench import clock, crowd, deskwork
from bench import vault as files
from bench.deskpages import customer_pages, desk_pages
from bench.visits import VisitKind, pages


def prepare(seeds: int) -> None:
    """An empty database becomes one with a few tickets of every kind."""
    call_command("migrate", verbosity=0)
    crowd.models(crowd.people(), seeds, timezone.now())


def multiply(size: int, seeds: int) -> dict[str, int]:
    """As many copies as make `size` tickets. How many rows there are then."""
    rows = crowd.multiply(max(0, -(-size // seeds) - 1))
    crowd.lengthen()
    return rows


@lru_cache
def _pages() -> Mapping[str, VisitKind]:
    return {**pages(), **desk_pages(), **customer_pages()}


def statements(page: str) -> list[str]:
    """The SQL of one visit, once everything that a process remembers is remembered."""
    _pages()[page].visit(3)
    return _pages()[page].statements()


def visit(page: str, times: int) -> dict[str, float]:
    return asdict(_pages()[page].visit(times))


def work() -> dict[str, Any]:
    """What is measured once. It writes: the pages come before."""
    return {
        "figures": deskwork.figures(),
        "live": deskwork.live(),
        **{form: deskwork.export(form) for form in ("csv", "xlsx")},
        "bulk": deskwork.bulk(),
    }


def fire(sample: int, wanted: int) -> dict[str, Any]:
    return clock.fire(sample, wanted)


def vault() -> dict[str, Any]:
    return files.measure()
