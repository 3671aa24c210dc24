"""The freeze adapter: told of a requested freeze by one signed POST, tried again until it answers or the tries are used up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lib.signed_http import post_signed
from tickets.models import Freeze

log = logging.getLogger(__name__)

PENDING, SENT, FAILED = "pending", "sent", "failed"
WAITING = ("", PENDING)  # never asked, or asked in vain so far
# After the n-th failed call. The promise is one hour, so the tries stay close; operators were told in any case.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900))
LEASE = timedelta(seconds=60)
BATCH = 100


def call_waiting_adapters(now: datetime) -> int:
    """Call the adapter for every freeze whose call is due. Returns how many calls were answered."""
    answered = 0
    while due := list(_due_freezes(now).order_by("adapter_next_at", "pk").values_list("pk", flat=True)[:BATCH]):
        results = [call_adapter(freeze_id, now) for freeze_id in due]
        answered += results.count(True)
        if len(due) < BATCH:
            break
    return answered


def call_adapter(freeze_id: int, now: datetime) -> bool:
    """One call for one freeze, outside any transaction. False when there is nothing to call, it is not due, or it failed."""
    freeze = _claim_freeze(freeze_id, now)
    if freeze is None:
        return False
    error = post_signed(settings.FREEZE_ADAPTER_URL, settings.FREEZE_ADAPTER_SECRET, _payload(freeze))
    _mark(freeze, error, now)
    return not error


def _due_freezes(now: datetime) -> models.QuerySet[Freeze]:
    """Also those whose caller died: the claim below moves adapter_next_at, and that passes."""
    if not settings.FREEZE_ADAPTER_URL:
        return Freeze.objects.none()
    waiting = Freeze.objects.filter(state=Freeze.State.REQUESTED, adapter_state__in=WAITING)
    return waiting.filter(Q(adapter_next_at=None) | Q(adapter_next_at__lte=now))


def _claim_freeze(freeze_id: int, now: datetime) -> Freeze | None:
    """Of two callers at once exactly one moves adapter_next_at."""
    mine = _due_freezes(now).filter(pk=freeze_id)
    taken = mine.update(adapter_state=PENDING, adapter_attempts=F("adapter_attempts") + 1, adapter_next_at=now + LEASE)
    return Freeze.objects.select_related("ticket").get(pk=freeze_id) if taken else None


def _payload(freeze: Freeze) -> dict[str, object]:
    return {
        "freeze_id": freeze.pk,
        "ref": freeze.ticket.ref,
        "account_masked": freeze.account_masked,
        "origin": freeze.origin,
        "requested_at": freeze.requested_at.isoformat(),
        # An address of the public contract, not a name of a room above us.
        "callback_url": f"{settings.SITE_URL}/api/v1/freezes/{freeze.pk}/callback/",
    }


def _mark(freeze: Freeze, error: str, now: datetime) -> None:
    """Written over this call's own row only: the adapter may have called back already."""
    tries = freeze.adapter_attempts
    if not error:
        state, next_at = SENT, None
    elif tries > len(PAUSES):
        state, next_at = FAILED, None
    else:
        state, next_at = PENDING, now + PAUSES[tries - 1]
    mine = Freeze.objects.filter(pk=freeze.pk, adapter_state=PENDING, adapter_attempts=tries)
    mine.update(adapter_state=state, adapter_error=error[:300], adapter_next_at=next_at)
    if error:
        log.warning("Freeze adapter, freeze %s, try %s: %s", freeze.pk, tries, error)
