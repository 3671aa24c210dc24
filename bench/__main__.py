"""make bench: what the desk takes with 10,000 and with 100,000 tickets, beside a floor measured in the same run.

SIZE=2000 gives a quick look at one size; SKIP="ticket filing views work timers vault" leaves out what is named; VERBOSE=1 prints the SQL.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import psycopg

from bench import databases, report, work_report
from bench.figures import Rounds
from bench.worker import Worker

SIZES = (10_000, 100_000)
SEEDS = 200
VIEWS = (
    "?assignee=me", "?assignee=none", "?due=overdue", "?due=today", "?waiting_on=customer", "?stage=freeze", "?status=escalated",
    "?follow_up=due",
)  # fmt: skip
READ = (
    "floor",
    "queue",
    *VIEWS,
    "ticket",
    "long",
    "first",
    "list",
    "rare",
    "common",
    "figures",
    "pulse",
    "unchanged",
    "home",
    "mine",
    "complaint",
)
WRITTEN = ("floor", "filing")
ROUNDS = 11
SECONDS = 0.25  # of a round, about
SAMPLE, TIMERS = 10_000, 20_000

Measured = Mapping[str, Rounds]


def main() -> int:
    began = time.monotonic()
    sizes = (int(os.environ["SIZE"]),) if os.environ.get("SIZE") else SIZES
    try:
        url = databases.address()
        print(f"{databases.server(url)}, Python {platform.python_version()}, {os.cpu_count()} processors", flush=True)
    except (databases.NotOurs, psycopg.OperationalError) as error:
        print(f"Nothing measured: {error}", file=sys.stderr)
        return 1
    skipped = os.environ.get("SKIP", "").split()
    skipped += VIEWS if "views" in skipped else ()
    read_pages, written_pages = ([page for page in pages if page not in skipped] for pages in (READ, WRITTEN))
    with ExitStack() as stack:
        workers = _crowds(stack, url, sizes)
        statements = {page: workers[-1].do("statements", page) for page in dict.fromkeys([*read_pages, *written_pages])}
        read, written = _interleaved(workers, read_pages), _interleaved(workers, written_pages)
        worked = [] if "work" in skipped else [worker.do("work") for worker in workers]
        kept = {} if "vault" in skipped else workers[0].do("vault")
        fired = [] if "timers" in skipped else _fired(workers, sizes)
    report.pages(sizes, statements, read, written)
    work_report.work(sizes, worked)
    report.timers(sizes, fired)
    report.vault(kept)
    report.aims(sizes, statements, read, fired)
    work_report.aims(worked, read)
    report.vault_aims(kept)
    if os.environ.get("VERBOSE"):
        report.sql(statements)
    print(f"\n{time.monotonic() - began:.0f} s")
    return 0


def _crowds(stack: ExitStack, url: str, sizes: Sequence[int]) -> list[Worker]:
    """A database and a process for each size, all copies of the same few tickets."""
    seeds = min(SEEDS, *sizes)
    with _database(url) as first, _worker(first) as worker:
        worker.do("prepare", seeds)
        worker.end()
        urls = [stack.enter_context(_database(databases.sibling(url, size), template=first)) for size in sizes]
    workers = [stack.enter_context(_worker(each)) for each in urls]
    for worker, size in zip(workers, sizes, strict=True):
        rows = worker.do("multiply", size, seeds)
        print(", ".join(f"{count:,} {name}" for name, count in rows.items()), flush=True)
    return workers


def _fired(workers: Sequence[Worker], sizes: Sequence[int]) -> list[Mapping[str, Mapping[str, float]]]:
    """Last, for it changes what the pages show."""
    return [worker.do("fire", SAMPLE, min(TIMERS, 2 * size)) for worker, size in zip(workers, sizes, strict=True)]


@contextmanager
def _database(url: str, template: str = "") -> Iterator[str]:
    databases.make(url, template)
    try:
        yield url
    finally:
        databases.drop(url)


@contextmanager
def _worker(url: str) -> Iterator[Worker]:
    worker = Worker(url)
    try:
        yield worker
    finally:
        worker.end()


def _interleaved(workers: Sequence[Worker], pages: Sequence[str]) -> list[Measured]:
    """Each round visits every page at every size once, a stretch of visits each: neighbours in time are what is compared."""
    visits = {page: _stretch(workers, page) for page in pages}
    rounds: list[dict[str, list]] = [{page: [] for page in pages} for _ in workers]
    for _ in range(ROUNDS):
        for page in pages:
            for worker, kept in zip(workers, rounds, strict=True):
                kept[page].append(worker.do("visit", page, visits[page]))
    return [{page: Rounds(visits[page], each) for page, each in kept.items()} for kept in rounds]


def _stretch(workers: Sequence[Worker], page: str) -> int:
    """So many visits that the slowest needs about SECONDS, after some to warm up."""
    slowest = max(worker.do("visit", page, 5)["wall"] and worker.do("visit", page, 5)["wall"] for worker in workers) / 5
    return max(3, min(60, round(SECONDS / slowest)))


if __name__ == "__main__":
    sys.exit(main())
