"""`make test`: everything that can be checked here, part by part. It goes on after a failure; at the end it says what ran how long."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

MAKE = os.environ.get("MAKE", "make")
FAILED = re.compile(rb"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
COUNTS = re.compile(rb"(\d+) (passed|failed|errors?|skipped)\b")


@dataclass(frozen=True)
class Part:
    name: str
    targets: tuple[str, ...]
    where: str


@dataclass(frozen=True)
class Result:
    part: Part
    code: int
    seconds: float
    output: bytes

    @property
    def tests(self) -> int:
        """As pytest's last line counts them."""
        last = next((line for line in reversed(self.output.splitlines()) if COUNTS.search(line)), b"")
        return sum(int(count) for count, what in COUNTS.findall(last) if what != b"skipped")


# Each of these keeps one core busy: they run beside each other.
QUIET = (
    Part("types", ("lint-types",), "mypy"),
    Part(
        "lint",
        (
            "lint-code",
            "lint-imports",
            "lint-house",
            "lint-templates",
            "lint-migrations",
            "lint-js",
            "lint-docs",
            "lint-licences",
            "test-js",
        ),
        "ruff, import rules, measures, templates, migrations, scripts and their tests, documents, licences",
    ),
    Part("supply", ("sbom", "advisories"), "lists of what is built in, and what is known to be wrong with it"),
)
# Each of these keeps every core busy: they run one after the other, and are heard while they run.
LOUD = (
    Part("postgres", ("postgres",), "every test without a browser, on PostgreSQL with Redis and RabbitMQ"),
    Part("unit", ("unit",), "on SQLite: what speaks SQL of its own there, and a way through each door"),
    Part("browser", ("browser",), "in Chromium, on SQLite"),
)


def main() -> int:
    began = time.monotonic()
    with ThreadPoolExecutor(len(QUIET)) as pool:
        results = list(pool.map(quietly, QUIET))
    results += [aloud(part) for part in LOUD]
    summarise(results, time.monotonic() - began)
    return int(any(result.code for result in results))


def command(part: Part) -> Sequence[str]:
    return (MAKE, "--no-print-directory", "--keep-going", *part.targets)


def quietly(part: Part) -> Result:
    """Heard as a whole when it is done."""
    began = time.monotonic()
    done = subprocess.run(command(part), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    result = Result(part, done.returncode, time.monotonic() - began, done.stdout)
    heard(b"\n==== %s\n%s" % (part.name.encode(), done.stdout))
    return result


def aloud(part: Part) -> Result:
    began, output = time.monotonic(), bytearray()
    heard(b"\n==== %s: %s\n" % (part.name.encode(), part.where.encode()))
    with subprocess.Popen(command(part), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for piece in pieces(process):
            output += piece
            heard(piece)
    return Result(part, process.returncode, time.monotonic() - began, bytes(output))


def pieces(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """As they come: pytest's dots end no line."""
    if process.stdout is not None:
        while piece := os.read(process.stdout.fileno(), 65536):
            yield piece


def heard(piece: bytes) -> None:
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def summarise(results: Sequence[Result], seconds: float) -> None:
    """Numbers of tests; last what failed, for whoever sees only the end. The words of pytest's own summaries stay above."""
    print(f"\n==== {'part':<10}{'wall':>7}{'tests':>8}  {'':<7}where")
    for result in results:
        outcome = "ok" if result.code == 0 else "FAILED"
        print(f"     {result.part.name:<10}{result.seconds:>5.0f} s{result.tests or '':>8}  {outcome:<7}{result.part.where}")
    print(f"     {'together':<10}{seconds:>5.0f} s")
    for result in results:
        for test in FAILED.findall(result.output):
            print(f"     failed in {result.part.name}: {test.decode()}")


if __name__ == "__main__":
    sys.exit(main())
