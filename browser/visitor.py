"""A person at a browser. Every page they come to is looked over: errors, CSP, axe, sideways scrolling, language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.utils import translation
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Error, Locator, Page, Request, Response, expect

from browser.looked_over import LookedOver
from browser.texts import said

EYES = Path(__file__).with_name("page_checks.js").read_text()
AXE = (Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice", "experimental"]
PATIENCE = 20_000  # of a busy machine; nothing waits that long when all is well
expect.set_options(timeout=PATIENCE)
HTML_LANGUAGE = {"zh-hans": "zh-Hans", "en": "en"}
# Three Latin words in a row are a sentence nobody translated.
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:'’-]+[A-Za-z]{2,}){2,}")
# The code of a receipt: its letters may happen to look like words.
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# The button that leads to the other language; names stay what they are.
FOREIGN = {"简体中文", "繁體中文", "中文", "English"}
# Chromium says so for every answer of 400 and above; those are judged by their status.
OF_STATUS = "Failed to load resource: the server responded with a status of"
# Playwright says so where a page registers its worker and the tests let none in (conftest.py).
OF_WORKERS = "Service Worker registration blocked by Playwright"
LOOKED_OVER = LookedOver()
AXE_ADDRESS = "/static/axe.min.js"  # there in the tests alone
ASK = f"([question, args]) => {{ if (!window.eyes) {{ {EYES} }} return window.eyes[question](...args) }}"


class Visitor:
    """Closed by the fixture that made it; `problems` then must be empty."""

    def __init__(self, context: BrowserContext, address: str, language: str, *, javascript: bool = True) -> None:
        self.context, self.address, self.language, self.javascript = context, address, language, javascript
        self.problems: list[str] = []
        self.refusals: set[int] = set()  # statuses of pages that are meant to be refused
        self.overlooking = True
        self.axe_reads_colours = False  # half of its time; page_checks.js reads them on every page, and the tour of every page asks axe too
        self.mixed = False  # people on the pages write another language than the visitor reads
        self.words: set[str] = set()  # what people here typed themselves, in whatever language
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.pages[0]
        self.unfolding = True  # parts behind their heading are opened, as by somebody who reads all of a page
        self._ears: dict[str, Callable[..., None]] = {
            "console": self._heard,
            "pageerror": self._broke,
            "response": self._answered,
            "requestfailed": self._failed,
            "dialog": self._asked,
        }
        for event, ear in self._ears.items():
            self.page.on(event, ear)  # type: ignore[call-overload]

    def leave(self) -> None:
        """The page may become another's."""
        for event, ear in self._ears.items():
            self.page.remove_listener(event, ear)

    # ---- Watching
    def _broke(self, error: Error) -> None:
        self.problems.append(f"{self.page.url}: page error: {error}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith((OF_STATUS, OF_WORKERS)):
            self.problems.append(f"{self.page.url}: console {message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        document = response.request.resource_type == "document"
        if response.status >= 400 and not (document and response.status in self.refusals):
            self.problems.append(f"{response.request.method} {response.url}: {response.status}")

    def _failed(self, request: Request) -> None:
        # Leaving a page drops what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.url}: {request.failure}")

    @staticmethod
    def _asked(dialog: Dialog) -> None:
        dialog.accept()

    # ---- Going
    def open(self, path: str, status: int = 200) -> None:
        with self._refused(status):
            answer = self.page.goto(f"{self.address}{path}")
            self._arrived(answer, status)

    def press(self, name: str, status: int = 200, within: Locator | None = None) -> None:
        """Press the button of this name (or the only one that begins so) and look over the page it leads to."""
        self.go((within or self.page.locator("body")).get_by_role("button", name=name), status)

    def follow(self, name: str, within: Locator | None = None) -> None:
        self.go((within or self.page.locator("body")).get_by_role("link", name=name).first)

    def go(self, target: Locator, status: int = 200) -> None:
        with self._refused(status):
            with self.page.expect_navigation(wait_until="load") as going:
                target.click()
            self._arrived(going.value, status)

    @contextmanager
    def _refused(self, status: int) -> Iterator[None]:
        if status >= 400:
            self.refusals.add(status)
        yield
        self.refusals.discard(status)

    def _arrived(self, answer: Response | None, status: int) -> None:
        # An anchor on the same page brings no answer.
        if answer is not None and answer.status != status:
            raise AssertionError(f"{answer.url}: {answer.status} instead of {status}\n{self.page.locator('main').inner_text()}")
        if answer is not None and "text/html" in answer.headers.get("content-type", ""):
            policy = answer.headers.get("content-security-policy", "")
            assert "script-src 'self'" in policy and "unsafe" not in policy, policy
        self.unfold()
        self.look_over()

    def unfold(self) -> None:
        if self.unfolding:
            self.page.evaluate("() => document.querySelectorAll('details.fold').forEach((fold) => { fold.open = true })")

    # ---- Looking
    def look_over(self, *, with_axe: bool = True) -> None:
        if not self.overlooking:
            return
        self.problems += [f"{self.page.url}: {problem}" for problem in self._faults(with_axe and self.javascript)]
        found, self.problems = self.problems, []
        assert not found, "\n".join(found)

    def look_over_as(self, screen: dict[str, Any], scheme: Literal["light", "dark"]) -> None:
        """The same page on another screen or in another scheme: all but axe, which has seen how it is built."""
        self.page.set_viewport_size(screen["viewport"])
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is half way to another
        self.look_over(with_axe=False)

    def _faults(self, with_axe: bool) -> Iterator[str]:
        page = self.eyes("survey")
        if page["lang"] != HTML_LANGUAGE[self.language]:
            yield f"lang={page['lang']}"
        yield from self._foreign_words(page["texts"])
        if page["wide"][0] > page["wide"][1]:
            yield f"scrolls sideways: {page['wide'][0]} > {page['wide'][1]}"
        yield from page["faint"]
        if with_axe:
            LOOKED_OVER.hear()
            yield from self._faults_for_axe(page, LOOKED_OVER)

    def axe(self) -> list[str]:
        """Of the whole page as it is now, whatever was looked over before."""
        return list(self._faults_for_axe(self.eyes("survey"), set()))

    def _faults_for_axe(self, page: dict[str, Any], known: set[str] | LookedOver) -> Iterator[str]:
        """Of what was not known; it is known if nothing was found."""
        wanted = [f"{key} {'in colour' if self.axe_reads_colours else ''}" for key in page["parts"]]
        new = {key: place for place, key in enumerate(wanted) if key not in known and f"{key}in colour" not in known}
        whole = page["whole"] not in known
        if not new and not whole:
            return
        asked = {"axe": AXE_ADDRESS, "tags": RULES, "whole": whole, "sheets": page["sheets"] not in known}
        asked |= {"places": list(new.values()), "colours": self.axe_reads_colours}
        found = self.eyes("judge", asked)
        if found is None:  # the page has no line to the server
            self.page.evaluate(AXE)
            found = self.eyes("judge", asked)
        yield from found
        if not found:
            known.update({*new, page["whole"], page["sheets"]})

    def eyes(self, question: str, *args: Any) -> Any:
        """Ask the page one of the questions of page_checks.js."""
        return self.page.evaluate(ASK, [question, args])

    def _foreign_words(self, texts: list[str]) -> Iterator[str]:
        pattern = ENGLISH if self.language == "zh-hans" else CHINESE
        if self.mixed and pattern is CHINESE:
            return
        own_words = sorted(self.words | FOREIGN, key=len, reverse=True)
        for text in texts:
            if not pattern.search(text):
                continue
            plain = CODE.sub("", text)
            for own in own_words:
                plain = plain.replace(own, "")
            if found := pattern.search(plain):
                yield f"another language: {found[0]!r} in {text[:120]!r}"

    # ---- Reading and writing
    def t(self, text: str, context: str = "", **values: object) -> str:
        return said(self.language, text, context, **values)

    def word(self, code: Any) -> str:
        """A lazy text of one of the tables of words."""
        with translation.override(self.language):
            return str(code)

    def sees(self, text: str, within: Locator | None = None) -> None:
        expect(within or self.page.locator("main")).to_contain_text(text)

    def sees_not(self, text: str, within: Locator | None = None) -> None:
        expect(within or self.page.locator("main")).not_to_contain_text(text)

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        self.words.add(value)
        self.field(label, within).fill(value)

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """By its label; whether "(optional)" stands behind it makes no difference."""
        return (within or self.page.locator("main")).get_by_label(re.compile(rf"^\s*{re.escape(label)}"))

    def tick(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()

    def panel(self, heading: str) -> Locator:
        """The part of the page under this heading."""
        return self.page.get_by_role("region", name=heading)

    def error_at(self, label: str, text: str, within: Locator | None = None) -> None:
        """The error stands at its field and the field says so to a screen reader."""
        field = self.field(label, within).first
        expect(field).to_have_attribute("aria-invalid", "true")
        described = (field.get_attribute("aria-describedby") or "").split()
        told = " ".join(self.page.locator(f"[id='{each}']").inner_text() for each in described)
        assert text in told, f"{label}: {told!r}"

    def cookies(self) -> dict[str, Any]:
        return {cookie["name"]: cookie for cookie in self.context.cookies()}
