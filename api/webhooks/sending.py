"""Sending what waits: claim a row, call outside any transaction, mark. A killed sender's rows come back when their lease ends."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from api.models import Webhook, WebhookDelivery
from api.webhooks.calling import call
from api.webhooks.event_types import PING, payload
from api.webhooks.signing import signed_headers
from api.webhooks.switching import GONE_AWAY, SILENT, switch_off

log = logging.getLogger(__name__)

State = WebhookDelivery.State
LEASE = timedelta(seconds=60)
BATCH = 200
# After the n-th failed try: 5 s to 10 h, a day and a half in all.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 36_000))
GONE = 410


def send_waiting(now: datetime) -> int:
    """Send what is due, oldest first. A receiver that fails once is left alone until the next run. Returns how many went out."""
    sent, tired = 0, set[int]()
    while due := list(_due(now).exclude(webhook__in=tired).order_by("next_at", "pk").values_list("pk", "webhook")[:BATCH]):
        for pk, hook in due:
            if hook in tired:
                continue
            outcome = send(pk, now)
            sent += outcome is True
            if outcome is False:
                tired.add(hook)
        if len(due) < BATCH:
            break
    return sent


def send(delivery_id: int, now: datetime) -> bool | None:
    """One call. True when it was taken, False when it failed, None when there was nothing to send (any more)."""
    delivery = _claim(delivery_id, now)
    if delivery is None:
        return None
    hook = delivery.webhook
    body = json.dumps(_payload_of(delivery), ensure_ascii=False, separators=(",", ":")).encode()
    status, error = call(hook.url, body, signed_headers(hook, delivery, body, now))
    if error:
        _record_failure(delivery, status, error, now)
        return False
    # Cancelled meanwhile, it was taken all the same.
    _row_of(delivery, State.WAITING, State.CANCELLED).update(state=State.SENT, status_code=status, error="", next_at=None, sent_at=now)
    Webhook.objects.filter(pk=hook.pk).update(last_success_at=now)
    return True


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    """To those that are off too: only what somebody sent again by hand waits for them."""
    return WebhookDelivery.objects.filter(state=State.WAITING, next_at__lte=now)


def _claim(delivery_id: int, now: datetime) -> WebhookDelivery | None:
    """Of two senders exactly one moves next_at."""
    waits = WebhookDelivery.objects.filter(pk=delivery_id, state=State.WAITING, next_at__lte=now)
    if not waits.update(attempts=F("attempts") + 1, next_at=now + LEASE):
        return None
    return WebhookDelivery.objects.select_related("webhook", "event__ticket").filter(pk=delivery_id).first()


def _payload_of(delivery: WebhookDelivery) -> dict[str, object]:
    if delivery.event is None:
        return {"type": PING, "at": delivery.created_at.isoformat()}
    return payload(delivery.type, delivery.event)


def _row_of(delivery: WebhookDelivery, *states: str) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk, state__in=states or [State.WAITING], attempts=delivery.attempts)


def _record_failure(delivery: WebhookDelivery, status: int | None, error: str, now: datetime) -> None:
    log.warning("Webhook %s, delivery %s, try %s: %s", delivery.webhook_id, delivery.pk, delivery.attempts, error)
    given_up = status == GONE or delivery.attempts > len(PAUSES)
    # Whoever sends to one that is off does so by hand, and sees what came of it.
    if given_up or not Webhook.objects.filter(pk=delivery.webhook_id, active=True).exists():
        _row_of(delivery).update(state=State.FAILED, status_code=status, error=error, next_at=None)
    else:
        _row_of(delivery).update(status_code=status, error=error, next_at=now + PAUSES[delivery.attempts - 1])
    if given_up:
        _give_up(delivery, status)


def _give_up(delivery: WebhookDelivery, status: int | None) -> None:
    """Switch off a receiver that says it is gone, or that took nothing since this delivery was made."""
    hook = Webhook.objects.filter(pk=delivery.webhook_id, active=True)
    if status == GONE:
        switch_off(hook, GONE_AWAY)
    else:
        switch_off(hook.filter(Q(last_success_at=None) | Q(last_success_at__lt=delivery.created_at)), SILENT)
