"""Reading tickets: every read starts at visible_to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.roles import is_staff_member
from tickets.workflow import Status

if TYPE_CHECKING:
    from accounts.models import User

NOT_OPEN = [Status.DRAFT.value, Status.RESOLVED.value, Status.CLOSED.value]


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TicketQuerySet:
        """The owner sees their own, drafts included; the five groups and adapters see every filed one."""
        if not user.is_authenticated:
            return self.none()
        if is_staff_member(user):
            return self.filter(~Q(status=Status.DRAFT) | Q(owner=user))
        return self.filter(owner=user)

    def in_queue(self) -> TicketQuerySet:
        """Filed and neither resolved nor closed. The condition of the covering index ticket_open_queue."""
        return self.exclude(status__in=NOT_OPEN)

    def by_next_breach(self) -> TicketQuerySet:
        return self.order_by(models.F("due_at").asc(nulls_last=True), "id")

    def breached(self, now: datetime) -> TicketQuerySet:
        """An operator deadline passed, whether or not a sweep has seen it."""
        return self.filter(Exists(self._overrun(now)))

    def not_breached(self, now: datetime) -> TicketQuerySet:
        return self.exclude(Exists(self._overrun(now)))

    def _overrun(self, now: datetime) -> models.QuerySet:
        timers = apps.get_model("tickets", "Timer").objects
        running_late = Q(stopped_at=None, cancelled=False, paused_at=None, due_at__lt=now)
        stopped_late = Q(stopped_at__gt=models.F("due_at"), cancelled=False)
        late = Q(overrun_at__isnull=False) | running_late | stopped_late
        return timers.filter(late, ticket=OuterRef("pk"), binds="operator")


class HistoryQuerySet(models.QuerySet):
    def of(self, ticket: Any, reader: User) -> HistoryQuerySet:
        """What was said or happened on it. Internal lines are among colleagues, and the owner is none on a case of their own."""
        rows = self.filter(ticket=ticket)
        colleague = is_staff_member(reader) and ticket.owner_id != reader.pk
        return rows if colleague else rows.filter(visibility="public")
