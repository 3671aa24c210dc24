"""The account to freeze, forgotten when no act needs it any more: the policy's days after closing, once no freeze of it lives."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from lib.duties.setting_aside import each_key, name_of
from sla.policies import snapshot
from tickets.cases.case import Case
from tickets.models import Freeze, Ticket

BATCH = 500


def forget_accounts(now: datetime) -> int:
    """Of closed complaints. How many. The masked form and the digest stay: nobody reads the account in them."""
    live = Freeze.objects.filter(ticket=OuterRef("pk"), state__in=Freeze.LIVE)
    kept = Ticket.objects.filter(~Exists(live), closed_at__lt=now).exclude(account_sealed="")
    versions = kept.order_by().values_list("policy", flat=True).distinct()
    over = [
        pk
        for version in list(versions)
        for pk in kept.filter(policy=version, closed_at__lte=now - timedelta(days=snapshot(version).account_days))
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ]
    return each_key(name_of(forget_accounts), Ticket, over, lambda pk: _forget(pk, now), now)


def _forget(pk: int, now: datetime) -> int:
    """1 when it is forgotten, 0 when the complaint was taken up again meanwhile."""
    with transaction.atomic():
        case = Case(Ticket.objects.select_for_update().get(pk=pk), now)
        if case.ticket.closed_at is None or any(freeze.is_live for freeze in case.freezes):
            return 0
        case.by_clock = True
        case.ticket.account_sealed = ""
        case.ticket.freezes.update(account_sealed="")
        case.record("account_forgotten", {}, internal=True)
        case.save()
    return 1
