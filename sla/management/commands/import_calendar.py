"""manage.py import_calendar YEAR… : the announced working days, beside what was written by hand."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from lib.zones import DEFAULT_ZONE
from sla.calendars import zone_info
from sla.errors import SlaError
from sla.importing import MANUAL, OFFICIAL, CalendarChange, Changes, file_years, official_year, store
from sla.models import CalendarDay
from sla.statutory import Day

USAGE = f"--from takes {OFFICIAL}, or csv and a file"


class Command(BaseCommand):
    help = "Imports the working days of the given years and prints what changed. Rows written by hand stay, unless --force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("years", nargs="+", type=int, metavar="YEAR")
        parser.add_argument("--zone", default=DEFAULT_ZONE)
        parser.add_argument(
            "--from", dest="origin", nargs="+", default=[OFFICIAL], metavar="SOURCE",
            help=f"{OFFICIAL} (default), or: csv FILE with the columns date,is_workday[,name_zh,name_en]; days it does not list are"
            " plain weekdays and weekends",
        )  # fmt: skip
        parser.add_argument("--force", action="store_true", help="overwrite rows written by hand, too")

    def handle(self, *args: Any, **options: Any) -> None:
        protected = frozenset() if options["force"] else frozenset({MANUAL})
        try:
            zone_info(options["zone"])
            days = _days(options["origin"], _check_years(options["years"]), options["zone"])
            with transaction.atomic():
                changes = store(CalendarDay, options["zone"], days, options["origin"][0], timezone.now(), protected)
        except (SlaError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        for line in _report(changes, sorted(set(options["years"]))):
            self.stdout.write(line)


def _check_years(years: list[int]) -> list[int]:
    for year in years:
        if not date.min.year <= year <= date.max.year:
            raise CommandError(f"{year} is not a year")
    return years


def _days(origin: list[str], years: list[int], zone: str) -> dict[date, Day]:
    match origin:
        case [name] if name == OFFICIAL:
            return {day: each for year in years for day, each in official_year(year, zone).items()}
        case ["csv", path]:
            with Path(path).open(encoding="utf-8-sig", newline="") as lines:  # -sig: Excel writes a byte order mark
                return file_years(lines, years)
    raise CommandError(USAGE)


def _report(changes: Changes, years: list[int]) -> Iterable[str]:
    for change in changes.changed:
        yield f"changed {_words(change)}"
    for change in changes.kept:
        yield f"kept    {_words(change)}: written by hand, --force overwrites it"
    for year in years:
        new, changed, kept = (
            sum(day.year == year for day in days)
            for days in (changes.created, [each.date for each in changes.changed], [each.date for each in changes.kept])
        )
        yield f"{year}: {new} new, {changed} changed, {kept} kept"


def _words(change: CalendarChange) -> str:
    return f"{change.date} {_day_words(change.before)} → {_day_words(change.after)}"


def _day_words(day: Day) -> str:
    name = day.name_en or day.name_zh
    return ("working" if day.is_workday else "rest") + (f" ({name})" if name else "")
