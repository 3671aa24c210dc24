"""Switching a webhook off: what waits for it is cancelled, or it would wait for ever. Sent again by hand, it goes all the same."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from api.models import Webhook, WebhookDelivery

State = WebhookDelivery.State
BY_HAND = "The webhook was switched off."
GONE_AWAY = "The receiver says that it is gone: switched off."
SILENT = "The receiver took nothing for too long: switched off."


def switch_off_by_itself(hooks: QuerySet[Webhook], why: str, now: datetime) -> None:
    """No person did it, so admins are told: `announcing` finds it by `off_at`."""
    found = list(hooks.values_list("pk", flat=True))
    switch_off(Webhook.objects.filter(pk__in=found, active=True), why)
    Webhook.objects.filter(pk__in=found, active=False).update(off_at=now)


def switch_off(hooks: QuerySet[Webhook], why: str) -> int:
    """How many calls are cancelled. The lock keeps `dispatch` from making rows for a webhook that is off a moment later."""
    with transaction.atomic():
        off = list(hooks.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        Webhook.objects.filter(pk__in=off).update(active=False)
        waiting = WebhookDelivery.objects.filter(webhook__in=off, state=State.WAITING)
        return waiting.update(state=State.CANCELLED, next_at=None, error=why)
