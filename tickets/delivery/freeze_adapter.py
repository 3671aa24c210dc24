"""The freeze adapter: told of a requested freeze by one signed POST, tried again until it answers or the tries are used up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from lib.outbox import Columns, Outbox
from lib.signed_http import post_signed
from tickets.models import Freeze

log = logging.getLogger(__name__)

PENDING, SENT, FAILED = "pending", "sent", "failed"
# After the n-th failed call. The promise is one hour, so the tries stay close; operators were told in any case.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900))
LEASE = timedelta(seconds=60)
# Of a run in all: an adapter that hangs keeps a worker from its other work no longer than this.
RUN = timedelta(seconds=15)


def _eligible_freezes(_now: datetime) -> Q:
    return Q(state=Freeze.State.REQUESTED) if settings.FREEZE_ADAPTER_URL else Q(pk__in=[])


OUTBOX = Outbox(
    Freeze,
    waiting=("", PENDING),  # never asked, or asked in vain so far
    held=PENDING,
    sent=SENT,
    failed=FAILED,
    pauses=PAUSES,
    lease=LEASE,
    columns=Columns("adapter_state", "adapter_attempts", "adapter_next_at", "adapter_error"),
    unset_is_due=True,
    eligible=_eligible_freezes,
)


def call_waiting_adapters(now: datetime) -> int:
    """Call the adapter for every freeze whose call is due. Returns how many calls were answered."""
    return OUTBOX.run(now, call_adapter, limit=RUN).sent


def call_adapter(freeze_id: int, now: datetime) -> bool:
    """One call for one freeze, outside any transaction. False when there is nothing to call, it is not due, or it failed."""
    freeze = OUTBOX.claim(freeze_id, now, "ticket")
    if freeze is None:
        return False
    error = post_signed(settings.FREEZE_ADAPTER_URL, settings.FREEZE_ADAPTER_SECRET, _payload(freeze))
    if not error:
        OUTBOX.mark_sent(freeze)
        return True
    log.warning("Freeze adapter, freeze %s, try %s: %s", freeze.pk, freeze.adapter_attempts, error)
    OUTBOX.mark_failed(freeze, error=error, now=now)
    return False


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
