"""The clock looks at itself: signs of life of each queue, an alarm to administrators, the ping that somebody outside waits for."""

import logging
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from lib.background import RoomTask
from lib.duties.alarms import end_standstill, tell_admins
from lib.duties.running import run_duty
from lib.duties.watching import find_standstill
from lib.signed_http import post_ping
from supportdesk.queues import SIGN_OF_LIFE

log = logging.getLogger(__name__)


@shared_task(base=RoomTask, name=SIGN_OF_LIFE)
def sign_of_life(queue: str) -> None:
    """Beat, to each queue: that it was done is all it does (see supportdesk/celery.py)."""


@shared_task(base=RoomTask, name="supportdesk.watch")
def watch_task() -> None:
    """Beat: administrators are told of what was set aside."""
    now = timezone.now()
    end_standstill(now)
    run_duty(tell_admins, now)


@shared_task(base=RoomTask, name="supportdesk.ping")
def ping_task() -> None:
    ping(timezone.now())


def ping(now: datetime) -> bool:
    """Beat: the call to PING_URL, only while everything runs. A dead man's switch: whoever misses it knows that something does not."""
    if not settings.PING_URL or find_standstill(now):
        return False
    if answer := post_ping(settings.PING_URL):
        log.warning("The ping was not taken: %s", answer)
    return not answer
