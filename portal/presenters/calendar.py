"""The running deadlines of one complaint as a calendar file (RFC 5545), in the reader's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from lib.languages import active_language
from lib.zones import DEFAULT_ZONE
from sla.calendars import zone_info
from sla.explanations import due_text, explain
from tickets.cases.case import Case
from tickets.models import Timer, TimerState
from tickets.policy.playbooks import title_of
from tickets.words import BINDS, TIMER, TIMER_WHY
from tickets.workflow import TIMERS

BINDING = frozenset({"customer", "operator", "third_party"})
# An entry ends at the due instant: one that began at 24:00 would stand on the next day, a day too late.
LENGTH = timedelta(minutes=30)
# What is the customer's to do rings while it can still be done; a promise of somebody else's rings when it is to be kept.
RINGS = {"customer": (timedelta(days=-1), timedelta(hours=-2))}
AT_THE_END = (timedelta(0),)


def calendar(case: Case) -> bytes:
    """Running deadlines only: a paused one has no date until it goes on, and one that is held has another than it says."""
    found = Calendar()
    found.add("prodid", "-//Supportdesk//Deadlines//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", f"{title_of(case.ticket.policy_id, case.ticket.category)} · {case.ticket.ref}")
    for timer in sorted(case.timers, key=lambda timer: timer.due_at):
        if timer.binds in BINDING and TIMERS[timer.key].shown and timer.state(case.now) == TimerState.RUNNING and not timer.is_held:
            found.add_component(_event(case, timer))
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _event(case: Case, timer: Timer) -> Event:
    zone = zone_info(timer.basis.get("zone", DEFAULT_ZONE))
    due_at = timer.due_at.astimezone(zone)
    address = settings.SITE_URL + reverse("portal:ticket", args=[case.ticket.ref])
    event = Event()
    event.add("uid", f"{case.ticket.ref}.{timer.key}.{timer.cycle}@{urlsplit(settings.SITE_URL).hostname}")
    # A date never moves without an event in the history, so its number grows whenever one does.
    event.add("sequence", case.ticket.last_seq)
    event.add("dtstamp", case.now)
    event.add("dtstart", due_at - LENGTH)
    event.add("dtend", due_at)
    event.add("summary", f"{TIMER[timer.key]} · {_date(timer, due_at)} · {case.ticket.ref}")
    event.add("description", _description(timer, due_at, address))
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    for before in RINGS.get(timer.binds, AT_THE_END):
        event.add_component(_alarm(str(TIMER[timer.key]), before))
    return event


def _date(timer: Timer, due_at: datetime) -> str:
    return due_text(timer.basis, due_at, active_language(), str(due_at.tzinfo))


def _description(timer: Timer, due_at: datetime, address: str) -> str:
    why = explain(timer.basis, due_at, active_language(), str(due_at.tzinfo))
    due = _("Due: %(date)s") % {"date": _date(timer, due_at)}
    return "\n".join([str(BINDS[timer.binds]), str(TIMER_WHY[timer.key]), due, why, address])


def _alarm(text: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", before, parameters={"RELATED": "END"})
    return alarm
