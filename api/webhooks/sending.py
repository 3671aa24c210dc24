"""Sending what waits: claim a row, call outside any transaction, mark. A killed sender's rows come back when their lease ends."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Min, Q

from api.models import Webhook, WebhookDelivery
from api.webhooks.event_types import PING, SEALED, payload
from api.webhooks.signing import signed_headers
from api.webhooks.switching import GONE_AWAY, SILENT, switch_off_by_itself
from evidence.vault.seals import first_seal, newest_seal
from lib.duties.setting_aside import each_key, name_of
from lib.outbound_http import post
from lib.outbox import Outbox

log = logging.getLogger(__name__)

State = WebhookDelivery.State
LEASE = timedelta(seconds=60)
BATCH = 200
# Of one receiver in a run: whoever is slow holds one worker for so long, and no other receiver.
BUDGET = timedelta(seconds=8)
# After the n-th failed try: 5 s to 10 h, a day and a half in all.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 36_000))
GONE = 410


OUTBOX = Outbox(
    # To those that are off too: only what somebody sent again by hand waits for them.
    WebhookDelivery,
    waiting=(State.WAITING,),
    sent=State.SENT,
    failed=State.FAILED,
    pauses=PAUSES,
    lease=LEASE,
    batch=BATCH,
)


def send_waiting(now: datetime) -> int:
    """Send what is due, each receiver in its turn. Returns how many went out."""
    return each_key(name_of(send_waiting), Webhook, waiting_receivers(now), lambda pk: send_to(pk, now), now)


def waiting_receivers(now: datetime) -> list[int]:
    """Keys of the webhooks that something is due for, the quickest first as far as is known: who waited the least since it was heard of."""
    due = OUTBOX.due(now).order_by().values("webhook").annotate(first=Min("next_at")).order_by("-first")
    return list(due.values_list("webhook", flat=True))


def send_to(webhook: int, now: datetime) -> int:
    """What is due for one receiver, oldest first, until its time is up or it fails: the rest is for its next turn."""
    return replace(OUTBOX, eligible=lambda _now: Q(webhook=webhook)).run(now, send, receiver="webhook", budget=BUDGET, limit=BUDGET).sent


def send(delivery_id: int, now: datetime) -> bool | None:
    """One call. True when it was taken, False when it failed, None when there was nothing to send (any more)."""
    delivery = OUTBOX.claim(delivery_id, now, "webhook", "event__ticket")
    if delivery is None:
        return None
    hook = delivery.webhook
    body = json.dumps(_payload_of(delivery), ensure_ascii=False, separators=(",", ":")).encode()
    answer = post(hook.url, body, signed_headers(hook, delivery, body, now))
    if answer.error:
        _record_failure(delivery, answer.status, answer.error, now)
        return False
    # Cancelled meanwhile, it was taken all the same.
    OUTBOX.mark_sent(delivery, states=(State.WAITING, State.CANCELLED), status_code=answer.status, sent_at=now)
    Webhook.objects.filter(pk=hook.pk).update(last_success_at=now, warned_at=None)
    return True


def _payload_of(delivery: WebhookDelivery) -> dict[str, object]:
    if delivery.type == SEALED:
        return _payload_of_seal(delivery.created_at)
    if delivery.event is None:
        return {"type": PING, "at": delivery.created_at.isoformat()}
    return payload(delivery.type, delivery.event)


def _payload_of_seal(at: datetime) -> dict[str, object]:
    """`head` is what `verify_history --head` takes. Nulls: there is no seal any more."""
    seal, first = newest_seal(), first_seal()
    told = (
        {"number": seal.number, "digest": seal.digest, "head": f"{seal.number}:{seal.digest}", "at": seal.at.isoformat()} if seal else None
    )
    return {"type": SEALED, "at": at.isoformat(), "seal": told, "history": first.data.get("history", "") if first else ""}


def _record_failure(delivery: WebhookDelivery, status: int | None, error: str, now: datetime) -> None:
    log.warning("Webhook %s, delivery %s, try %s: %s", delivery.webhook_id, delivery.pk, delivery.attempts, error)
    given_up = status == GONE or OUTBOX.is_used_up(delivery)
    # Whoever sends to one that is off does so by hand, and sees what came of it.
    final = given_up or not Webhook.objects.filter(pk=delivery.webhook_id, active=True).exists()
    OUTBOX.mark_failed(delivery, error=error, now=now, final=final, status_code=status)
    if given_up:
        _give_up(delivery, status, now)


def _give_up(delivery: WebhookDelivery, status: int | None, now: datetime) -> None:
    """Switch off a receiver that says it is gone, or that took nothing since this delivery was made."""
    hook = Webhook.objects.filter(pk=delivery.webhook_id, active=True)
    if status == GONE:
        switch_off_by_itself(hook, GONE_AWAY, now)
    else:
        switch_off_by_itself(hook.filter(Q(last_success_at=None) | Q(last_success_at__lt=delivery.created_at)), SILENT, now)
