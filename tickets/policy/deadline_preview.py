"""A deadline nobody has promised yet: what a version of the rules, a draft too, would make of a start. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from lib.languages import active_language
from sla.deadline_calendar import Month, days_of, months_of
from sla.durations import Duration, compute_due, warnings
from sla.errors import InvalidPolicy
from sla.explanations import due_text, explain
from sla.models import CalendarDay, Policy
from sla.policies import build_snapshot
from sla.timer_keys import is_by_category
from tickets.models import Category
from tickets.workflow.timers import length_in


@dataclass(frozen=True)
class Foreseen:
    """As a customer would be told it. `warned`: the instants of its warnings."""

    due: str
    due_at: datetime
    why: str
    provisional: bool
    months: list[Month]
    warned: list[datetime]


def foresee(policy: Policy, timer: str, category: str, start: datetime) -> Foreseen:
    """Raises InvalidPolicy with what the version lacks for it, SlaError when it cannot be counted."""
    rules = build_snapshot(policy)
    if timer not in rules.timers:
        raise InvalidPolicy([_("This version has no such deadline.")])
    spec = rules.timers[timer]
    if spec.duration.clock == "at":
        raise InvalidPolicy([_("This deadline ends at a time that somebody names, not after a count.")])
    duration = _of_category(policy, timer, category, spec.duration) if is_by_category(timer) else spec.duration
    calendar = CalendarDay.objects.calendar(rules.zone)
    found = compute_due(duration, start, calendar, max_wd=rules.max_wd)
    told = (active_language(), timezone.get_current_timezone_name())
    plan = warnings(duration, spec.warn, start, found.due_at, calendar, at=rules.warning_time)
    months = months_of(days_of(found.basis, found.due_at)) if found.basis["clock"] != "wall" else []
    text, why = due_text(found.basis, found.due_at, *told), explain(found.basis, found.due_at, *told)
    return Foreseen(text, found.due_at, why, found.provisional, months, [each.at for each in plan])


def _of_category(policy: Policy, timer: str, key: str, duration: Duration) -> Duration:
    row = Category.objects.filter(policy=policy, key=key).first()
    if row is None:
        raise InvalidPolicy([_("The category says how long this one is: choose a category of this version.")])
    days = length_in(row, timer)
    if not days:
        raise InvalidPolicy([_("This category has no such deadline.")])
    return replace(duration, amount=days)
