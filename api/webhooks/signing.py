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


def secret_of(hook: Webhook, number: int | None = None) -> str:
    """Computed, so that no copy lies in the database: another for each webhook, and after each change. `number`: one that waits."""
    number = hook.secret_number if number is None else number
    name = f"{hook.public_id} {number}" if number else str(hook.public_id)
    return PREFIX + base64.b64encode(bytes.fromhex(digest("webhook", name))).decode()


def rotate(hook: Webhook, number: int, now: datetime, overlap: timedelta) -> None:
    """Another secret from now on. For `overlap` calls are signed with the one before as well; an older one ends."""
    before = F("secret_number")
    Webhook.objects.filter(pk=hook.pk).update(secret_number=number, old_secret_number=before, old_secret_until=now + overlap)


def _secrets(hook: Webhook, now: datetime) -> list[str]:
    """The newest first."""
    newest = secret_of(hook)
    if hook.old_secret_until is None or hook.old_secret_until <= now:
        return [newest]
    before = hook.secret_number - 1 if hook.old_secret_number is None else hook.old_secret_number
    return [newest, secret_of(hook, before)]


def signed_headers(hook: Webhook, delivery: WebhookDelivery, body: bytes, now: datetime) -> Mapping[str, str]:
    """The id stays the same over all tries: by it a receiver knows what came before."""
    return standard_webhooks.signed_headers(_secrets(hook, now), f"msg_{delivery.public_id.hex}", now, body)
