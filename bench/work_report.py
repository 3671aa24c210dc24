"""The table of the desk's work and its aims, as `make bench` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.report import CPU, Measured, aim

Work = Mapping[str, Any]
SEARCHES = ("rare", "common")


def work(sizes: Sequence[int], worked: Sequence[Work]) -> None:
    for size, done in zip(sizes, worked, strict=bool(worked)):
        print(f"\n{f'work of the desk ({size:,})':34}{'rows':>8}{'s':>8}{'CPU s: Python':>16}{'PostgreSQL':>12}{'MB grown':>10}")
        for name, cost in done["bulk"].items():
            _line(f"{name}, one request", cost)
        _line("list as CSV", done["csv"])
        _line("list as XLSX", done["xlsx"])
        _line("figures counted anew", done["figures"])
        _line("50 desks, one poll each", done["live"])


def _line(name: str, cost: Mapping[str, float]) -> None:
    rows, grown = (f"{cost[key]:,.0f}" if key in cost else "" for key in ("rows", "grown"))
    print(f"{name:34}{rows:>8}{cost['wall']:>8.2f}{cost['python']:>16.2f}{cost['database']:>12.2f}{grown:>10}")


def aims(worked: Sequence[Work], read: Sequence[Measured]) -> None:
    """Of the largest size."""
    last = read[-1]
    views = [page for page in last if page.startswith("?")]
    if views:
        _times("slowest view / floor", last, max(views, key=lambda page: last[page].times(last["floor"], *CPU)), "floor", 1.3)
    for page, name in (("ticket", "ticket page / floor"), ("long", "ticket page, 200 events / floor")):
        _times(name, last, page, "floor", 2.0)
    for page in (*SEARCHES, "figures"):
        _times(f"{page} / queue", last, page, "queue", 1.1)
    if worked:
        slowest = max(sum(cost[part] for part in CPU) for cost in worked[-1]["bulk"].values())
        aim("slowest bulk act of 200, CPU s", f"{slowest:.2f}", "≤ 2", slowest <= 2)
        share = worked[-1]["live"]["share"]
        aim("50 desks, share of one core", f"{share:.1%}", "≤ 5 %", share <= 0.05)
        xlsx = worked[-1]["xlsx"]
        aim(f"XLSX of {xlsx['rows']:,.0f} rows, MB grown", f"{xlsx['grown']:.0f}", "≤ 20", xlsx["grown"] <= 20)


def _times(name: str, pages: Measured, page: str, other: str, most: float) -> None:
    if page in pages and other in pages:
        by_time, by_cpu = pages[page].times(pages[other], "wall"), pages[page].times(pages[other], *CPU)
        aim(name, f"{by_time:.2f} ({by_cpu:.2f})", f"≤ {most}", by_time <= most)
