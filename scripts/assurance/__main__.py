"""`python -m scripts.assurance [dripping pdfs letters webhook uploads freezes]`: those situations, or all. Some five minutes.

A database of its own on the server of TEST_DATABASE_URL and two empty databases of the Redis of TEST_REDIS_URL are used and emptied.
Exit code 1 where a figure is beyond its bound. The newest figures stand in docs/assurance.md.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
import redis
from psycopg import sql

from scripts.assurance.outsiders import Outsiders
from scripts.assurance.processes import Processes, environment
from scripts.postgres import DATABASE, REDIS


@contextmanager
def a_database() -> Iterator[str]:
    """Empty, dropped in the end."""
    url, name = os.environ.get("TEST_DATABASE_URL", DATABASE), f"assurance_{os.getpid()}"
    with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def two_numbers_of_redis() -> Iterator[tuple[str, str]]:
    """Nobody's until now."""
    root = os.environ.get("TEST_REDIS_URL", REDIS).rstrip("/")
    free = [url for number in range(15, 0, -1) if not redis.Redis.from_url(url := f"{root}/{number}").dbsize()][:2]
    if len(free) < 2:
        sys.exit("Two empty databases of Redis are needed.")
    try:
        yield free[0], free[1]
    finally:
        for url in free:
            redis.Redis.from_url(url).flushdb()


def describe_machine() -> str:
    memory = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]) // 2**20
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    machine = f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}"
    return f"{machine}; load before: {load}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def main(names: list[str]) -> int:
    print(describe_machine(), flush=True)
    folder = tempfile.TemporaryDirectory(prefix="assurance-")
    with folder, a_database() as database, two_numbers_of_redis() as (cache, broker), Outsiders() as outsiders:
        os.environ.update(environment(Path(folder.name), database, cache, broker, outsiders))
        django.setup()
        from scripts.assurance import situations  # noqa: PLC0415 - its models ask for the settings above

        situations.prepare()
        with Processes(Path(folder.name)) as processes:
            processes.wait()
            return situations.rehearse(names, processes, outsiders)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
