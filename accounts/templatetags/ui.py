"""Template tags of the base look: instants, deadlines, clock chips, icons."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from django import template
from django.forms import BoundField
from django.forms.widgets import CheckboxInput
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lib import dates
from lib.types import Text

register = template.Library()

WARN_SECONDS = 24 * 3600
# State of a timer that no longer runs → tone, icon, word.
CHIP_OF_STATE = {
    "paused": ("info", "pause", _("Paused")),
    "met": ("good", "done", _("Met in time")),
    "breached": ("bad", "late", _("Missed")),
    "expired": ("neutral", "clock", _("Run out")),
    "cancelled": ("neutral", "close", _("Cancelled")),
}


class Chip(TypedDict):
    """What components/clock.html shows; `warn_seconds` only while it runs."""

    due_at: datetime
    tone: str
    icon: str
    text: Text
    runs: bool
    warn_seconds: NotRequired[int]


register.filter("moment_text", dates.moment_text)
register.filter("short_moment_text", dates.short_moment_text)
register.filter("deadline_text", dates.deadline_text)
register.filter("span_text", dates.span_text)


@register.simple_tag
def moment(at: datetime | None, zone: bool = True) -> str:
    """<time> with weekday, date, time and (unless zone=False) the zone's name."""
    return _time_element(at, dates.moment_text(at), zone) if at else "–"


@register.simple_tag
def deadline(due_at: datetime | None, zone: bool = True) -> str:
    """<time> for a due instant: the end of a day reads "24:00"."""
    return _time_element(due_at, dates.deadline_text(due_at), zone) if due_at else "–"


def _time_element(at: datetime, text: str, zone: bool) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), dates.with_zone(text) if zone else text)


@register.inclusion_tag("components/clock.html")
def clock(due_at: datetime, state: str = "running", stopped_at: datetime | None = None, warn_seconds: int = WARN_SECONDS) -> Chip:
    """A chip: time left and ticking while it runs (also past its due instant), the outcome in a word once it stopped."""
    overdue = state == "breached" and stopped_at is None
    if state in CHIP_OF_STATE and not overdue:
        tone, icon_name, word = CHIP_OF_STATE[state]
        return {"due_at": due_at, "tone": tone, "icon": icon_name, "text": word, "runs": False}
    now = timezone.now()
    left = (due_at - now).total_seconds()
    tone = "bad" if left < 0 else "warn" if left < warn_seconds else "info"
    text = dates.remaining_text(due_at, now)
    return {
        "due_at": due_at,
        "tone": tone,
        "icon": "late" if left < 0 else "clock",
        "text": text,
        "runs": True,
        "warn_seconds": warn_seconds,
    }


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """A picture of static/img/icons.svg. With a title it is read out; without, it only decorates."""
    address = f"{static('img/icons.svg')}#{name}"
    if title:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', title, address)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address)


# The first that fits names the browser: others carry its name too (Edge says Chrome, Chrome says Safari).
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@register.filter
def browser_text(user_agent: str) -> str:
    """ "Chrome, Android" instead of the line a browser sends."""
    named = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or user_agent[:40]


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """allauth repeats labels as placeholders: noise, and gone when one types."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.filter
def first_id(field: BoundField) -> str:
    """The id a link in the summary of errors jumps to: the first input of a group, the input itself otherwise."""
    return field.id_for_label or f"{field.auto_id}_0"
