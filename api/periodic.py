"""What this door does by itself: forget the answers kept for a day, and tokens that ended a month ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from api.idempotency import purge
from api.models import Token
from tickets.background import RoomTask

ENDED = timedelta(days=30)


def forget_answers(now: datetime) -> int:
    """How many idempotency keys were forgotten."""
    return purge(now)


def forget_tokens(now: datetime) -> int:
    """How many tokens were forgotten. For a month after their end their owner still sees that they ended."""
    return Token.objects.filter(expiry__lt=now - ENDED).delete()[0]


DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "answers forgotten": forget_answers,
    "tokens forgotten": forget_tokens,
}


@shared_task(base=RoomTask, name="api.purge")
def purge_task() -> None:
    """Beat: answers and tokens."""
    now = timezone.now()
    for duty in DUTIES.values():
        duty(now)
