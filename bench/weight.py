"""What a page weighs and when it answers, in a real Chromium on a bad line: `python -m bench.weight`; `make bench` ends with it.

Served as in production: gunicorn, static files compressed under names with their digest; then as `make run` serves, on a worse line.
Nothing in the browser's cache. ROUNDS=9 for more.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, TypeAlias

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from scripts.browser import find_chromium

# 150 ms there and back, 1.6 Mbit/s: the "slow 4G" of Lighthouse.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
# A train, a basement: 400 ms and 50 kB/s.
WORSE_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
ROUNDS = int(os.environ.get("ROUNDS", "5"))
KILO = 1000
FIRST_PAGE, ANY_PAGE, SECONDS = 100, 150, 1.0
FIRST_PAINT, USABLE = 2.5, 4.0  # seconds, on the worse line
ELSEWHERE = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "DJANGO_ENV")
NOT_LOOKED_AT = ("-i", "admin", "-i", "drf_spectacular_sidecar", "-i", "rest_framework")  # compressing them would take most of the time
CUSTOMER = "mei@example.com"
# Interactive: the page is parsed, its deferred scripts have run (both stand before DOMContentLoaded), and the last task of more than
# 50 ms that was pending then is over: none follows within QUIET.
QUIET = 600
WATCH = """() => {
  window.longest = 0
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.startTime + task.duration)
  }).observe({ type: 'longtask', buffered: true })
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
INTERACTIVE = """() => Math.max(performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd, window.longest)"""


@dataclass
class Visit:
    """Bytes as they came over the wire, heads included; pictures of people's evidence apart."""

    seconds: float = 0.0  # until it can be used
    painted: float = 0.0  # seconds until something is seen
    bytes: int = 0
    pictures: int = 0
    requests: int = 0
    urls: dict[str, str] = field(default_factory=dict)

    def named(self, told: Mapping[str, Any]) -> None:
        self.urls[told["requestId"]] = told["response"]["url"]

    def arrived(self, told: Mapping[str, Any]) -> None:
        url = self.urls.get(told["requestId"], "")
        if not url.startswith("http"):
            return
        size = int(told["encodedDataLength"])
        self.requests += size > 0
        if "/evidence/" in url:
            self.pictures += size
        else:
            self.bytes += size


Line: TypeAlias = Mapping[str, object]
Visits: TypeAlias = Mapping[str, Sequence[Visit]]  # of each page, by its name


def main() -> int:
    chromium = find_chromium()
    if not chromium:
        print("No page weighed: no Chromium found (install it, or set CHROMIUM to its path).")
        return 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        print(f"\npages in Chromium {browser.version}, {ROUNDS} times each, nothing in the cache: 150 ms there and back, 1.6 Mbit/s")
        _report(_measure(browser, LINE, as_run=False))
        print("\nas `make run` serves them: 400 ms there and back, 50 kB/s")
        _report_worse_line(_measure(browser, WORSE_LINE, as_run=True))
        browser.close()
    return 0


def _measure(browser: Browser, line: Line, *, as_run: bool) -> Visits:
    with _served(as_run) as address:
        state, ticket = _signed_in(browser, address)
        pages = _pages(ticket)
        rounds = [
            {name: _visit(browser, address + path, state if inside else None, line) for name, (path, inside) in pages.items()}
            for _ in range(ROUNDS)
        ]
    return {name: [each[name] for each in rounds] for name in pages}


def _pages(ticket: str) -> Mapping[str, tuple[str, bool]]:
    """Address, and whether one has signed in."""
    return {
        "home": ("/", False),
        "freeze": ("/freeze/", False),
        "file, first step": ("/file/?category=billing_duplicate", False),
        "home, signed in": ("/", True),
        "one complaint": (ticket, True),
    }


# ---- The desk, served for this alone
@contextmanager
def _served(as_run: bool) -> Iterator[str]:
    """With the demo's people, in a folder that is gone afterwards. `as_run`: as `make run` serves, where collectstatic has not run."""
    with tempfile.TemporaryDirectory(prefix="weight-") as folder, socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
        found.close()
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "DJANGO_ENV")
        }
        settings = {
            "VAR_DIR": folder,
            "DEMO": "1",
            "EMBEDDED": "1",
            "STATIC_MANIFEST": str(int(not as_run)),
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
        }
        env = {**kept, **settings, "DJANGO_SETTINGS_MODULE": "supportdesk.settings"}
        collect = ["manage.py", "collectstatic", "--noinput", "-v0", *NOT_LOOKED_AT]
        for command in (["-m", "scripts.prepare"], *([] if as_run else [collect])):
            subprocess.run([sys.executable, *command], env=env, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([sys.executable, "-m", "gunicorn"], env=env, stderr=subprocess.DEVNULL)
        try:
            yield _awaited(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(30)


def _awaited(address: str) -> str:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
                return address
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("The server did not answer.")


# ---- The visits
def _signed_in(browser: Browser, address: str) -> tuple[Any, str]:
    """A customer's cookies, and the complaint whose page says most: the one with the longest list still to fill."""
    context = browser.new_context(**PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.locator(f"button[value='{CUSTOMER}']").click()
    page.wait_for_load_state()
    page.goto(f"{address}/tickets/")
    found = {link.get_attribute("href") or "" for link in page.locator("a[href^='/tickets/TS']").all()}
    sizes = {path: len(context.request.get(address + path).body()) for path in found}
    state = context.storage_state()
    context.close()
    return state, max(sizes, key=lambda path: sizes[path])


def _visit(browser: Browser, url: str, state: Any, line: Line) -> Visit:
    context = browser.new_context(**PHONE, locale="zh-CN", storage_state=state)
    try:
        return _watched(context, url, line)
    finally:
        context.close()


def _watched(context: BrowserContext, url: str, line: Line) -> Visit:
    page, visit = context.new_page(), Visit()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", visit.named)
    wire.on("Network.loadingFinished", visit.arrived)
    wire.send("Network.emulateNetworkConditions", dict(line))
    page.add_init_script(f"({WATCH})()")
    page.goto(url, wait_until="load")
    visit.seconds = _interactive(page) / 1000
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    visit.painted = float(page.evaluate(PAINTED)) / 1000
    return visit


def _interactive(page: Page) -> float:
    """In ms from the tap. Asks again until nothing long has run for a while."""
    at = float(page.evaluate(INTERACTIVE))
    for _ in range(20):
        page.wait_for_timeout(QUIET)
        later = float(page.evaluate(INTERACTIVE))
        if later == at:
            return at
        at = later
    raise Error("The page does not come to rest.")


# ---- What is printed
def _report(visits: Visits) -> None:
    print(f"{'':22}{'kB':>7}{'requests':>10}{'pictures kB':>13}{'interactive s':>15}{'(min–max)':>14}")
    for name, seen in visits.items():
        seconds = [each.seconds for each in seen]
        spread = f"({min(seconds):.2f}–{max(seconds):.2f})"
        print(f"{name:22}{_kilo(seen):7.1f}{seen[0].requests:10}{seen[0].pictures / KILO:13.1f}{median(seconds):15.2f}{spread:>14}")
    first, heaviest = visits["home"], max(visits.values(), key=_kilo)
    print("\naims")
    _aim("first page, kB", _kilo(first), FIRST_PAGE)
    _aim("first page, s to interactive", median(each.seconds for each in first), SECONDS)
    _aim("heaviest page but for pictures, kB", _kilo(heaviest), ANY_PAGE)


def _report_worse_line(visits: Visits) -> None:
    print(f"{'':22}{'kB':>7}{'requests':>10}{'first paint s':>15}{'usable s':>10}")
    painted = {name: median(each.painted for each in seen) for name, seen in visits.items()}
    usable = {name: median(each.seconds for each in seen) for name, seen in visits.items()}
    for name, seen in visits.items():
        print(f"{name:22}{_kilo(seen):7.1f}{seen[0].requests:10}{painted[name]:15.2f}{usable[name]:10.2f}")
    print("\naims")
    _aim("slowest first paint, s", max(painted.values()), FIRST_PAINT)
    _aim("slowest page to be usable, s", max(usable.values()), USABLE)


def _kilo(seen: Sequence[Visit]) -> float:
    return median(each.bytes for each in seen) / KILO


def _aim(what: str, found: float, most: float) -> None:
    print(f"{what:38}{found:8.2f}   ≤ {most:<6g}{'reached' if found <= most else 'missed'}")


if __name__ == "__main__":
    sys.exit(main())
