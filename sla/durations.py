"""When something is due: five clocks, pauses and warnings. Pure; aware datetimes in, UTC out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple, TypedDict

from sla.calendars import ONE_DAY, Day, WorkCalendar, workdays_between
from sla.errors import DurationTooLong, InvalidDuration, NaiveMoment, NoWorkingDay

Clock = Literal["wall", "day", "wd", "t1", "at"]
CLOCKS: tuple[Clock, ...] = ("wall", "day", "wd", "t1", "at")
# Neither counts anything: one ends when the next working day does, the other at an instant that somebody named.
UNCOUNTED: frozenset[Clock] = frozenset({"t1", "at"})

MAX_WD = 1000  # policies carry their own number; this one is the default
MAX_REST_DAYS = 366  # a longer run of rest days is a broken calendar, not a holiday
NINE = time(9)  # likewise a policy's `warning_time`

# A pause, and a run of days off with its names. Moments and dates are ISO text, for all of it is kept as JSON.
Pause = TypedDict("Pause", {"from": str, "to": str})
DaysOff = TypedDict("DaysOff", {"from": str, "to": str, "zh": str, "en": str})


class Basis(TypedDict, total=False):
    """What was true when a promise was made. A draft's, and one kept by an older version, may lack any of it."""

    clock: Clock
    amount: int
    roll: bool
    zone: str
    start: str
    provisional: bool
    holidays: list[DaysOff]
    makeup: list[str]
    pause: Pause  # of a deadline that stood still,
    unchanged: bool  # and began again on the same date
    rolled_from: str  # the last day, where it was a day off
    t: str  # the day an application counts as


PassedDays = list[tuple[date, Day]]


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount`: hours for wall, days for day, working days for wd; t1 and at ignore it. `roll`: a last rest day moves on (day only)."""

    clock: Clock
    amount: int
    roll: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """The due instant in UTC. `provisional`: a date it rests on is not published. `basis`: JSON, all that `explain` needs."""

    due_at: datetime
    provisional: bool
    basis: Basis


class Warn(NamedTuple):
    """`level` names a warning once and for all: a level already sent is never sent again."""

    level: str
    at: datetime


def compute_due(duration: Duration, start: datetime, calendar: WorkCalendar, *, max_wd: int = MAX_WD) -> Due:
    """When `duration` from `start` ends. Raises InvalidDuration, DurationTooLong, NoWorkingDay, NaiveMoment."""
    _check(duration, max_wd)
    if start.utcoffset() is None:
        raise NaiveMoment(f"{start} has no offset")
    try:
        return _BY_CLOCK[duration.clock](duration, start, calendar)
    except OverflowError as error:
        raise DurationTooLong(f"{duration.amount} ({duration.clock}) runs past the last date") from error


def named_due(end: datetime, start: datetime, calendar: WorkCalendar) -> Due:
    """Of the clock `at`: due at the instant that was named at `start`. Raises NaiveMoment."""
    if end.utcoffset() is None:
        raise NaiveMoment(f"{end} has no offset")
    return Due(end.astimezone(UTC), False, _basis(Duration("at", 0), start, calendar, []))


def warnings(
    duration: Duration,
    offsets: Iterable[int],
    start: datetime,
    due_at: datetime,
    calendar: WorkCalendar,
    *,
    at: time = NINE,
) -> list[Warn]:
    """The warnings between `start` and `due_at`, in order. Offsets: minutes after the start for wall, minutes before the end for at,
    days before the due day for day, working days before it for wd and t1. After a pause `start` is the moment of resuming."""
    found = [_warning(duration.clock, offset, start, due_at, calendar, at) for offset in offsets]
    return sorted((each for each in found if start < each.at < due_at), key=lambda each: each.at)


def remaining(paused_at: datetime, due_at: datetime, calendar: WorkCalendar) -> int:
    """Working days left when a wd deadline is paused: those after the pause date up to the due date, at least 1."""
    return max(1, workdays_between(calendar.date_of(paused_at), calendar.due_date_of(due_at), calendar))


def due_after_pause(
    remaining: int,
    paused_at: datetime,
    resumed_at: datetime,
    old_due_at: datetime,
    calendar: WorkCalendar,
    *,
    max_wd: int = MAX_WD,
) -> Due:
    """The new due instant: 24:00 of the remaining-th working day after the resume date. A pause that ends on its own date
    leaves it as it was. Raises as `compute_due`."""
    pause: Pause = {"from": _local(paused_at, calendar), "to": _local(resumed_at, calendar)}
    # <= and not ==: a clock set back between two machines must not shorten a promise
    if calendar.date_of(resumed_at) <= calendar.date_of(paused_at):
        passed = _span(calendar.date_of(resumed_at) + ONE_DAY, calendar.due_date_of(old_due_at), calendar)
        basis = _basis(Duration("wd", remaining), resumed_at, calendar, passed)
        return Due(old_due_at.astimezone(UTC), basis["provisional"], {**basis, "pause": pause, "unchanged": True})
    fresh = compute_due(Duration("wd", remaining), resumed_at, calendar, max_wd=max_wd)
    return Due(fresh.due_at, fresh.provisional, {**fresh.basis, "pause": pause})


def half(amount: int) -> int:
    """Half of a limit, rounded up, at least 1: the time a second look gets."""
    return max(1, (amount + 1) // 2)


def _wall(duration: Duration, start: datetime, calendar: WorkCalendar) -> Due:
    due_at = start.astimezone(UTC) + timedelta(hours=duration.amount)
    return Due(due_at, False, _basis(duration, start, calendar, []))


def _day(duration: Duration, start: datetime, calendar: WorkCalendar) -> Due:
    last = calendar.date_of(start) + timedelta(days=duration.amount)
    if not duration.roll:
        return Due(calendar.end_of(last), False, _basis(duration, start, calendar, []))
    passed = _to_workday(last, calendar)
    due = _ending(duration, start, calendar, passed)
    if len(passed) > 1:
        due.basis["rolled_from"] = last.isoformat()
    return due


def _wd(duration: Duration, start: datetime, calendar: WorkCalendar) -> Due:
    passed: PassedDays = []
    cursor = calendar.date_of(start)
    for _ in range(duration.amount):
        passed += _to_workday(cursor + ONE_DAY, calendar)
        cursor = passed[-1][0]
    return _ending(duration, start, calendar, passed)


def _t1(duration: Duration, start: datetime, calendar: WorkCalendar) -> Due:
    passed = _to_workday(calendar.date_of(start), calendar)
    counted_as = passed[-1][0]
    passed += _to_workday(counted_as + ONE_DAY, calendar)
    due = _ending(duration, start, calendar, passed)
    due.basis["t"] = counted_as.isoformat()
    return due


_BY_CLOCK = {"wall": _wall, "day": _day, "wd": _wd, "t1": _t1}


def _check(duration: Duration, max_wd: int) -> None:
    if duration.clock not in _BY_CLOCK:
        raise InvalidDuration(f"unknown clock {duration.clock!r}")
    if duration.clock not in UNCOUNTED and duration.amount < 1:
        raise InvalidDuration(f"a duration of {duration.amount} ({duration.clock})")
    if duration.clock == "wd" and duration.amount > max_wd:
        raise DurationTooLong(f"{duration.amount} working days; at most {max_wd} are allowed")


def _ending(duration: Duration, start: datetime, calendar: WorkCalendar, passed: PassedDays) -> Due:
    """Due at 24:00 of the last day passed."""
    basis = _basis(duration, start, calendar, passed)
    return Due(calendar.end_of(passed[-1][0]), basis["provisional"], basis)


def _to_workday(first: date, calendar: WorkCalendar, step: timedelta = ONE_DAY) -> PassedDays:
    """The days from `first` up to and with the next working day; `step` of minus one day walks back."""
    passed: PassedDays = []
    cursor = first
    for _ in range(MAX_REST_DAYS):
        day = calendar.day(cursor)
        passed.append((cursor, day))
        if day.is_workday:
            return passed
        cursor += step
    raise NoWorkingDay(f"no working day within {MAX_REST_DAYS} days of {first} in {calendar.zone}")


def _span(first: date, last: date, calendar: WorkCalendar) -> PassedDays:
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [(day, calendar.day(day)) for day in days]


def _warning(clock: Clock, offset: int, start: datetime, due_at: datetime, calendar: WorkCalendar, at: time) -> Warn:
    if clock == "wall":
        return Warn(f"+{offset}m", start.astimezone(UTC) + timedelta(minutes=offset))
    if clock == "at":
        return Warn(f"-{offset}m", due_at.astimezone(UTC) - timedelta(minutes=offset))
    day = calendar.due_date_of(due_at)
    if clock == "day":
        return Warn(f"-{offset}d", calendar.at(day - timedelta(days=offset), at))
    for _ in range(offset):
        day = _to_workday(day - ONE_DAY, calendar, -ONE_DAY)[-1][0]
    return Warn(f"-{offset}wd", calendar.at(day, at))


def _basis(duration: Duration, start: datetime, calendar: WorkCalendar, passed: PassedDays) -> Basis:
    """What was true when the promise was made. Kept with the deadline, so that it explains itself after the calendar changed."""
    return {
        "clock": duration.clock,
        "amount": duration.amount,
        "roll": duration.roll,
        "zone": calendar.zone,
        "start": _local(start, calendar),
        "provisional": any(day.provisional for _, day in passed),
        "holidays": _holiday_ranges(passed),
        "makeup": [each.isoformat() for each, day in passed if day.is_workday and day.kind == "makeup"],
    }


def _holiday_ranges(passed: Sequence[tuple[date, Day]]) -> list[DaysOff]:
    """Neighbouring rest days of one name as one range. Plain weekends need no explanation."""
    ranges: list[DaysOff] = []
    for each, day in passed:
        if day.is_workday or day.kind == "weekend":
            continue
        last = ranges[-1] if ranges else None
        if last and last["zh"] == day.name_zh and last["en"] == day.name_en and last["to"] == (each - ONE_DAY).isoformat():
            last["to"] = each.isoformat()
        else:
            ranges.append({"from": each.isoformat(), "to": each.isoformat(), "zh": day.name_zh, "en": day.name_en})
    return ranges


def _local(moment: datetime, calendar: WorkCalendar) -> str:
    return moment.astimezone(calendar.tz).isoformat()
