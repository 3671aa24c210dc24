"""The tables that `make bench` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.figures import Rounds

NAMES = {
    "floor": "floor",
    "queue": "agent queue /desk/",
    "ticket": "ticket page /desk/tickets/…/",
    "list": "API list /api/v1/tickets/",
    "rare": "search 鹦鹉, in 20 tickets",
    "common": "search 充值, in a third",
    "filing": "filing POST /api/v1/tickets/",
    "long": "ticket page, 200 events",
    "first": "ticket page, first visit",
    "figures": "figures /desk/figures/",
    "pulse": "pulse, something moved",
    "unchanged": "pulse, 304",
    "home": "customer's home /",
    "mine": "my complaints, 20 /tickets/",
    "complaint": "my complaint /tickets/…/",
}
CUSTOMERS_AIMS = {"home": 2.5, "mine": 2.5, "complaint": 4.0}  # in floors
CPU = ("python", "database")
HEAD = f"{'':30}{'SQL':>4}{'per second':>12}{'(min–max)':>14}{'ms':>8}{'× floor':>9}{'CPU ms: Python':>16}{'PostgreSQL':>12}"

Measured = Mapping[str, Rounds]
Kept = Mapping[str, Sequence[Mapping[str, float]]]
Fired = Mapping[str, Mapping[str, float]]


def pages(sizes: Sequence[int], statements: Mapping[str, Sequence[str]], read: Sequence[Measured], written: Sequence[Measured]) -> None:
    for size, reads, writes in zip(sizes, read, written, strict=True):
        print(f"\n{size:,} tickets\n{HEAD}")
        for page, rounds in reads.items():
            _line(page, rounds, reads["floor"], len(statements[page]))
        if "filing" in writes:
            _line("filing", writes["filing"], writes["floor"], len(statements["filing"]))


def _line(page: str, rounds: Rounds, floor: Rounds, queries: int) -> None:
    middle, least, most = rounds.per_second()
    spread = f"({least:.0f}–{most:.0f})"
    python, database = rounds.milliseconds("python"), rounds.milliseconds("database")
    print(
        f"{_padded(name_of(page), 30)}{queries:>4}{middle:>12.0f}{spread:>14}{rounds.milliseconds('wall'):>8.2f}"
        f"{rounds.times(floor, 'wall'):>9.2f}{python:>16.2f}{database:>12.2f}"
    )


def name_of(page: str) -> str:
    """A view of the queue is called by its filters."""
    return NAMES.get(page, f"queue {page}")


def _padded(text: str, width: int) -> str:
    """Hanzi are two columns wide."""
    return text + " " * (width - len(text) - sum("\u4e00" <= sign <= "\u9fff" for sign in text))


def timers(sizes: Sequence[int], fired: Sequence[Fired]) -> None:
    if not fired:
        return
    print(f"\n{'timers, one worker':30}{'per second':>12}{'fired':>9}{'events':>9}{'notices':>9}{'CPU µs: Python':>16}{'PostgreSQL':>12}")
    for size, each in zip(sizes, fired, strict=True):
        for kind, name in (("plain", "warnings, breaches"), ("moving", "transitions")):
            _timer_line(f"{name} ({size:,})", each[kind])


def _timer_line(name: str, run: Mapping[str, float]) -> None:
    count = run["fired"] or 1
    print(
        f"{name:30}{run['fired'] / run['wall']:>12,.0f}{run['fired']:>9,.0f}{run['events']:>9,.0f}{run['notices']:>9,.0f}"
        f"{run['python'] / count * 1e6:>16.0f}{run['database'] / count * 1e6:>12.0f}"
    )


def vault(kept: Kept) -> None:
    """Seconds a piece in `kept`; the ratio is taken round by round."""
    if not kept:
        return
    print(f"\n{'files, per second':30}{'MB':>6}{'web':>8}{'worker':>9}{'Pillow':>9}{'worker / Pillow (min–max)':>28}")
    for name, rounds in kept.items():
        web, worker, pillow = (1 / median(each[part] for each in rounds) for part in ("web", "worker", "pillow"))
        ratios = _ratios(rounds)
        spread = f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(f"{name:30}{rounds[0]['size'] / 1e6:>6.1f}{web:>8.1f}{worker:>9.2f}{pillow:>9.2f}{spread:>28}")


def _ratios(rounds: Sequence[Mapping[str, float]], of: str = "") -> list[float]:
    return [each[f"worker{of}"] / each[f"pillow{of}"] for each in rounds]


def vault_aims(kept: Kept) -> None:
    for name, rounds in kept.items():
        ratio = median(_ratios(rounds))
        aim(f"{name}, worker / plain Pillow", f"{ratio:.2f} ({median(_ratios(rounds, '_cpu')):.2f})", "≤ 1.3", ratio <= 1.3)


def aims(sizes: Sequence[int], statements: Mapping[str, Sequence[str]], read: Sequence[Measured], fired: Sequence[Fired]) -> None:
    print("\naims (by time; in brackets by processor time, which other work on the machine disturbs less)")
    last = read[-1]
    if "queue" not in last:
        return
    by_time, by_cpu = last["queue"].times(last["floor"], "wall"), last["queue"].times(last["floor"], *CPU)
    aim("queue / floor", f"{by_time:.2f} ({by_cpu:.2f})", "≤ 1.3", by_time <= 1.3)
    if len(read) > 1:
        grown, grown_cpu = last["queue"].times(read[0]["queue"], "wall"), last["queue"].times(read[0]["queue"], *CPU)
        aim(f"queue, {sizes[-1]:,} / {sizes[0]:,}", f"{grown:.2f} ({grown_cpu:.2f})", "≤ 1.1", grown <= 1.1)
    for page, wanted in CUSTOMERS_AIMS.items():
        if page in last:
            found, found_cpu = last[page].times(last["floor"], "wall"), last[page].times(last["floor"], *CPU)
            aim(f"{name_of(page).partition(' /')[0]} / floor", f"{found:.2f} ({found_cpu:.2f})", f"≤ {wanted}", found <= wanted)
    queries = {page: len(each) for page, each in statements.items() if page not in ("floor", "filing")}
    aim("queries of the queue", str(queries["queue"]), "≤ 8", queries["queue"] <= 8)
    aim("queries of any page", str(max(queries.values())), "≤ 12", max(queries.values()) <= 12)
    for size, each in zip(sizes, fired, strict=bool(fired)):
        run = each["plain"]
        rate, of_cpu = run["fired"] / run["wall"], run["fired"] / sum(run[part] for part in CPU)
        aim(f"timers per second ({size:,})", f"{rate:,.0f} ({of_cpu:,.0f})", "≥ 5,000", rate >= 5000)


def aim(name: str, found: str, wanted: str, reached: bool) -> None:
    print(f"{name:34}{found:>18}   {wanted:8} {'reached' if reached else 'MISSED'}")


def sql(statements: Mapping[str, Sequence[Any]]) -> None:
    for page, each in statements.items():
        print(f"\n{name_of(page)}")
        for statement in each:
            print(f"  {statement[:300]}")
