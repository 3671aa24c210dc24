"""What the privacy officer's pages share: their tabs, words and ways to read an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.reads import count_read
from evidence.operations import Retention
from lib.dates import deadline_text

R = TypeVar("R")
PAGE = 50
PRIVACY_CLASS = {
    "P0": pgettext_lazy("class of data", "ordinary"),
    "P1": pgettext_lazy("class of data", "for the owner and those who handle the case"),
    "P2": pgettext_lazy("class of data", "masked"),
    "P3": pgettext_lazy("class of data", "sensitive documents"),
}
RUN_KIND = {
    "purge": pgettext_lazy("run", "Deletion of what ran out"),
    "rotation": pgettext_lazy("run", "Change of keys"),
    "verification": pgettext_lazy("run", "Proof of the log"),
}
WHY_STAYS = {
    "open_complaint": gettext_lazy("The complaint is still open: what belongs to it is needed until it is closed."),
    "legal_hold": gettext_lazy("A legal hold keeps it for the police, a regulator or a court."),
    "live_freeze": gettext_lazy("A freeze of this person's account is still in place."),
    "history": gettext_lazy("History and custody log: they prove what was done. Once the account is erased they name nobody."),
    "account": gettext_lazy("The account stays as long as one of these complaints needs it. Erase again afterwards."),
}
TABS = (
    ("held", gettext_lazy("What we hold")),
    ("custody", gettext_lazy("Who opened what")),
    ("reads", gettext_lazy("Who read what")),
    ("holds", gettext_lazy("Legal holds")),
    ("runs", gettext_lazy("Runs")),
    ("person", gettext_lazy("A person's data")),
)


def tabs(current: str) -> list[tuple[str, object, bool]]:
    """Address, name, and whether it is open."""
    return [(reverse(f"desk:{name}"), text, name == current) for name, text in TABS]


def keeping_text(keeping: Retention | None) -> str:
    """Until when, in words."""
    if keeping is None:
        return ""
    if keeping.held_until is not None:
        return _("Legal hold until %(moment)s") % {"moment": deadline_text(keeping.held_until)}
    if keeping.until is not None:
        return deadline_text(keeping.until)
    return _("%(days)s days after closing") % {"days": keeping.days} if keeping.days else _("with the complaint")


YEARS = (2000, 2999)


def number_in(asked: Mapping[str, str], name: str) -> int | None:
    said = asked.get(name, "").strip()
    return int(said) if said.isdecimal() and len(said) < 19 else None


def day_in(asked: Mapping[str, str], name: str) -> date | None:
    """None for what is no day that a calendar can count in."""
    try:
        found = date.fromisoformat(asked.get(name, "").strip())
    except ValueError:
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def start_of(day: date) -> datetime:
    """Midnight where the viewer is."""
    return timezone.make_aware(datetime.combine(day, time()))


def end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1))


def older(address: str, asked: QueryDict, rows: list[R], key: str = "pk") -> tuple[list[R], str]:
    """The rows of one page, of one more than a page, and where the next one begins ("" at the end)."""
    page_rows = rows[:PAGE]
    count_read(len(page_rows))
    if len(rows) <= PAGE:
        return page_rows, ""
    return page_rows, f"{address}?{urlencode({**_plain(asked), 'before': getattr(page_rows[-1], key)})}"


def newest(address: str, asked: QueryDict) -> str:
    """Back to the first page, with the same filters; "" on it."""
    params = {name: value for name, value in _plain(asked).items() if name != "before"}
    return f"{address}?{urlencode(params)}" if "before" in asked else ""


def _plain(asked: QueryDict) -> dict[str, str]:
    return {name: value for name, value in asked.items() if isinstance(value, str) and value}


def choices(words: Mapping[str, object], keys: Iterable[str]) -> list[tuple[str, object]]:
    return [(key, words.get(key, key)) for key in keys]
