"""What this room does by itself: text messages that got lost are sent, old ones forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from accounts.entry_links import forget_platform_words
from accounts.sms import forget_old, send_waiting
from lib.duties.running import run_duties

DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "text messages sent": send_waiting,
    "text messages forgotten": forget_old,
    "words of the platform forgotten": forget_platform_words,
}


@shared_task(name="accounts.send_texts", acks_late=True, ignore_result=True)
def send_texts_task() -> None:
    """Beat: text messages."""
    run_duties(DUTIES.values(), timezone.now())
