"""What this door does by itself: send replies whose moment to be taken back is over, forget old drafts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from desk.ticket.drafts import drop_old
from desk.ticket.sending import release_due
from lib.background import RoomTask
from lib.duties.running import run_duty

FORGET_DRAFTS_AFTER = timedelta(days=14)


def send_replies(now: datetime) -> int:
    """What a lost task left. How many were sent."""
    return release_due(now)


def forget_drafts(now: datetime) -> int:
    """Untouched for two weeks, or the complaint is closed. How many."""
    return drop_old(now - FORGET_DRAFTS_AFTER, now)


DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "replies sent": send_replies,
    "drafts of the desk forgotten": forget_drafts,
}


@shared_task(base=RoomTask, name="desk.sweep")
def sweep_task() -> None:
    """Beat: replies."""
    run_duty(send_replies, timezone.now())


@shared_task(base=RoomTask, name="desk.housekeeping")
def housekeeping_task() -> None:
    """Beat: drafts."""
    run_duty(forget_drafts, timezone.now())
