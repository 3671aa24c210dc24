"""Deleting one's own data: asked for, a few days to think it over, carried out as far as it may be, tried again for the rest."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import is_staff_member
from evidence.models import DeletionRequest
from evidence.people.erasure import erase_person, plan_erasure
from lib.duties.setting_aside import each_row, name_of
from lib.standing import why_stopped
from tickets.workflow import Block, Refusal

log = logging.getLogger(__name__)
BATCH = 100


def may_delete_account(person: User) -> bool:
    """People of the desk are not customers: their names stand under what they decided."""
    return not (is_staff_member(person) or person.is_staff or person.is_superuser)


def request_deletion(person: User) -> DeletionRequest:
    """Asked twice it counts from the first time. Raises Refusal (STAFF_ACCOUNT)."""
    if not may_delete_account(person):
        raise Refusal(Block("STAFF_ACCOUNT"))
    now = timezone.now()
    found, _made = DeletionRequest.objects.get_or_create(owner=person, defaults={"asked_at": now, "due_at": now + settings.DELETION_GRACE})
    return found


def deletion_request_of(person: User) -> DeletionRequest | None:
    return DeletionRequest.objects.filter(owner=person).first()


def cancel_deletion(person: User) -> DeletionRequest | None:
    """What was taken back; `begun` tells that a part is deleted, and stays so. None when there was nothing.

    Under its lock: either it is taken back before the deletion claims it, or it says that it came too late for a part.
    """
    with transaction.atomic():
        asked = DeletionRequest.objects.select_for_update().filter(owner=person).first()
        if asked is not None:
            DeletionRequest.objects.filter(pk=asked.pk).delete()
    return asked


def carry_out_due(now: datetime) -> int:
    """Delete what may go for everybody whose days are over. How many people."""
    if why_stopped():
        return 0
    due = DeletionRequest.objects.filter(due_at__lte=now).order_by("due_at")
    return each_row(name_of(carry_out_due), due, lambda pk: _carry_out(pk, now), now, BATCH)


def _carry_out(pk: int, now: datetime) -> bool:
    """Claimed first: of two clocks one moves due_at. A crash in the middle is begun again a day later."""
    claimed = DeletionRequest.objects.select_related("owner").filter(pk=pk, due_at__lte=now)
    asked = claimed.first()
    if asked is None or not claimed.update(due_at=now + settings.DELETION_AGAIN, begun=True):
        return False
    if not _has_work(asked):
        return False
    try:
        erase_person(asked.owner, asked.owner)
    except Refusal as refusal:  # joined the desk since
        log.warning("Deletion request %s: %s", pk, refusal.code)
        DeletionRequest.objects.filter(pk=pk).delete()
        return False
    return True


def _has_work(asked: DeletionRequest) -> bool:
    """The first time, or when something has come free: each act is written down for good, and a daily nothing is none."""
    if not asked.begun:
        return True
    plan = plan_erasure(asked.owner, asked.owner)
    return plan.account_goes or any(each.items or each.is_draft for each in plan.goes)
