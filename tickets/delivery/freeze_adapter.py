"""The freeze adapter: told of freezes to make, to lift and lifted, each by a signed POST, until it answers or the tries are used up."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from lib.keyring import KeysMissing
from lib.outbox import Outbox
from lib.sealed_text import SealedTextBroken
from lib.signed_http import post_webhook
from tickets.models import Freeze, FreezeCall
from tickets.workflow.identifiers import open_account

log = logging.getLogger(__name__)

REQUESTED, LIFT_REQUESTED, LIFTED = "freeze.requested", "freeze.lift_requested", "freeze.lifted"
# After the n-th failed call. The promise is one hour, so the tries stay close; operators were told in any case.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900))
LEASE = timedelta(seconds=60)
# Of a run in all: an adapter that hangs keeps a worker from its other work no longer than this.
RUN = timedelta(seconds=15)
State = FreezeCall.State


def _eligible_calls(_now: datetime) -> Q:
    """What has been settled meanwhile is not asked for any more."""
    if not settings.FREEZE_ADAPTER_URL:
        return Q(pk__in=[])
    asked = Q(type=REQUESTED, freeze__state=Freeze.State.REQUESTED)
    to_lift = Q(type=LIFT_REQUESTED, freeze__state__in=Freeze.LIVE)
    return asked | to_lift | Q(type=LIFTED)


OUTBOX = Outbox(
    FreezeCall, waiting=(State.WAITING,), sent=State.SENT, failed=State.FAILED, pauses=PAUSES, lease=LEASE, eligible=_eligible_calls
)


def put_call(freeze: Freeze, kind: str, at: datetime) -> int | None:
    """Inside the act's transaction. The key of the call, to be made after the commit; None without an adapter."""
    if not settings.FREEZE_ADAPTER_URL:
        return None
    number = f"msg_{uuid.uuid4().hex}"
    return FreezeCall.objects.create(freeze=freeze, type=kind, message_id=number, at=at, next_at=at).pk


def call_waiting_adapters(now: datetime) -> int:
    """Make every call that is due. Returns how many were answered."""
    return OUTBOX.run(now, call_adapter, limit=RUN).sent


def call_adapter(call_id: int, now: datetime) -> bool:
    """One call, outside any transaction. False when there is nothing to call, it is not due, or it failed."""
    call = OUTBOX.claim(call_id, now, "freeze__ticket")
    if call is None:
        return False
    try:
        error = post_webhook(settings.FREEZE_ADAPTER_URL, _secrets(), call.message_id, now, _payload(call))
    except (SealedTextBroken, KeysMissing):
        error = "the account cannot be opened"
    if not error:
        OUTBOX.mark_sent(call)
        return True
    log.warning("Freeze adapter, freeze %s, %s, try %s: %s", call.freeze_id, call.type, call.attempts, error)
    OUTBOX.mark_failed(call, error=error, now=now)
    return False


def _secrets() -> list[str]:
    """The one in force, and those it takes the place of: a receiver that has changed over takes either signature."""
    return [settings.FREEZE_ADAPTER_SECRET, *settings.FREEZE_ADAPTER_SECRET_FALLBACKS]


def _payload(call: FreezeCall) -> dict[str, object]:
    freeze = call.freeze
    return {
        "type": call.type,
        "freeze_id": freeze.pk,
        "ref": freeze.ticket.ref,
        "account": open_account(freeze.account_sealed, freeze.account_hmac),
        "respondent": freeze.ticket.respondent,
        "external_id": freeze.ticket.external_id,
        "origin": freeze.origin,
        "requested_at": (call.at if call.type == LIFT_REQUESTED else freeze.requested_at).isoformat(),
        # An address of the public contract, not a name of a room above us.
        "callback_url": f"{settings.SITE_URL}/api/v1/freezes/{freeze.pk}/callback/",
    }
