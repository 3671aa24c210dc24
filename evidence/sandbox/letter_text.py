"""What a person wrote, out of what their mail program sent: HTML to text, without the quoted letter and the signature.

Pure; runs in the examiner's process.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

# Tags that end a line; what stands in the hidden ones is no text; void ones have no end.
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "pre", "section", "hr"})
HIDDEN_TAGS = frozenset({"style", "script", "head", "title", "blockquote", "template"})
VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "source"})
# How mail programs name the part that is quoted: Gmail, Yahoo, NetEase, Tencent, Apple, Thunderbird.
QUOTE_MARKS = re.compile(
    r"gmail_quote|yahoo_quoted|ntes-mailmaster-quote|qmbox|isReplyContent|qm_original|moz-cite|protonmail_quote|signature", re.IGNORECASE
)
# From these on everything is quoted: Outlook.
QUOTED_FROM = re.compile(r"divRplyFwdMsg|appendonsend|mail-editor-reference-message|OLK_SRC_BODY", re.IGNORECASE)

DECLARATION = re.compile(r"<!--|<[!?]")

DATE = r"(?:\d{4}|\d{1,2}:\d{2})"
INTRODUCTIONS = (
    rf"On\b[^\n]{{0,200}}{DATE}[^\n]{{0,200}}(?:\n[^\n]{{0,200}})?\bwrote:",
    rf"At\b[^\n]{{0,100}}{DATE}[^\n]{{0,200}}\bwrote:",
    rf"在\s?[^\n]{{0,100}}{DATE}[^\n]{{0,200}}(?:\n[^\n]{{0,200}})?写[道到]\s?[:：]",
    rf"[^\n]{{0,200}}于\s?{DATE}[^\n]{{0,100}}(?:\n[^\n]{{0,100}})?写道\s?[:：]",
    r"-{2,}\s*(?:Original Message|Original|原始邮件|原邮件|回复的原邮件|Replied Message|Forwarded message|转发的?邮件(?:信息)?)\s*-{2,}",
    r"_{10,}\s*\n\s*(?:From|发件人|寄件者)\s?[:：]",
    r"(?:From|发件人)\s?[:：][^\n]+\n\s*(?:(?:Sent|Date|To|发送时间|发送日期|日期|时间|收件人)\s?[:：][^\n]*\n?){1,3}",
)
QUOTE_BEGINS = re.compile(rf"^[ \t>]*(?:{'|'.join(INTRODUCTIONS)})", re.MULTILINE | re.IGNORECASE)
SIGNATURE = re.compile(
    r"^(?:--[ \u00a0]?|发自我的.{1,30}|来自我的.{1,30}|从.{1,20}发送"
    r"|Sent from (?:my|Outlook|Mail).{0,40}|Get Outlook for.{0,60}|获取 ?Outlook.{0,60})$",
    re.MULTILINE | re.IGNORECASE,
)


def extract_own_text(text: str) -> str:
    """The person's own words of a plain text."""
    lines = _plain_lines(text)
    found = QUOTE_BEGINS.search(lines)
    own = _without_quoted_lines(lines[: found.start()] if found else lines)
    end = SIGNATURE.search(own)
    return re.sub(r"\n{3,}", "\n\n", own[: end.start()] if end else own).strip()


def text_around_quotation(text: str) -> str:
    """For a letter that begins with what it quotes: all but the quoted lines and their introduction. A forwarded letter stays."""
    own = _without_quoted_lines(QUOTE_BEGINS.sub("", _plain_lines(text)))
    return re.sub(r"\n{3,}", "\n\n", SIGNATURE.sub("", own)).strip()


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u200b", "")


def _without_quoted_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if not line.lstrip().startswith(">"))


def text_of(html: str) -> str:
    """The text of HTML without what its program marked as quoted or as a signature."""
    reader = _Reader()
    reader.feed(_without_open_ends(html))
    reader.close()
    return re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n\n", "".join(reader.said))


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
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []  # a tag, and whether what is in it is heard
        self._names: Counter[str] = Counter()
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.said.append("\n")
        marks = " ".join(value or "" for name, value in attrs if name in ("id", "class", "name"))
        self._over = self._over or QUOTED_FROM.search(marks) is not None
        if tag not in VOID:
            self._names[tag] += 1
            self._open.append((tag, self._is_visible() and tag not in HIDDEN_TAGS and not QUOTE_MARKS.search(marks)))

    def handle_endtag(self, tag: str) -> None:
        if self._names[tag]:
            while (ended := self._open.pop()[0]) != tag:
                self._names[ended] -= 1
            self._names[tag] -= 1
            if tag in BLOCKS:
                self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if self._is_visible():
            self.said.append(re.sub(r"\s+", " ", data))

    def _is_visible(self) -> bool:
        return not self._over and (not self._open or self._open[-1][1])
