"""HTML of a letter as lines of text, each with what its program says of it: quoted, a signature, or a person's own. Pure.

Nothing of the text is left out, and the address of a link stays beside its words.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from evidence.sandbox.letter_text import Line

# Tags that end a line, and cells, which end a word; what stands in the hidden ones is no text; void ones have no end.
BLOCKS = frozenset({
    "p", "div", "br", "li", "tr", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section",
    "hr", "blockquote", "article", "header", "footer", "address", "center", "form", "fieldset", "main", "figure", "caption", "body",
})  # fmt: skip
CELLS = frozenset({"td", "th", "option"})
HIDDEN_TAGS = frozenset({"style", "script", "head", "title", "template"})
VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "source"})
# How mail programs name the part that is quoted: Gmail, Yahoo, NetEase, Tencent, Thunderbird, Proton.
QUOTE_MARKS = re.compile(
    r"gmail_quote|yahoo_quoted|ntes-mailmaster-quote|isReplyContent|isForwardContent|qm_original|moz-cite|protonmail_quote|"
    r"alimail-quote|qt_quote",
    re.IGNORECASE,
)
SIGNATURE_MARKS = re.compile(r"signature|qmSysSign|spanDesc", re.IGNORECASE)
# From these on a quoted letter begins: Outlook.
QUOTED_FROM = re.compile(r"divRplyFwdMsg|OLK_SRC_BODY|mail-editor-reference-message", re.IGNORECASE)
LONGEST_ADDRESS = 1_000

DECLARATION = re.compile(r"<!--|<[!?]")


def html_lines(html: str) -> list[Line]:
    reader = _Reader()
    reader.feed(_without_open_ends(html))
    reader.close()
    return reader.lines()


def text_of(html: str) -> str:
    """All of it, whatever it is marked as."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.text for line in html_lines(html)))


def _without_open_ends(html: str) -> str:
    """Without comments and declarations, which hold no text (one that does not end swallows the rest, as in a browser), and without
    tags that never end, whose words stay.

    Python's own parser looks for the end of each one of them to the end of the letter (CVE-2025-6069, CVE-2026-15308).
    """
    html = _without_declarations(html)
    end = html.rfind(">") + 1
    return html[:end] + html[end:].replace("<", " ")


def _without_declarations(html: str) -> str:
    kept, at = [], 0
    while (start := DECLARATION.search(html, at)) is not None:
        kept.append(html[at : start.start()])
        end = "-->" if start.group() == "<!--" else ">"
        found = html.find(end, start.end())
        if found < 0:
            return "".join(kept)
        at = found + len(end)
    return "".join((*kept, html[at:]))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[tuple[str, str]] = []
        self._open: list[tuple[str, bool, str]] = []  # a tag, whether what is in it is heard, and its mark
        self._names: Counter[str] = Counter()
        self._link = ("", 0)  # where it leads, and where its words begin; none lies in another

    def lines(self) -> list[Line]:
        """A line has one mark: where another begins, so does a line."""
        found, said, mark = [], "", ""
        for text, its in self._said:
            if its != mark and text.strip() and said.strip():
                found.append(Line(said.rstrip(), mark))
                said = ""
            mark = its if text.strip() or not said.strip() else mark
            *ended, rest = text.split("\n")
            for piece in ended:
                found.append(Line((said + piece).strip(" "), mark))
                said, mark = "", its
            said += rest
        return [*found, Line(said.strip(" "), mark)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value or "" for name, value in attrs if name in ("id", "class", "name"))
        mark = self._mark
        if tag in BLOCKS or tag in CELLS:
            self._say("\n" if tag in BLOCKS else " ")
        if QUOTED_FROM.search(marks):
            self._said.append(("\n", "from"))
            self._said.append(("\n", "from"))
        if mark != "quote" and QUOTE_MARKS.search(marks):
            mark = "quote"
        elif mark == "" and (tag == "sign" or SIGNATURE_MARKS.search(marks)) and tag not in VOID:
            mark = "sign"
        elif mark in ("", "sign") and tag == "blockquote":
            mark = "quote" if ("type", "cite") in attrs else "indent"
        if tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self._said))
        if tag not in VOID:
            self._names[tag] += 1
            self._open.append((tag, self._is_visible() and tag not in HIDDEN_TAGS, mark))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._tell_address(*self._link)
            self._link = ("", 0)
        if self._names[tag]:
            while (ended := self._open.pop()[0]) != tag:
                self._names[ended] -= 1
            self._names[tag] -= 1
            if tag in BLOCKS:
                self._say("\n")

    def handle_data(self, data: str) -> None:
        if self._is_visible():
            self._say(
                data.replace("\r", "") if self._names["pre"] else re.sub(r"\s+", " ", data.replace("\xa0", " ").replace("\u200b", ""))
            )

    def _tell_address(self, address: str, since: int) -> None:
        """What lies behind "click here" is only to be found by its address."""
        if not address.lower().startswith(("http://", "https://")) or not self._is_visible():
            return
        if address not in "".join(text for text, _mark in self._said[since:]):
            self._say(f" {address[:LONGEST_ADDRESS]} ")

    def _say(self, text: str) -> None:
        self._said.append((text, self._mark))

    @property
    def _mark(self) -> str:
        return self._open[-1][2] if self._open else ""

    def _is_visible(self) -> bool:
        return not self._open or self._open[-1][1]
