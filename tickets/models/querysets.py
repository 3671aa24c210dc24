"""Reading tickets: every read starts at visible_to."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lag

from accounts.roles import is_narrow_machine, is_staff_member
from tickets.workflow import PRESSING, Status

if TYPE_CHECKING:
    from accounts.models import User

REFERENCE = re.compile(r"P-(?P<day>[0-9]{8})-(?P<pk>[0-9]{3,12})")
NOT_OPEN = [Status.DRAFT.value, Status.RESOLVED.value, Status.CLOSED.value]
# Also what is over, as long as a clock of ours runs on it: a freeze to lift outlives its complaint. A draft has no such clock.
IN_QUEUE = ~Q(status__in=NOT_OPEN) | Q(due_at__isnull=False)


class _HasOwner(Protocol):
    """As much of a ticket as its reading asks about."""

    @property
    def pk(self) -> int: ...
    @property
    def owner_id(self) -> int: ...


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TicketQuerySet:
        """The owner sees their own, drafts included, and those whose owner lets them act; the five groups see every filed one, and so do
        adapters, as far as the scopes of their token reach."""
        if not user.is_authenticated:
            return self.none()
        if is_staff_member(user):
            filed = self.filter(~Q(status=Status.DRAFT) | Q(owner=user))
            return filed.filter(_reach_of_machine(user)) if is_narrow_machine(user) else filed
        return self.filter(pk__in=self._own_or_represented(user)) if user.follows_others else self.filter(owner=user)

    def _own_or_represented(self, user: User) -> models.QuerySet:
        """Two indexes, each asked by itself: an OR would read every complaint."""
        theirs = apps.get_model("tickets", "Representation").objects.live().filter(person=user).values_list("ticket")
        return self.model._base_manager.filter(owner=user).values_list("pk").union(theirs)

    def of_others(self, person: User) -> TicketQuerySet:
        """In which this person has no part: neither owner nor complained about."""
        return self.exclude(owner=person).exclude(complained_about=person)

    def still_open(self) -> TicketQuerySet:
        """Filed and neither resolved nor closed."""
        return self.exclude(status__in=NOT_OPEN)

    def in_queue(self) -> TicketQuerySet:
        """Open, or the desk still owes something on it. The condition of the covering index ticket_of_queue."""
        return self.filter(IN_QUEUE)

    def overdue(self, now: datetime) -> TicketQuerySet:
        """A deadline of ours is missed and not stopped: the first of them is due_at, whether or not a sweep has seen it."""
        return self.filter(due_at__lt=now)

    def lacking_answer(self) -> TicketQuerySet:
        """The customer has written and no person has answered: closed ones too."""
        return self.filter(unanswered_since__isnull=False)

    def asking_the_desk(self) -> TicketQuerySet:
        """Whoever else is waited for, somebody here has something to do."""
        return self.filter(Q(waiting_on="agent") | Q(unanswered_since__isnull=False) | Q(due_key__in=PRESSING))

    def by_next_breach(self) -> TicketQuerySet:
        return self.order_by(models.F("due_at").asc(nulls_last=True), "id")

    def with_breach(self, now: datetime) -> TicketQuerySet:
        """An operator deadline passed, whether or not a sweep has seen it."""
        return self.filter(Exists(self._overrun(now)))

    def without_breach(self, now: datetime) -> TicketQuerySet:
        return self.exclude(Exists(self._overrun(now)))

    def _overrun(self, now: datetime) -> models.QuerySet:
        timers = apps.get_model("tickets", "Timer").objects
        running_late = Q(stopped_at=None, cancelled=False, paused_at=None, due_at__lt=now)
        stopped_late = Q(stopped_at__gt=models.F("due_at"), cancelled=False)
        late = Q(overrun_at__isnull=False) | running_late | stopped_late
        return timers.filter(late, ticket=OuterRef("pk"), binds="operator")


def _reach_of_machine(user: User) -> Q:
    """What its scopes let it do, it can read: what it filed, what is frozen, what is to be paid, whose identity is checked."""
    scopes, reach = user.token_scopes or frozenset(), Q(pk__in=())
    if "tickets:file" in scopes:
        reach |= Q(filed_by=user)
    if "freezes:write" in scopes:
        reach |= Q(pk__in=apps.get_model("tickets", "Freeze").objects.values("ticket"))
    if "remedies:confirm" in scopes:
        reach |= Q(pk__in=apps.get_model("tickets", "Remedy").objects.values("decision__ticket"))
    if "identity:write" in scopes:
        reach |= ~Q(status__in=NOT_OPEN)
    return reach


def is_staff_not_owner(ticket: _HasOwner, reader: User) -> bool:
    """Internal lines are among colleagues, and the owner is none on a case of their own."""
    return is_staff_member(reader) and ticket.owner_id != reader.pk


class HistoryQuerySet(models.QuerySet):
    def of(self, ticket: _HasOwner, reader: User) -> HistoryQuerySet:
        """What was said or happened on it, as far as it is the reader's to know."""
        return self.on(ticket.pk, reader.pk, is_staff_not_owner(ticket, reader))

    def on(self, ticket_id: int, reader_id: int, colleague: bool) -> HistoryQuerySet:
        """`colleague`: as among_colleagues says. Those complained about read what is public, whatever else they are."""
        public = Q(visibility="public")
        about = apps.get_model("tickets", "Ticket").complained_about.through.objects.filter(ticket=ticket_id, user=reader_id)
        return self.filter(public | Q(~Exists(about)) if colleague else public, ticket=ticket_id)

    def seen_by(self, reader: User) -> HistoryQuerySet:
        """Over all complaints: what `of` would show on each that the reader may see."""
        public = Q(visibility="public")
        if not is_staff_member(reader):
            return self.filter(public, ticket__owner=reader)
        if is_narrow_machine(reader):
            return self.filter(ticket__in=apps.get_model("tickets", "Ticket").objects.visible_to(reader))
        about = apps.get_model("tickets", "Ticket").complained_about.through.objects.filter(ticket=OuterRef("ticket_id"), user=reader.pk)
        own = Q(ticket__owner=reader)
        return self.filter(~Q(ticket__status=Status.DRAFT) | own).filter(public | (~own & ~Q(Exists(about))))

    def settled_until(self, now: datetime) -> int:
        """The number up to which nothing can appear any more: numbers are given out before the commit, so the first hole among those
        of the last minute may be a line on its way. No transaction that writes history lasts longer. SQLite has one writer."""
        newest = self.aggregate(newest=models.Max("pk"))["newest"] or 0
        if connection.vendor == "sqlite":
            return newest
        old = self.filter(recorded_at__lt=now - timedelta(minutes=1)).aggregate(newest=models.Max("pk"))["newest"] or 0
        before = models.Window(Lag("pk"), order_by=models.F("pk").asc())
        holes = self.filter(pk__gte=old).annotate(before=before).filter(before__lt=models.F("pk") - 1)
        return holes.order_by("pk").values_list("before", flat=True).first() or newest


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> IncidentQuerySet:
        """The desk's. Customers are told of one by a banner or by a message, never by its row."""
        return self.all() if user.is_authenticated and is_staff_member(user) else self.none()

    def by_ref(self, ref: str) -> IncidentQuerySet:
        """The one that a reference names, or none."""
        found = REFERENCE.fullmatch(ref)
        return self.filter(pk=int(found["pk"]), day=_day(found["day"])) if found else self.none()

    def on_banner(self) -> IncidentQuerySet:
        """What everybody may read on the front page, the latest first."""
        return self.filter(state="open", banner=True).order_by("-id")


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
