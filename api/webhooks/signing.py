"""Headers that prove a call is ours, as standardwebhooks.com writes them, and the secret they are made with."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime

from api.models import Webhook, WebhookDelivery
from lib import standard_webhooks
from lib.keyring import digest
from lib.standard_webhooks import PREFIX


def secret_of(hook: Webhook) -> str:
    """Computed, so that no copy lies in the database: the same for the life of the webhook, another for each."""
    return PREFIX + base64.b64encode(bytes.fromhex(digest("webhook", str(hook.public_id)))).decode()


def signed_headers(hook: Webhook, delivery: WebhookDelivery, body: bytes, now: datetime) -> Mapping[str, str]:
    """The id stays the same over all tries: by it a receiver knows what came before."""
    return standard_webhooks.signed_headers([secret_of(hook)], f"msg_{delivery.public_id.hex}", now, body)
