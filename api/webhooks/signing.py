"""Headers that prove a call is ours, as standardwebhooks.com writes them, and the secret they are made with."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from api.models import Webhook, WebhookDelivery
from evidence.vault.keys import digest

PREFIX = "whsec_"


def secret_of(hook: Webhook) -> str:
    """Computed, so that no copy lies in the database: the same for the life of the webhook, another for each."""
    return PREFIX + base64.b64encode(bytes.fromhex(digest("webhook", str(hook.public_id)))).decode()


def signed_headers(hook: Webhook, delivery: WebhookDelivery, body: bytes, now: datetime) -> Mapping[str, str]:
    """The id stays the same over all tries: by it a receiver knows what came before."""
    name, moment = f"msg_{delivery.public_id.hex}", str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Supportdesk",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret_of(hook), name, moment, body),
    }


def signature(secret: str, name: str, moment: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"
