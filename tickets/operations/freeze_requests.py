"""A freeze asked for before the code: kept sealed and without a user, counted from the first press, a case once the contact is proven."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min

from lib.duties.setting_aside import delete_all_or_each, name_of
from lib.sealed_text import open_text, seal_text
from lib.types import Record
from sla.policies import current
from tickets.models import FreezeRequest
from tickets.workflow.identifiers import normalise_number

PURPOSE = "freeze request"
# Three codes: who was too slow for the first, or lost it, types nothing again.
KEPT = timedelta(seconds=3 * settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


def keep_freeze_request(contact: str, said: Mapping[str, object], now: datetime, earlier: int | None = None) -> int | None:
    """Asked for now; `earlier` is this browser's request of before, which this one takes the place of. Gives its key.

    None: as many wait as may (`FREEZE_REQUESTS_WAITING`), so this one is not kept. The code goes out all the same.
    """
    before = FreezeRequest.objects.filter(pk=earlier).first() if earlier is not None else None
    if before is None and _is_full():
        return None
    digest = _digest(contact, str(said["account"]))
    same = before is not None and before.digest == digest
    row = before or FreezeRequest()
    row.digest, row.first_at, row.last_at = digest, row.first_at if same else now, now
    row.sealed = seal_text(json.dumps({"contact": contact, "said": dict(said)}), PURPOSE, digest)
    row.save()
    return row.pk


def open_freeze_request(pk: int, now: datetime) -> Record:
    """`contact` and `said`; empty where it is gone or too old."""
    row = FreezeRequest.objects.filter(pk=pk, last_at__gte=now - KEPT).exclude(sealed="").first()
    return json.loads(open_text(row.sealed, PURPOSE, row.digest)) if row is not None else {}


def take_first_press(contacts: Iterable[str], account: str) -> datetime | None:
    """When it was asked for first, in whichever browser; None: never before. They become a case now, and are requests no more."""
    asked = FreezeRequest.objects.filter(digest__in=[_digest(contact, account) for contact in contacts])
    first: datetime | None = asked.aggregate(first=Min("first_at"))["first"]
    if first is not None:
        asked.delete()
    return first


def forget_freeze_requests(now: datetime) -> int:
    """Whoever never proved the contact: what was typed goes at once, that it was asked after the policy's days for drafts. How many."""
    FreezeRequest.objects.filter(last_at__lt=now - KEPT).exclude(sealed="").update(sealed="")
    old = FreezeRequest.objects.filter(last_at__lt=now - timedelta(days=current(now).draft_days))
    return delete_all_or_each(name_of(forget_freeze_requests), old, now)


def _is_full() -> bool:
    most = settings.FREEZE_REQUESTS_WAITING
    return bool(most) and FreezeRequest.objects.count() >= most


def _digest(contact: str, account: str) -> str:
    said = f"{contact}\x1f{normalise_number(account).casefold()}"
    return hmac.new(settings.ACCOUNT_HMAC_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()
