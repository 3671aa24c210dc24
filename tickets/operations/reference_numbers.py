"""The number of a complaint. No two get the same, some are left out, and no filing waits for another's transaction (ADR 51)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from tickets.models import ReferenceCounter

SEQUENCE = "tickets_reference_number"
# Left free on a day that began under the way of counting before, whose processes may still run beside ours.
ROOM_FOR_OLD_PROCESSES = 1000


def next_reference(now: datetime, zone: str) -> str:
    """TS-YYYYMMDD-NNNNNN, numbered per local day. A filing that fails leaves its number out."""
    day = _local_day(now, zone)
    number = _next_from_sequence(day) if connection.vendor == "postgresql" else _next_from_row(day)
    return f"TS-{day:%Y%m%d}-{number:06d}"


def begin_day(now: datetime, zone: str) -> int:
    """Put down where this day's numbers begin, so that not even its first filing holds a row for the others. 1 where that was new."""
    day = _local_day(now, zone)
    if connection.vendor != "postgresql" or _beginning(day) is not None:
        return 0
    _begin(day, _next_value())
    return 1


def _local_day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _next_from_sequence(day: date) -> int:
    """A process that took its value before the day's first one was put down takes another."""
    while True:
        value = _next_value()
        first, offset = _beginning(day) or _begin(day, value)
        if value >= first:
            return value - first + offset + 1


def _next_value() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        return int(cursor.fetchone()[0])


def _beginning(day: date) -> tuple[int, int] | None:
    """Read, not locked."""
    row = ReferenceCounter.objects.filter(day=day).first()
    return None if row is None or row.first_value is None else (row.first_value, row.offset)


def _begin(day: date, value: int) -> tuple[int, int]:
    """Of several at once the first one's value stands, and the others wait for its commit: once a day, if at all."""
    sql = """
        INSERT INTO {0} (day, last, first_value, "offset") VALUES (%s, 0, %s, 0)
        ON CONFLICT (day) DO UPDATE SET
          first_value = COALESCE({0}.first_value, excluded.first_value),
          "offset" = CASE WHEN {0}.first_value IS NULL THEN {0}.last + %s ELSE {0}."offset" END
        RETURNING first_value, "offset"
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.format(_table()), [day, value, ROOM_FOR_OLD_PROCESSES])
        first, offset = cursor.fetchone()
    return first, offset


def _next_from_row(day: date) -> int:
    upsert = "ON CONFLICT (day) DO UPDATE SET last = {0}.last + 1 RETURNING last"
    sql = f"INSERT INTO {{0}} (day, last) VALUES (%s, 1) {upsert}"  # noqa: S608 - our own table's name
    with connection.cursor() as cursor:
        cursor.execute(sql.format(_table()), [day.isoformat()])
        return int(cursor.fetchone()[0])


def _table() -> str:
    return connection.ops.quote_name(ReferenceCounter._meta.db_table)
