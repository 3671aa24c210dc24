"""Notices to colleagues who have left: what they have not read goes to whoever does their work now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from lib.duties.setting_aside import all_or_each, name_of, waiting_keys
from tickets.models import Notification, Ticket

State = Notification.State
BATCH = 500
# Of a letter that the one who left never got, or that failed because they had left.
TO_SEND = (State.PENDING, State.FAILED)


def hand_on_notices(now: datetime) -> int:
    """To whoever has the complaint now or, where nobody has it, to the agents. Of complaints that still want something. How many."""
    duty, gone = name_of(hand_on_notices), list(_former_staff().values_list("pk", flat=True))
    if not gone:
        return 0
    with transaction.atomic():
        theirs = Notification.objects.filter(recipient__in=gone, audience="", ticket__in=Ticket.objects.in_queue())
        read_at = F("recipient__staff_profile__notices_read_at")
        left = theirs.filter(Q(recipient__staff_profile__notices_read_at=None) | Q(created_at__gt=read_at) | Q(handed_on_at__gt=read_at))
        left = left.exclude(recipient=F("ticket__owner")).exclude(state=State.SENDING).exclude(pk__in=waiting_keys(duty, now))
        rows = list(left.select_related("ticket").select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH])
        by_key = {row.pk: row for row in rows}
        return all_or_each(duty, Notification, list(by_key), lambda keys: _hand_all_on([by_key[key] for key in keys], gone, now), now)


def _hand_all_on(rows: Sequence[Notification], gone: Sequence[int], now: datetime) -> int:
    for row in rows:
        _hand_on(row, row.ticket.assignee_id if row.ticket.assignee_id not in gone else None, now)
    Notification.objects.bulk_update(rows, ["recipient", "audience", "state", "not_before", "handed_on_at", "last_error", "attempts"])
    return len(rows)


def _former_staff() -> QuerySet[User]:
    """People who worked at the desk and no longer do: deactivated, or in none of its groups."""
    here = User.objects.filter(is_active=True, groups__name__in=STAFF_ROLES)
    worked = Q(groups__name__in=STAFF_ROLES) | Q(staff_profile__isnull=False)
    return User.objects.filter(worked).exclude(pk__in=here).exclude(is_service=True).order_by("pk").distinct()


def _hand_on(row: Notification, person: int | None, now: datetime) -> None:
    row.handed_on_at, row.recipient_id = now, person
    row.audience = "" if person is not None else Role.AGENT
    if person is None or row.state not in TO_SEND:
        row.state = State.SHOWN
    else:
        row.state, row.not_before, row.last_error, row.attempts = State.PENDING, now, "", 0
