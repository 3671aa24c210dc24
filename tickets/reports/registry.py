"""Every report by its name, and what was counted a moment ago: a dashboard is read far more often than its figures move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from lib.duties.setting_aside import each_key, name_of
from sla.policies import current
from tickets.reports.backlog import agents, backlog
from tickets.reports.deadlines_kept import forecast, promises
from tickets.reports.flow import flow
from tickets.reports.outcomes import categories, causes, escalations, speed
from tickets.reports.publication import yearly, yearly_types
from tickets.reports.satisfaction import rated_agents, rated_categories, ratings
from tickets.reports.scope import Scope, scope_of
from tickets.reports.table import Table

# Twice the pause of the sweep that counts the usual scope anew: readers then find it always.
KEEP_SECONDS = 600


@dataclass(frozen=True)
class Report:
    key: str
    count: Callable[[Scope, datetime], Table]


REPORTS: Mapping[str, Report] = {
    each.key: each
    for each in (
        Report("flow", flow),
        Report("promises", promises),
        Report("backlog", backlog),
        Report("forecast", forecast),
        Report("categories", categories),
        Report("agents", agents),
        Report("speed", speed),
        Report("causes", causes),
        Report("escalations", escalations),
        Report("ratings", ratings),
        Report("rated_categories", rated_categories),
        Report("rated_agents", rated_agents),
        Report("yearly", yearly),
        Report("yearly_types", yearly_types),
    )
}


def report(key: str, scope: Scope, now: datetime) -> Table:
    """As counted within the last ten minutes, or now. `counted_at` says when. Raises KeyError for a name that is none."""
    return get_reports((key,), scope, now)[key]


def get_reports(keys: tuple[str, ...], scope: Scope, now: datetime) -> dict[str, Table]:
    """Several at once: what is remembered is fetched in one go."""
    places = {key: _place(key, scope) for key in keys}
    known = cache.get_many(places.values())
    return {key: known.get(place) or _count(key, scope, now) for key, place in places.items()}


def count_usual(now: datetime) -> int:
    """Count the scope that a dashboard opens with, before somebody asks. How many reports."""
    usual = scope_of({}, now, current(now))
    return each_key(name_of(count_usual), None, REPORTS, lambda key: bool(_count(key, usual, now)), now)


def _count(key: str, scope: Scope, now: datetime) -> Table:
    found = REPORTS[key].count(scope, now)
    cache.set(_place(key, scope), found, KEEP_SECONDS)
    return found


def _place(key: str, scope: Scope) -> str:
    return f"report:{key}:{scope.first}:{scope.last}:{scope.zone}:{scope.category}"
