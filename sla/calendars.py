"""A work calendar: which local dates are working days, read lazily in blocks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.errors import NaiveMoment, UnknownZone
from sla.statutory import Day, provisional_day

__all__ = ["Day", "WorkCalendar", "workdays_between", "zone_info"]


# One block holds a 60-working-day deadline; the days before it serve the warning on the working day before the start.
BLOCK = 120
BEFORE = 14
ONE_DAY = timedelta(days=1)

Fetch = Callable[[date, date], Mapping[date, Day]]


class WorkCalendar:
    """The days of one zone. `fetch(first, last)` returns the published days among them; the others are provisional.

    Keeps what it has read: make one per operation, or an admin's edit would not count.
    """

    def __init__(self, zone: str, fetch: Fetch) -> None:
        self.zone = zone
        self.tz = zone_info(zone)
        self._fetch = fetch
        self._days: dict[date, Day] = {}

    def day(self, day: date) -> Day:
        found = self._days.get(day)
        return found if found is not None else self._load_days(day)

    def is_workday(self, day: date) -> bool:
        return self.day(day).is_workday

    def date_of(self, moment: datetime) -> date:
        """The local date on which an aware moment falls. Raises NaiveMoment."""
        if moment.utcoffset() is None:
            raise NaiveMoment(f"{moment} has no offset")
        return moment.astimezone(self.tz).date()

    def due_date_of(self, due_at: datetime) -> date:
        """The date whose 24:00 `due_at` is, or on which it lies."""
        return self.date_of(due_at - timedelta.resolution)

    def at(self, day: date, wall: time) -> datetime:
        """That wall time on that date, in UTC. A wall time skipped by summer time is the moment of the skip."""
        return datetime.combine(day, wall, self.tz).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """24:00 of a date: 00:00 of the next by the local wall, in UTC."""
        return self.at(day + ONE_DAY, time.min)

    def _load_days(self, day: date) -> Day:
        first = date.fromordinal(max(day.toordinal() - BEFORE, 1))
        last = date.fromordinal(min(first.toordinal() + BLOCK - 1, date.max.toordinal()))
        published = self._fetch(first, last)
        for each in _dates(first, last):
            if each not in self._days:  # a day once read stays as it was read, for this operation
                self._days[each] = published.get(each) or provisional_day(each, self.zone)
        return self._days[day]


def workdays_between(after: date, until: date, calendar: WorkCalendar) -> int:
    """How many working days lie in (after, until]; 0 when the range is empty."""
    return sum(calendar.is_workday(each) for each in _dates(after + ONE_DAY, until))


def zone_info(zone: str) -> ZoneInfo:
    """Raises UnknownZone."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"no time zone {zone!r}") from error


def _dates(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
