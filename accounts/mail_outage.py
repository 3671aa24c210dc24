"""Whether the mail server is away: noticed once, for every letter of every room. Letters wait for it; none pays for it with a try."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from accounts.models import MailOutage

log = logging.getLogger(__name__)

# How long it is left alone after it did not answer. A server that hangs costs one worker one timeout in that time; urgent letters
# leave within a minute of its return.
REST = timedelta(seconds=15)
ONLY = 1


def is_resting(now: datetime) -> bool:
    """It did not answer a moment ago: asking again would only take a worker's time."""
    return MailOutage.objects.filter(pk=ONLY, asked_at__gt=now - REST, asked_at__lt=now + REST).exists()


def away_since() -> datetime | None:
    return MailOutage.objects.filter(pk=ONLY).values_list("since", flat=True).first()


def note_away(error: str, now: datetime) -> None:
    """Told in the log once for each outage."""
    _row, is_first = MailOutage.objects.update_or_create(
        pk=ONLY, defaults={"asked_at": now, "error": error[:300]}, create_defaults={"since": now, "asked_at": now, "error": error[:300]}
    )
    if is_first:
        log.error("The mail server is away: %s. Letters wait for it.", error)


def note_answer(now: datetime) -> None:
    """It took a letter, or refused one in so many words."""
    since = away_since()
    if since is not None and MailOutage.objects.filter(pk=ONLY).delete()[0]:
        log.warning("The mail server answers again, after %s.", now - since)
