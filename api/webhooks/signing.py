"""Headers that prove a call is ours, as standardwebhooks.com writes them, and the secret they are made with."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F

from api.models import Webhook, WebhookDelivery
from lib import standard_webhooks
from lib.keyring import digest
from lib.standard_webhooks import PREFIX

MOST_OVERLAP = 72  # hours in which both secrets sign


def secret_of(hook: Webhook) -> str:
    """Computed, so that no copy lies in the database: another for each webhook, and after each change."""
    return _secret(hook, hook.secret_number)


def _secret(hook: Webhook, number: int) -> str:
    name = f"{hook.public_id} {number}" if number else str(hook.public_id)
    return PREFIX + base64.b64encode(bytes.fromhex(digest("webhook", name))).decode()


def rotate(hook: Webhook, now: datetime, overlap: timedelta) -> Webhook:
    """Another secret from now on. For `overlap` calls are signed with the one before as well; an older one ends."""
    Webhook.objects.filter(pk=hook.pk).update(secret_number=F("secret_number") + 1, old_secret_until=now + overlap)
    return Webhook.objects.get(pk=hook.pk)


def _secrets(hook: Webhook, now: datetime) -> list[str]:
    """The newest first."""
    both = hook.old_secret_until is not None and hook.old_secret_until > now
    return [_secret(hook, hook.secret_number - back) for back in range(2 if both else 1)]


def signed_headers(hook: Webhook, delivery: WebhookDelivery, body: bytes, now: datetime) -> Mapping[str, str]:
    """The id stays the same over all tries: by it a receiver knows what came before."""
    return standard_webhooks.signed_headers(_secrets(hook, now), f"msg_{delivery.public_id.hex}", now, body)
