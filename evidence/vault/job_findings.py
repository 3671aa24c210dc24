"""What a run of the vault found, in the reader's words. Kept in English, as commands print it; put into words when it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop, pgettext_lazy

from evidence.vault.custody import CustodyAction

FINDINGS = (
    gettext_noop("custody log: the record of its end was changed"),
    gettext_noop("custody log: does not end as recorded"),
    gettext_noop("custody entries %(first)s to %(last)s: removed"),
    gettext_noop("custody entry %(entry)s: does not follow the one before"),
    gettext_noop("custody entry %(entry)s (%(action)s, item %(item)s): changed"),
    gettext_noop("custody entry %(entry)s (%(action)s, item %(item)s): in no chain"),
    gettext_noop("custody lines %(first)s to %(last)s of %(ticket)s: removed"),
    gettext_noop("custody of %(ticket)s: the record of its end was changed"),
    gettext_noop("custody of %(ticket)s: its end is not recorded"),
    gettext_noop("custody of %(ticket)s: does not end as recorded"),
    gettext_noop("events %(first)s to %(last)s of %(ticket)s: removed"),
    gettext_noop("event %(event)s of %(ticket)s (%(kind)s): changed"),
    gettext_noop("event %(event)s of %(ticket)s (%(kind)s): written without the key"),
    gettext_noop("%(row)s %(number)s of %(ticket)s: changed"),
    gettext_noop("%(row)s %(number)s of %(ticket)s: removed"),
    gettext_noop("%(row)s %(number)s of %(ticket)s: nothing tells of it"),
    gettext_noop("seals %(first)s to %(last)s: removed"),
    gettext_noop("seal %(number)s: changed"),
    gettext_noop("seal %(number)s: does not follow the one before"),
    gettext_noop("seal %(number)s: is not the one that was told outside"),
    gettext_noop("the seal told outside (%(number)s) is of another history"),
    gettext_noop("item %(item)s: nothing tells of its arrival"),
    gettext_noop("item %(item)s: gone without a word"),
    gettext_noop("item %(item)s: its hash is not that of its arrival"),
    gettext_noop("item %(item)s: there, though the log tells of its end"),
    gettext_noop("item %(item)s: deleted without a word"),
    gettext_noop("item %(item)s: its verdict is not the one the log tells"),
    gettext_noop("item %(item)s: its file (%(column)s) is not its own any more"),
    gettext_noop("item %(item)s: its file (%(column)s) is not the one that was kept"),
    gettext_noop("file %(file)s: erased, but still there"),
    gettext_noop("file %(file)s: nobody put it there"),
    gettext_noop("file %(file)s of nobody: its hash is not the one recorded"),
    gettext_noop("file %(file)s of nobody: %(broken)s"),
    gettext_noop("file %(file)s of item %(item)s: its hash is not the one recorded"),
    gettext_noop("file %(file)s of item %(item)s: %(broken)s"),
    gettext_noop("given up: it came to no end three times; the log of the worker says why"),
    gettext_noop("%(file)s: %(broken)s"),
)
BROKEN: Mapping[str, object] = {
    "not_sealed": pgettext_lazy("seal", "not sealed"),
    "swapped": pgettext_lazy("seal", "another file lies in its place"),
    "truncated": pgettext_lazy("seal", "cut short"),
    "tampered": pgettext_lazy("seal", "changed"),
    "wrong_key": pgettext_lazy("seal", "its key does not fit"),
    "unknown_key": pgettext_lazy("seal", "the key that wraps its own is not in the configuration"),
    "erased": pgettext_lazy("seal", "its key is destroyed"),
    "missing": pgettext_lazy("seal", "missing"),
}
COLUMN: Mapping[str, object] = {
    "original": pgettext_lazy("file of an item", "original"),
    "safe": pgettext_lazy("file of an item", "safe copy"),
    "thumbnail": pgettext_lazy("file of an item", "small picture"),
    "secret": pgettext_lazy("file of an item", "typed fields"),
}
ROW: Mapping[str, object] = {
    "decision": pgettext_lazy("row of a complaint", "decision"),
    "remedy": pgettext_lazy("row of a complaint", "remedy"),
    "refund": pgettext_lazy("row of a complaint", "refund"),
}
CODES: Mapping[str, Mapping[str, object]] = {"broken": BROKEN, "column": COLUMN, "row": ROW, "action": dict(CustodyAction.choices)}
SHAPES = {
    "broken": "|".join(BROKEN), "column": "|".join(COLUMN), "row": "|".join(ROW), "action": r"\w+", "file": r"\S+",
    "ticket": r"[A-Z0-9#-]+", "kind": r"[\w.]+",
}  # fmt: skip


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", text)
    named = (f"(?P<{part}>{SHAPES.get(part, '[0-9]+')})" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(named))


PATTERNS = tuple((_pattern(text), text) for text in FINDINGS)


def in_words(finding: str) -> str:
    """In the active language; as it is kept, where it is none of ours."""
    for pattern, text in PATTERNS:
        if (found := pattern.fullmatch(finding)) is not None:
            return gettext(text) % {name: CODES.get(name, {}).get(said, said) for name, said in found.groupdict().items()}
    return finding
