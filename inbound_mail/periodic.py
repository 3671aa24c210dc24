"""What this door does by itself: look into the mailbox, and forget which letters came long ago."""

from __future__ import annotations

import imaplib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from celery import shared_task
from django.utils import timezone
from imap_tools import ImapToolsError

from inbound_mail.ingest import forget_letters, take_released
from inbound_mail.polling import poll
from lib.background import RoomTask
from lib.duties.running import run_duties

log = logging.getLogger(__name__)


def take_letters(now: datetime) -> int:
    """A mail server that is away is tried again at the next beat."""
    try:
        return poll(now)
    except (OSError, ImapToolsError, imaplib.IMAP4.error):
        log.exception("The mailbox for answers cannot be reached")
        return 0


DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "letters taken": take_letters,
    "letters let through": take_released,
    "letters forgotten": forget_letters,
}


@shared_task(base=RoomTask, name="letterbox.poll")
def poll_task() -> None:
    """Beat: letters."""
    run_duties(DUTIES.values(), timezone.now())
