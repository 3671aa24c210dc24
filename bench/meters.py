"""What a stretch of work took: time on the wall, and the processors' share of it, ours and the database's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass
class Cost:
    """Seconds. `database` counts the backend of our connection; 0 where the kernel does not tell (another machine)."""

    wall: float = 0.0
    python: float = 0.0
    database: float = 0.0


@contextmanager
def metered() -> Iterator[Cost]:
    """The cost stands in what it yields when the block has ended."""
    backend = _backend()
    before = (time.perf_counter(), time.process_time(), _cpu_of(backend))
    cost = Cost()
    yield cost
    cost.wall = time.perf_counter() - before[0]
    cost.python = time.process_time() - before[1]
    cost.database = _cpu_of(backend) - before[2]


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _cpu_of(backend: int) -> float:
    try:
        return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
