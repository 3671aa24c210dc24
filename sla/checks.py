"""Says in time that next year's calendar is missing: to whoever deploys and to the admin."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Warning
from django.db import connections
from django.utils import timezone

from lib.zones import DEFAULT_ZONE
from sla.calendars import zone_info


def missing_years(today: date, zone: str = DEFAULT_ZONE) -> list[int]:
    """This year and the next, where a date has no published row: deadlines that reach them are provisional."""
    published = apps.get_model("sla", "CalendarDay").objects.filter(zone=zone).exclude(source="provisional")
    return [year for year in (today.year, today.year + 1) if published.filter(date__year=year).count() < _days(year)]


def today_in(zone: str = DEFAULT_ZONE) -> date:
    return timezone.now().astimezone(zone_info(zone)).date()


def calendar_is_published(
    app_configs: Sequence[AppConfig] | None = None, databases: Iterable[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """sla.W001, among the database checks: `check --database default` and every `migrate` print it."""
    if not any(_has_calendar(alias) for alias in databases or ()):
        return []
    return [
        Warning(
            f"The working days of {year} are not published here: deadlines that reach into it are provisional.",
            hint=f"manage.py import_calendar {year}, once the State Council has announced them.",
            id="sla.W001",
        )
        for year in missing_years(today_in())
    ]


def _has_calendar(alias: str) -> bool:
    """False before the first migration, when there is no table to ask."""
    return apps.get_model("sla", "CalendarDay")._meta.db_table in connections[alias].introspection.table_names()


def _days(year: int) -> int:
    return (date(year, 12, 31) - date(year, 1, 1)).days + 1
