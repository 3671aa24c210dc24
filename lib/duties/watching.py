"""Is the clock alive? What it did last, and which of the workers' queues nobody works on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from lib import memo
from lib.duties.models import DutyRun

# What was never done counts from when this process came up: an install that is just being started is given its time.
_began = timezone.now()
# A page asks once in so many seconds, however many pages there are.
LOOK_EVERY = 10


def note_alive(name: str) -> None:
    now = timezone.now()
    if not DutyRun.objects.filter(name=name).update(ended_at=now):
        DutyRun.objects.bulk_create([DutyRun(name=name, ended_at=now)], ignore_conflicts=True)


def last_done() -> dict[str, datetime]:
    """Of what is watched."""
    done = DutyRun.objects.filter(name__in=settings.WATCHED).exclude(ended_at=None)
    return {name: at for name, at in done.values_list("name", "ended_at") if at is not None}


def find_standstill(now: datetime) -> tuple[str, ...]:
    """Names of what has done nothing for too long; none where nobody is to look."""
    limit = timedelta(seconds=settings.STANDSTILL_SECONDS)
    if not limit:
        return ()
    done = last_done()
    return tuple(name for name in settings.WATCHED if now - done.get(name, _began) > limit)


def standstill_on_pages() -> tuple[str, ...]:
    """The same for pages, a few seconds old at most."""
    return _look(int(timezone.now().timestamp()) // LOOK_EVERY) if settings.STANDSTILL_SECONDS else ()


@memo.lru(maxsize=2)
def _look(_moment: int) -> tuple[str, ...]:
    return find_standstill(timezone.now())
