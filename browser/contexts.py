"""Chromium's contexts, used again: a new one costs a third of a second, and its first page asks for every style and script anew."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext

KEPT = "local_storage,indexeddb,service_workers,cache_storage,websql,file_systems"  # cookies go separately; what was fetched stays


class Contexts:
    """As many as visitors are there at once with the same screen, language and scheme."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser, self._origin = browser, origin
        self._free: dict[str, list[BrowserContext]] = {}

    def take(self, **how: Any) -> BrowserContext:
        free = self._free.setdefault(repr(sorted(how.items())), [])
        return free.pop() if free else self._browser.new_context(**how)

    def give_back(self, context: BrowserContext, **how: Any) -> None:
        """Nobody's any more: signed out, with nothing kept, nothing open."""
        context.set_offline(False)
        context.unroute_all()
        context.clear_cookies()
        wire = context.new_cdp_session(context.pages[0] if context.pages else context.new_page())
        wire.send("Storage.clearDataForOrigin", {"origin": self._origin, "storageTypes": KEPT})
        for page in context.pages:
            page.close()
        self._free[repr(sorted(how.items()))].append(context)

    def close(self) -> None:
        for context in (each for free in self._free.values() for each in free):
            context.close()
