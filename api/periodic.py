"""What this door does by itself: call webhooks; forget answers after a day, and what ended a month ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.utils import timezone

from api.idempotency import KEEP
from api.models import IdempotencyKey, Token, WebhookDelivery
from api.webhooks.announcing import announce
from api.webhooks.dispatching import dispatch, tell_newest_seal
from api.webhooks.sending import send_to, send_waiting, waiting_receivers
from lib.background import RoomTask, enqueue
from lib.duties.running import run_duties, run_duty
from lib.duties.setting_aside import delete_all_or_each, name_of

# The next beat asks again.
EXPIRES = 10.0
KEEP_ENDED_FOR = timedelta(days=30)


def forget_answers(now: datetime) -> int:
    """How many idempotency keys were forgotten."""
    return delete_all_or_each(name_of(forget_answers), IdempotencyKey.objects.filter(created_at__lte=now - KEEP), now)


def forget_tokens(now: datetime) -> int:
    """How many tokens were forgotten. For a month after their end their owner still sees that they ended."""
    return delete_all_or_each(name_of(forget_tokens), Token.objects.filter(expiry__lt=now - KEEP_ENDED_FOR), now)


def call_webhooks(now: datetime) -> int:
    """How many calls were taken."""
    dispatch(now)
    tell_newest_seal(now)
    taken = send_waiting(now)
    announce(now)
    return taken


def forget_deliveries(now: datetime) -> int:
    """How many calls, sent or given up, were forgotten."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEEP_ENDED_FOR, next_at=None)
    return delete_all_or_each(name_of(forget_deliveries), old, now)


DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "answers forgotten": forget_answers,
    "tokens forgotten": forget_tokens,
    "webhook calls forgotten": forget_deliveries,
    "webhook calls": call_webhooks,
}


@shared_task(base=RoomTask, name="api.purge")
def purge_task() -> None:
    """Beat: answers, tokens, deliveries."""
    run_duties((forget_answers, forget_tokens, forget_deliveries), timezone.now())


@shared_task(base=RoomTask, name="api.call_webhooks")
def call_webhooks_task() -> None:
    """Beat: webhooks, and word of those that were switched off. A task for each receiver: a slow one keeps nobody else waiting."""
    now = timezone.now()
    run_duties((dispatch, tell_newest_seal, announce), now)
    for webhook in waiting_receivers(now):
        enqueue(call_receiver_task, webhook, expires=EXPIRES)


@shared_task(base=RoomTask, name="api.call_receiver")
def call_receiver_task(webhook: int) -> None:
    """One at a time for each receiver."""
    run_duty(partial(send_to, webhook), timezone.now(), name=f"api.call_receiver {webhook}")
