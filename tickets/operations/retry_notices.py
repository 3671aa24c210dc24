"""Notices and messages that were given up: put back among those that wait."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from lib.background import enqueue
from tickets.models import Delivery, Notification


@transaction.atomic
def send_again(ids: Iterable[int]) -> int:
    """Try failed notices anew, with all their tries. How many there were; one that is not failed (any more) is left alone."""
    failed = Notification.objects.filter(pk__in=list(ids), state=Notification.State.FAILED)
    count = failed.update(state=Notification.State.PENDING, attempts=0, claimed_at=None, not_before=timezone.now())
    if count:
        enqueue("tickets.deliver_notifications")
    return count


@transaction.atomic
def send_messages_again(ids: Iterable[int]) -> int:
    """The same for messages on channels. The address may have been mended meanwhile: it is read anew. Their time begins anew too."""
    failed = Delivery.objects.filter(pk__in=list(ids), state=Delivery.State.FAILED)
    now = timezone.now()
    count = failed.update(state=Delivery.State.WAITING, attempts=0, next_at=now, created_at=now)
    if count:
        enqueue("tickets.deliver_to_channels")
    return count
