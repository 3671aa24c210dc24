"""What this door does by itself: deletions that customers asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from portal.leaving import carry_out_due
from tickets.background import RoomTask

DUTIES: Mapping[str, Callable[[datetime], int]] = {"deletions carried out": carry_out_due}


@shared_task(base=RoomTask, name="portal.carry_out_deletions")
def carry_out_deletions_task() -> None:
    """Beat: deletions."""
    carry_out_due(timezone.now())
