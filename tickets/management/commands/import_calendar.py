"""manage.py import_calendar YEAR… : the announced working days, beside what was written by hand; shown day by day before they count.

Once there are cases it writes nothing: it proposes, in the name of an admin, and another one has to agree (ADR 49).
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.guarded import tell_of_proposal
from accounts.models import User
from lib.dates import deadline_text
from lib.types import Record
from lib.zones import DEFAULT_ZONE
from sla.admin_calendar import Import
from sla.calendars import zone_info
from sla.errors import SlaError
from sla.importing import (
    CORRECTION,
    OFFICIAL,
    CalendarChange,
    Changes,
    FileDays,
    better_sources,
    decode_calendar,
    file_corrections,
    file_years,
    official_year,
    store,
)
from sla.models import CalendarDay
from sla.statutory import Day, is_weekend
from tickets.admin.guarded_calendar import day_beside, propose_import
from tickets.operations.calendar_moves import OpenMove, move_deadlines, open_moves, steady_deadlines
from tickets.operations.rebasing import provisional_moves

FILES = ("csv", "json")
USAGE = f"--from takes {OFFICIAL}, or csv or json and a file"


class Command(BaseCommand):
    help = "Shows what importing the working days of the given years would change, and does it after a yes. Days of a better source stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("years", nargs="+", type=int, metavar="YEAR")
        parser.add_argument("--zone", default=DEFAULT_ZONE)
        parser.add_argument(
            "--from", dest="origin", nargs="+", default=[OFFICIAL], metavar="SOURCE",
            help=f"{OFFICIAL} (default); or csv FILE with the columns date,is_workday[,name_zh,name_en], or json FILE as holiday-cn has it:"
            " days it does not list are plain weekdays and weekends",
        )  # fmt: skip
        parser.add_argument("--correct", action="store_true", help="the file names single days of a published year; the others stay")
        parser.add_argument("--force", action="store_true", help="overwrite days of better sources and those written by hand, too")
        parser.add_argument("--yes", action="store_true", help="do it without asking")
        parser.add_argument("--by", metavar="EMAIL", help="the admin who proposes it, on a desk in use: another one has to agree")
        parser.add_argument("--move-deadlines", action="store_true", help="move the promised deadlines that are listed, too")

    @no_translations
    def handle(self, *args: object, **options: Any) -> None:
        now = timezone.now()
        years = _check_years(options["years"])
        day = day_beside(options["zone"])
        admin = _admin(options["by"]) if day is not None else None
        try:
            zone_info(options["zone"])
            told, source = _days(options, years)
            before = steady_deadlines(now)
            with transaction.atomic():
                changes = store(CalendarDay, options["zone"], told.days, source, now, _kept_sources(options, source))
                moves = open_moves(before, now)
                self._show([*_report(changes, told, years), *_moves(moves, now)])
                differs = bool(changes.changed or changes.created)
                agreed = not differs or options["yes"] or self._says_yes()
                transaction.set_rollback(not agreed or admin is not None)
        except (SlaError, OSError) as error:
            raise CommandError(str(error)) from error
        chosen = [pk for pk, _each in moves] if options["move_deadlines"] else []
        if not agreed:
            self.stdout.write("Nothing was written.")
        elif day is not None and admin is not None:
            self._propose(admin, day, options, years if differs else [], chosen)
        elif options["move_deadlines"]:
            self.stdout.write(f"{move_deadlines(None, chosen, now)} deadlines moved")

    def _propose(self, admin: User, day: CalendarDay, options: Record, years: list[int], chosen: list[int]) -> None:
        """A proposal for each year. Whoever has a shell has shown nobody who they are, so the admin named is told as well."""
        for year in years:
            try:
                change = propose_import(admin, day, _import(options, year), chosen)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            tell_of_proposal(change, [admin])
            when = f"takes effect at {change.effective_at:%Y-%m-%d %H:%M} UTC" if change.effective_at else "waits for another admin"
            address = settings.SITE_URL + reverse("admin:accounts_guardedchange_change", args=[change.pk])
            self.stdout.write(f"{year}: proposed, {when}: {address}")

    def _show(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _says_yes(self) -> bool:
        try:
            return input("Import it? [yes/no] ").strip().lower() in ("y", "yes", "是")
        except EOFError:
            raise CommandError("Nothing was written: nobody is there to say yes. Look at the days and repeat it with --yes.") from None


def _admin(email: str | None) -> User:
    admin = User.objects.filter(email__iexact=email or "", is_superuser=True, is_active=True).first()
    if admin is None:
        raise CommandError("There are cases: days change by two admins. Name with --by the one who proposes it.")
    return admin


def _import(options: Record, year: int) -> Import:
    """As the page of the admin asks for it."""
    origin = options["origin"]
    text = decode_calendar(Path(origin[1]).read_bytes()) if len(origin) > 1 else ""
    source = CORRECTION if options["correct"] else origin[0]
    return Import(year=year, zone=options["zone"], origin=source, text=text, force=options["force"])


def _check_years(years: list[int]) -> list[int]:
    for year in years:
        if not date.min.year <= year <= date.max.year:
            raise CommandError(f"{year} is not a year")
    return sorted(set(years))


def _kept_sources(options: Record, source: str) -> frozenset[str]:
    return frozenset() if options["force"] else better_sources(source)


def _days(options: Record, years: list[int]) -> tuple[FileDays, str]:
    """What is said, and by whom."""
    origin, zone = options["origin"], options["zone"]
    match origin:
        case [name] if name == OFFICIAL and not options["correct"]:
            return FileDays({day: each for year in years for day, each in official_year(year, zone).items()}), OFFICIAL
        case [name, path] if name in FILES:
            text = decode_calendar(Path(path).read_bytes())
            if options["correct"]:
                return file_corrections(CalendarDay, zone, text, years), CORRECTION
            return file_years(text, years), name
    raise CommandError(USAGE)


def _report(changes: Changes, told: FileDays, years: list[int]) -> Iterable[str]:
    for day in changes.created:
        if told.days[day].is_workday == is_weekend(day) or told.days[day].name_zh or told.days[day].name_en:
            yield f"new     {day} {_day_words(told.days[day])}"
    for change in changes.changed:
        yield f"changed {_words(change)}"
    for change in changes.kept:
        yield f"kept    {_words(change)}: {_why_kept(change)}, --force overwrites it"
    for day in told.passed_over:
        yield f"passed over {day}: not in {', '.join(map(str, years))}"
    for year in years:
        new, changed, kept = (
            sum(day.year == year for day in days)
            for days in (changes.created, [each.date for each in changes.changed], [each.date for each in changes.kept])
        )
        yield f"{year}: {new} new, {changed} changed, {kept} kept"


def _why_kept(change: CalendarChange) -> str:
    return "written by hand" if change.source == "manual" else f"from a better source ({change.source})"


def _words(change: CalendarChange) -> str:
    return f"{change.date} {_day_words(change.before)} → {_day_words(change.after)}"


def _day_words(day: Day) -> str:
    name = day.name_en or day.name_zh
    return ("working" if day.is_workday else "rest") + (f" ({name})" if name else "")


def _moves(moves: list[OpenMove], now: datetime) -> Iterable[str]:
    for move in provisional_moves(now):
        yield f"moves   {move.ref} {move.timer} {deadline_text(move.promised)} → {deadline_text(move.effective_due_at)}: it was provisional"
    for _pk, move in moves:
        better = move.effective_due_at != move.promised
        why = "stays, unless --move-deadlines" if better else "stays as promised"
        yield f"open    {move.ref} {move.timer} {deadline_text(move.promised)} → {deadline_text(move.would_be)}: {why}"
