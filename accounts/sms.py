"""Text messages to phones: a row first, one signed POST to the gateway, tried again while what it says is still of use.

The gateway is a port: SMS_GATEWAY_URL, an HTTP address; "log:" writes to the log instead (the demo). Without one there are no phones.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import TextMessage
from accounts.phone_numbers import mask_number
from lib.encryption import fernet_for
from lib.signed_http import post_signed

log = logging.getLogger(__name__)

State = TextMessage.State
PURPOSE = "accounts text message"
LOG = "log:"
# After the n-th failed call: whoever waits for a code waits with the phone in the hand.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120))
LEASE = timedelta(seconds=30)
USEFUL = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
RETENTION = timedelta(days=1)
BATCH = 100


def has_phones() -> bool:
    return bool(settings.SMS_GATEWAY_URL)


def queue_message(number: str, words: str) -> TextMessage:
    """Write it down and hand it to a task after the commit. A dead broker costs nothing: the sweep finds the row."""
    now = timezone.now()
    sealed = fernet_for(PURPOSE).encrypt(words.encode()).decode()
    row = TextMessage.objects.create(number=number, sealed=sealed, created_at=now, next_at=now)

    def hand_down() -> None:
        send_text_task.delay(row.pk)

    transaction.on_commit(hand_down, robust=True)
    return row


def send_waiting(now: datetime) -> int:
    """Send what a lost task or an absent gateway left, and give up on what is of no use any more. How many went out."""
    _give_up(now)
    due = list(_due_messages(now).order_by("next_at", "pk").values_list("pk", flat=True)[:BATCH])
    return [send_text(pk, now) for pk in due].count(True)


def send_text(pk: int, now: datetime) -> bool:
    """One call for one message, outside any transaction. False when it is not due, another has it, or it failed."""
    row = _claim_message(pk, now)
    if row is None:
        return False
    error = _hand_over(row)
    _mark(row, error, now)
    return not error


def forget_old(now: datetime) -> int:
    return TextMessage.objects.filter(created_at__lt=now - RETENTION).delete()[0]


def _due_messages(now: datetime) -> QuerySet[TextMessage]:
    """Also those whose sender died: the claim below moves next_at, and that passes."""
    if not has_phones():
        return TextMessage.objects.none()
    return TextMessage.objects.filter(state=State.WAITING, next_at__lte=now, created_at__gt=now - USEFUL)


def _claim_message(pk: int, now: datetime) -> TextMessage | None:
    """Of two senders at once exactly one moves next_at."""
    taken = _due_messages(now).filter(pk=pk).update(attempts=F("attempts") + 1, next_at=now + LEASE)
    return TextMessage.objects.get(pk=pk) if taken else None


def _hand_over(row: TextMessage) -> str:
    """Returns "" or what went wrong. The id lets a gateway that was asked twice send once."""
    words = fernet_for(PURPOSE).decrypt(row.sealed.encode()).decode()
    if settings.SMS_GATEWAY_URL == LOG:
        log.warning("Text message to %s: %s", row.number, words)
        return ""
    payload: dict[str, object] = {"id": row.pk, "to": row.number, "text": words}
    return post_signed(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET, payload)


def _mark(row: TextMessage, error: str, now: datetime) -> None:
    """Over this call's own try only. What was sent, or never will be, is not kept."""
    mine = TextMessage.objects.filter(pk=row.pk, state=State.WAITING, attempts=row.attempts)
    if not error:
        mine.update(state=State.SENT, sealed="", error="")
        return
    log.warning("Text message %s to %s, try %s: %s", row.pk, mask_number(row.number), row.attempts, error)
    if row.attempts > len(PAUSES):
        mine.update(state=State.FAILED, sealed="", error=error[:300])
    else:
        mine.update(next_at=now + PAUSES[row.attempts - 1], error=error[:300])


def _give_up(now: datetime) -> None:
    late = TextMessage.objects.filter(Q(state=State.WAITING), created_at__lte=now - USEFUL)
    late.update(state=State.FAILED, sealed="")


@shared_task(name="accounts.send_text", acks_late=True, ignore_result=True)
def send_text_task(pk: int) -> None:
    send_text(pk, timezone.now())
