"""The clock at work: the timers of a sample of tickets, fired by one worker.

Half a day at a time, as after an outage of that length: most timers then have one thing due, and many are due at once.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from bench.meters import metered
from tickets.models import Ticket
from tickets.operations.expiry import ON_EXPIRY
from tickets.periodic import fire_due_timers

STEP, STEPS = timedelta(hours=12), 80
OTHERS = "UPDATE tickets_timer SET next_at = next_at + interval '10 years' WHERE next_at IS NOT NULL AND ticket_id %% %s <> 0"
MOVING = "CREATE TABLE bench_moving AS SELECT id, next_at FROM tickets_timer WHERE key = ANY(%s) AND next_at < now() + interval '5 years'"
AWAY = "UPDATE tickets_timer SET next_at = next_at + interval '10 years' WHERE id IN (SELECT id FROM bench_moving)"
BACK = "UPDATE tickets_timer t SET next_at = m.next_at FROM bench_moving m WHERE m.id = t.id AND t.next_at > now() + interval '5 years'"
WRITTEN = "SELECT e.last_value, n.last_value FROM tickets_event_id_seq e, tickets_notification_id_seq n"


def fire(sample: int, wanted: int) -> dict[str, dict[str, float]]:
    """Warnings and breaches that move no ticket, until `wanted` have fired; then the transitions of the same days, at once.

    Timers of tickets outside the sample, and meanwhile those that would move one, are put off by ten years.
    """
    _execute(OTHERS, [max(1, Ticket.objects.count() // sample)])
    _execute(MOVING, [[str(key) for key in ON_EXPIRY]])
    _execute(AWAY)
    _execute("VACUUM ANALYZE tickets_timer")
    plain, end = _stepwise(timezone.now(), wanted)
    _execute(BACK)
    _execute("VACUUM ANALYZE tickets_timer")
    return {"plain": plain, "moving": _measured(end)}


def _stepwise(start: datetime, wanted: int) -> tuple[dict[str, float], datetime]:
    """What it took, and at what moment it ended."""
    total: dict[str, float] = {"fired": 0}
    at = start
    for step in range(1, STEPS):
        at = start + step * STEP
        for name, value in _measured(at).items():
            total[name] = total.get(name, 0) + value
        if total["fired"] >= wanted:
            break
    return total, at


def _measured(at: datetime) -> dict[str, float]:
    events, notices = _execute(WRITTEN)
    with metered() as cost:
        fired = fire_due_timers(at)
    events_then, notices_then = _execute(WRITTEN)
    return {**asdict(cost), "fired": fired, "events": events_then - events, "notices": notices_then - notices}


def _execute(statement: str, values: list | None = None) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else ()
