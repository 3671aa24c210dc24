"""A notice to a group becomes one for each member who may hear of it; one to an owner has a copy for whoever may read their letters."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.db.models import F

from accounts.models import User
from lib.duties.setting_aside import all_or_each, waiting_keys
from tickets.models import Notification, Representation, Ticket

log = logging.getLogger(__name__)

State = Notification.State
BATCH = 200
DUTY = "tickets.turn_to_members"


def turn_to_members(now: datetime) -> None:
    """An urgent notice to a group becomes one for each active member; the group's own row stays for the desk."""
    while True:
        with transaction.atomic():
            to_groups = Notification.objects.filter(state=State.PENDING, not_before__lte=now, recipient=None).order_by("not_before", "id")
            free = to_groups.exclude(pk__in=waiting_keys(DUTY, now))
            rows = {row.pk: row for row in free.select_for_update(skip_locked=True)[:BATCH]}
            if not rows:
                return
            all_or_each(DUTY, Notification, list(rows), partial(_turn, rows), now)


def copy_to_representatives(now: datetime) -> None:
    """Of what waits for its owner, whoever put it down: the clock too. A copy says of whom it is one, so that there is never a second."""
    wanted = Representation.objects.live().filter(letters=True)
    with transaction.atomic():
        waiting = Notification.objects.filter(state=State.PENDING, recipient=F("ticket__owner"), ticket__in=wanted.values("ticket"))
        rows = list(waiting.exclude(data__has_key="copied").select_for_update(skip_locked=True, of=("self",)).order_by("id")[:BATCH])
        people = list(wanted.filter(ticket__in={row.ticket_id for row in rows})) if rows else []
        Notification.objects.bulk_create([_copy_for(row, each.person_id) for row in rows for each in people if _is_for(each, row)])
        for row in rows:
            row.data = {**row.data, "copied": True}
        Notification.objects.bulk_update(rows, ["data"])


def _is_for(each: Representation, row: Notification) -> bool:
    """Not what was told before the owner agreed."""
    return each.ticket_id == row.ticket_id and each.agreed_at is not None and each.agreed_at < row.created_at


def _copy_for(row: Notification, person_id: int) -> Notification:
    names = ("ticket_id", "kind", "urgent", "state", "created_at", "not_before")
    return Notification(
        recipient_id=person_id, data={**row.data, "to_representative": True}, **{name: getattr(row, name) for name in names}
    )


def _turn(rows: Mapping[int, Notification], keys: Sequence[int]) -> int:
    Notification.objects.bulk_create([copy for key in keys for copy in _copies(rows[key])])
    return Notification.objects.filter(pk__in=keys).update(state=State.SHOWN)


def _copies(row: Notification) -> list[Notification]:
    about = Ticket.complained_about.through.objects.filter(ticket=row.ticket_id)
    others = User.objects.exclude(pk__in=about.values("user")).exclude(pk=row.ticket.owner_id)  # what a group hears is among colleagues
    members = list(others.filter(groups__name=row.audience, is_active=True).order_by("pk"))
    called = set(_called_by_name(row)) if members else set()
    copies = [_copy(row, member) for member in members if member.pk not in called]
    if not members:
        log.error("Notice %s of kind %s: nobody is in the group %s", row.pk, row.kind, row.audience)
    return copies


def _called_by_name(row: Notification) -> models.QuerySet[Notification, int | None]:
    """Whoever is on call has a notice of their own of the very same news: one letter is enough."""
    same = Notification.objects.filter(ticket=row.ticket_id, kind=row.kind, created_at=row.created_at, data__on_call=True)
    return same.values_list("recipient", flat=True)


def _copy(row: Notification, member: User) -> Notification:
    """`audience` stays, so that the desk can tell a member's copy from the group's row."""
    names = ("ticket_id", "audience", "kind", "data", "urgent", "state", "created_at", "not_before")
    return Notification(recipient=member, to_channels=True, **{name: getattr(row, name) for name in names})
