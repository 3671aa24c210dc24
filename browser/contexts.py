"""Chromium's contexts and their pages, used again: new ones cost most of a second, and ask for every style and script anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

KEPT = "local_storage,indexeddb,service_workers,cache_storage,websql,file_systems"  # cookies go separately; what was fetched stays
# What stays with a page whatever is opened in it: a page of which one of these was asked is not used again.
LASTING = ("add_init_script", "emulate_media", "route", "set_viewport_size")


class Contexts:
    """As many as visitors are there at once with the same screen, language and scheme."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser, self._origin = browser, origin
        self._free: dict[str, list[BrowserContext]] = {}
        self._changed: set[Page] = set()

    def take(self, **how: Any) -> BrowserContext:
        """With one empty page."""
        free = self._free.setdefault(repr(sorted(how.items())), [])
        context = free.pop() if free else self._browser.new_context(**how)
        if not context.pages:
            self._watch(context.new_page())
        return context

    def give_back(self, context: BrowserContext, **how: Any) -> None:
        """Nobody's any more: signed out, with nothing kept, nothing open."""
        context.set_offline(False)
        context.unroute_all()
        context.clear_cookies()
        kept = [page for page in context.pages if page not in self._changed and self._is_empty(page)][:1]
        wire = context.new_cdp_session(context.pages[0] if context.pages else context.new_page())
        wire.send("Storage.clearDataForOrigin", {"origin": self._origin, "storageTypes": KEPT})
        wire.detach()
        for page in context.pages:
            if page not in kept:
                page.close()
        self._free[repr(sorted(how.items()))].append(context)

    def close(self) -> None:
        for context in (each for free in self._free.values() for each in free):
            context.close()

    def _is_empty(self, page: Page) -> bool:
        """Once it is led away from here, with what a page keeps for itself."""
        if not page.url.startswith(self._origin):
            return False
        page.evaluate("() => sessionStorage.clear()")
        page.goto("about:blank")
        return True

    def _watch(self, page: Page) -> None:
        for name in LASTING:
            setattr(page, name, self._noting(page, getattr(page, name)))

    def _noting(self, page: Page, method: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **options: Any) -> Any:
            self._changed.add(page)
            return method(*args, **options)

        return noted
