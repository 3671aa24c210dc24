"""A duty runs in one place at a time, under a lease; one that fails does not keep the next from running."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Q
from django.utils import timezone

from lib.duties.models import DutyRun
from lib.duties.setting_aside import forget, name_of, record_failure

log = logging.getLogger(__name__)

Duty = Callable[[datetime], int]
# A runner that says nothing for so long is dead, and another may begin. Rows are claimed or locked in any case: two at once do no harm.
LEASE = timedelta(minutes=2)
PATIENCE = timedelta(seconds=5)


def run_duties(duties: Iterable[Duty], now: datetime, lease: timedelta = LEASE) -> None:
    """Each for itself: one that fails is recorded, and the next one runs."""
    for duty in duties:
        run_duty(duty, now, lease)


def run_duty(duty: Duty, now: datetime, lease: timedelta = LEASE, name: str = "") -> int | None:
    """What it did; None where it runs elsewhere (and will run there once more), or failed, which stands in the log and in the admin."""
    name = name or name_of(duty)
    token = take(name, lease)
    if token is None:
        return None
    began = timezone.now()
    try:
        count = duty(now)
        while not release(name, token):
            if timezone.now() - began >= PATIENCE:  # whoever has had its time leaves what came in since to the next sweep
                let_go(name, token, ended_at=timezone.now())
                break
            count += duty(timezone.now())
        forget(name)
    except Exception as error:
        log.exception("The duty %s failed", name)
        let_go(name, token)
        record_failure(name, "", name, error, now)
        if isinstance(error, SoftTimeLimitExceeded):  # the rest of the task has no time either
            raise
        return None
    return count


def take(name: str, lease: timedelta = LEASE) -> str | None:
    """The token of whoever may run it now; None where somebody does, who then runs it once more."""
    now, token = timezone.now(), uuid.uuid4().hex
    free = DutyRun.objects.filter(Q(held_until=None) | Q(held_until__lte=now), name=name)
    mine = {"token": token, "held_until": now + lease, "asked_again": False}
    if free.update(**mine):
        return token
    DutyRun.objects.bulk_create([DutyRun(name=name)], ignore_conflicts=True)
    if free.update(**mine):
        return token
    is_held = DutyRun.objects.filter(name=name, held_until__gt=now).update(asked_again=True)
    return token if not is_held and free.update(**mine) else None  # it may have been let go between two of these statements


def release(name: str, token: str) -> bool:
    """It is done. False where it was called meanwhile: what came in since may have been missed, and it is still held."""
    mine = DutyRun.objects.filter(name=name, token=token)
    if mine.filter(asked_again=False).update(held_until=None, ended_at=timezone.now()):
        return True
    return not mine.update(asked_again=False)  # none: its lease was over, and somebody else has it


def let_go(name: str, token: str, **more: datetime) -> None:
    """Held no longer."""
    DutyRun.objects.filter(name=name, token=token).update(held_until=None, **more)
