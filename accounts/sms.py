"""Text messages to phones: a row first, one signed POST to the gateway, tried again while what it says is still of use.

The gateway is a port: SMS_GATEWAY_URL, an HTTP address; "file:" writes to var/texts instead (the demo). Without one there are no phones.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import TextMessage
from accounts.phone_numbers import mask_number
from accounts.text_budget import FREEZES, SCARCE, STRANGERS, end_alarms, has_room, price_of
from lib.duties.setting_aside import delete_all_or_each
from lib.encryption import fernet_for
from lib.outbox import Outbox
from lib.signed_http import post_signed

log = logging.getLogger(__name__)

State = TextMessage.State
PURPOSE = "accounts text message"
TO_FILE = "file:"
# After the n-th failed call: whoever waits for a code waits with the phone in the hand. As long as the code works, so that a gateway
# that was away costs nobody theirs.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, *[60] * 9))
LEASE = timedelta(seconds=30)
USEFUL = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
# Of a run in all: a gateway that hangs keeps a worker from its other work no longer than this.
RUN = timedelta(seconds=15)
RETENTION = timedelta(days=1)


def has_phones() -> bool:
    return bool(settings.SMS_GATEWAY_URL)


def _still_useful(now: datetime) -> Q:
    return Q(created_at__gt=now - USEFUL) if has_phones() else Q(pk__in=[])


OUTBOX = Outbox(
    TextMessage, waiting=(State.WAITING,), sent=State.SENT, failed=State.FAILED, pauses=PAUSES, lease=LEASE, eligible=_still_useful
)


def queue_message(number: str, words: str) -> TextMessage:
    """Write it down and hand it to a task after the commit. A dead broker costs nothing: the sweep finds the row.

    Where the day's budget is used up, freezes' share too, it is written down as given up, for the admin to see.
    """
    now = timezone.now()
    if not has_room(number, FREEZES, now):
        return TextMessage.objects.create(number=number, state=State.FAILED, error=SCARCE, created_at=now, next_at=now)
    sealed = fernet_for(PURPOSE).encrypt(words.encode()).decode()
    row = TextMessage.objects.create(number=number, sealed=sealed, price=price_of(number), created_at=now, next_at=now)

    def hand_down() -> None:
        send_text_task.delay(row.pk)

    transaction.on_commit(hand_down, robust=True)
    return row


def queue_to_stranger(number: str, words: str) -> None:
    """As `queue_message`, to a number nobody has proven, which asked for nothing: only within the strangers' share of the day."""
    if has_phones() and has_room(number, STRANGERS, timezone.now()):
        queue_message(number, words)


def send_waiting(now: datetime) -> int:
    """Send what a lost task or an absent gateway left, and give up on what is of no use any more. How many went out."""
    _give_up(now)
    return OUTBOX.run(now, send_text, limit=RUN).sent


def send_text(pk: int, now: datetime) -> bool:
    """One call for one message, outside any transaction. False when it is not due, another has it, or it failed."""
    row = OUTBOX.claim(pk, now)
    if row is None:
        return False
    words = fernet_for(PURPOSE).decrypt(row.sealed.encode()).decode()
    if not (error := call_gateway(row.pk, row.number, words)):
        OUTBOX.mark_sent(row, sealed="")
        return True
    log.warning("Text message %s to %s, try %s: %s", row.pk, mask_number(row.number), row.attempts, error)
    # What never will be sent is not kept.
    OUTBOX.mark_failed(row, error=error, now=now, sealed="" if OUTBOX.is_used_up(row) else row.sealed)
    return False


def call_gateway(key: int | str, number: str, words: str) -> str:
    """Returns "" or what went wrong. The key lets a gateway that was asked twice send once."""
    if settings.SMS_GATEWAY_URL == TO_FILE:
        return _write(number, words)
    return post_signed(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET, {"id": key, "to": number, "text": words})


def _write(number: str, words: str) -> str:
    """Into a file of ours alone, because a log is read by many and kept for long."""
    path = settings.VAR_DIR / "texts"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.write(f"{timezone.now().isoformat(timespec='seconds')} {number}: {words}\n")
    log.info("A text message to %s stands in %s", mask_number(number), path)
    return ""


def forget_old(now: datetime) -> int:
    end_alarms(now)
    return delete_all_or_each("accounts.forget_texts", TextMessage.objects.filter(created_at__lt=now - RETENTION), now)


def _give_up(now: datetime) -> None:
    late = TextMessage.objects.filter(Q(state=State.WAITING), created_at__lte=now - USEFUL)
    late.update(state=State.FAILED, sealed="")


@shared_task(name="accounts.send_text", acks_late=True, ignore_result=True)
def send_text_task(pk: int) -> None:
    send_text(pk, timezone.now())
