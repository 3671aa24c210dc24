"""The newest seal of the history, to whoever listens for it: kept where no administrator of the database reaches, it convicts them."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.models import Webhook, WebhookDelivery
from api.webhooks.event_types import SEALED
from evidence.vault.seals import first_seal, newest_seal
from lib.duties.setting_aside import each_key, name_of
from lib.standing import why_stopped

# A seal a minute is bound to the one before, so one an hour tells of all.
EVERY = timedelta(hours=1)


def tell_newest_seal(now: datetime) -> int:
    """How many webhooks are told. What it was stands in the call, as it is when the call is made."""
    seal = newest_seal()
    if seal is None or why_stopped():
        return 0
    lately = WebhookDelivery.objects.filter(type=SEALED, created_at__gt=now - EVERY).values("webhook")
    hooks = Webhook.objects.filter(active=True).exclude(pk__in=lately).order_by("pk")
    listening = [pk for pk, types in hooks.values_list("pk", "types") if SEALED in types]
    return each_key(name_of(tell_newest_seal), Webhook, listening, lambda pk: _put(pk, now), now)


def _put(webhook: int, now: datetime) -> int:
    WebhookDelivery.objects.create(webhook_id=webhook, type=SEALED, created_at=now, next_at=now)
    return 1


def payload_of_seal(at: datetime) -> dict[str, object]:
    """`head` is what `verify_history --head` takes. Nulls: there is no seal any more."""
    seal, first = newest_seal(), first_seal()
    told = (
        {"number": seal.number, "digest": seal.digest, "head": f"{seal.number}:{seal.digest}", "at": seal.at.isoformat()} if seal else None
    )
    return {"type": SEALED, "at": at.isoformat(), "seal": told, "history": first.data.get("history", "") if first else ""}
