"""Parts that templates of either engine call by name: moments, deadlines, clock chips, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.forms import BoundField
from django.forms.widgets import CheckboxInput
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lib import dates
from lib.types import Text

WARN_SECONDS = 24 * 3600
# State of a timer that no longer runs → tone, icon, word.
CHIP_OF_STATE = {
    "paused": ("info", "pause", _("Paused")),
    "met": ("good", "done", _("Met in time")),
    "breached": ("bad", "late", _("Missed")),
    "expired": ("neutral", "clock", _("Run out")),
    "cancelled": ("neutral", "close", _("Cancelled")),
}


# ---- Moments
def moment(at: datetime | None, zone: bool = True) -> str:
    """<time> with weekday, date, time and (unless zone=False) the zone's name."""
    return _time_element(at, dates.moment_text(at), zone) if at else "–"


def deadline(due_at: datetime | None, zone: bool = True) -> str:
    """<time> for a due instant: the end of a day reads "24:00"."""
    return _time_element(due_at, dates.deadline_text(due_at), zone) if due_at else "–"


def _time_element(at: datetime, text: str, zone: bool) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), dates.with_zone(text) if zone else text)


def now_seconds() -> int:
    """What the device's clock is compared with."""
    return int(timezone.now().timestamp())


# ---- Clocks
class Chip(NamedTuple):
    """What a clock shows of a timer. It ticks by static/js/clock.js while it runs; without it, it is true when drawn."""

    tone: str
    icon: str
    text: str
    runs: bool
    warn_seconds: int


def chip(due_at: datetime, state: str = "running", stopped_at: datetime | None = None, warn_seconds: int = WARN_SECONDS) -> Chip:
    """Time left and ticking while it runs (also past its due instant), the outcome in a word once it stopped."""
    overdue = state == "breached" and stopped_at is None
    if state in CHIP_OF_STATE and not overdue:
        tone, picture, word = CHIP_OF_STATE[state]
        return Chip(tone, picture, str(word), runs=False, warn_seconds=0)
    now = timezone.now()
    left = (due_at - now).total_seconds()
    tone = "bad" if left < 0 else "warn" if left < warn_seconds else "info"
    return Chip(tone, "late" if left < 0 else "clock", dates.remaining_text(due_at, now), runs=True, warn_seconds=warn_seconds)


def clock(due_at: datetime, state: str = "running", stopped_at: datetime | None = None, warn_seconds: int = WARN_SECONDS) -> SafeString:
    """A chip as a page shows it."""
    shown = chip(due_at, state, stopped_at, warn_seconds)
    return format_html(
        '<span class="clock tone-{}"{}>{}<time datetime="{}" title="{}"><span data-clock-text>{}</span></time></span>',
        shown.tone,
        format_html(' data-clock="{}"', shown.warn_seconds) if shown.runs else "",
        icon(shown.icon),
        due_at.isoformat(),
        dates.deadline_text(due_at),
        shown.text,
    )


# ---- Pictures
def icon(name: str, title: str = "") -> SafeString:
    """A picture of static/img/icons.svg. With a title it is read out; without, it only decorates."""
    if not title:
        return _silent_icon(name)
    address = f"{static('img/icons.svg')}#{name}"
    return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', title, address)


@lru_cache(maxsize=128)
def _silent_icon(name: str) -> SafeString:
    address = f"{static('img/icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address)


# ---- Fields of forms
def lazy_text(text: Text) -> str:
    """In the active language, and still HTML where it was made as HTML: Jinja2 sees that of no lazy text (hints of passwords)."""
    return str(text)


def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


def first_id(field: BoundField) -> str:
    """The id a link in the summary of errors jumps to: the first input of a group, the input itself otherwise."""
    return field.id_for_label or f"{field.auto_id}_0"


HELPERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "deadline": deadline,
    "clock": clock,
    "icon": icon,
    "now_seconds": now_seconds,
}
FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment_text": dates.moment_text,
    "short_moment_text": dates.short_moment_text,
    "deadline_text": dates.deadline_text,
    "day_text": dates.day_text,
    "span_text": dates.span_text,
    "lazy_text": lazy_text,
    "is_checkbox": is_checkbox,
    "first_id": first_id,
}
