"""The unit of work: one locked ticket with its timers and children, changed in memory, written once.

An operation and a sweep of five hundred use the same code: they collect rows on cases, and `save_all` writes them in a few statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from django.db import models

from accounts.roles import Role, roles_of
from lib.background import enqueue
from lib.bulk_sql import Row, insert_rows, update_rows
from sla.calendars import WorkCalendar
from sla.policies import PolicySnapshot, snapshot
from tickets.cases.proofs import prove
from tickets.cases.shared_reads import SharedReads
from tickets.models import (
    BillFinding,
    ClaimRaise,
    Decision,
    Escalation,
    Event,
    EvidenceRequest,
    Freeze,
    Notification,
    OrderReference,
    Refund,
    Representation,
    Tagging,
    Ticket,
    Timer,
    Transfer,
    Visibility,
)
from tickets.models.querysets import is_staff_not_owner
from tickets.policy.playbooks import Playbook, playbooks
from tickets.workflow import STAGE_OF, WAITING_ON, Status, is_move

if TYPE_CHECKING:
    from accounts.models import User

# An item of the vault, whose model this room does not know.
Item: TypeAlias = Any
# What the clock alone may change on a ticket.
SWEPT_FIELDS = (
    "status", "stage", "waiting_on", "cycle", "version", "last_seq", "refund_tier", "late_claim", "police_cooperation",
    "due_at", "due_key", "unanswered_since", "closed_at", "close_reason", "updated_at",
)  # fmt: skip
# What the desk's acts on many tickets at once change besides.
SAVED_BY_BULK_ACTIONS = ("assignee", "evidence_need", "evidence_have")
# What settling a ticket may read or move.
PREFETCH_FOR_SWEEP = ("timers", "decisions", "escalations", "evidence_requests", "freezes")
READ_AS_THEY_ARE = (
    "freezes", "decisions", "escalations", "evidence", "order_references", "complained_about", "bill_findings", "taggings",
    "refunds", "claim_raises", "transfers",
)  # fmt: skip
TIMER_FIELDS = (
    "started_at", "due_at", "amount", "paused_at", "remaining", "stopped_at", "held_since", "held_until", "cancelled", "overrun_at",
    "warn_at", "warned", "next_at", "provisional", "basis",
)  # fmt: skip
FIRED_FIELDS = ("stopped_at", "overrun_at", "warned", "next_at")


class FiringTicket(Protocol):
    """What a warning or a breach needs to know of its ticket. A sweep reads no more of the row than this."""

    last_seq: int

    @property
    def pk(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def owner_id(self) -> int: ...
    @property
    def assignee_id(self) -> int | None: ...
    @property
    def policy_id(self) -> str: ...


class FiringCase:
    """As much of a case as a timer needs that tells people and moves nothing: the ticket's few facts and the timers that are due.

    `now` is when it runs, `at` the instant it counts from (earlier for the clock), `asked_at` when the customer first asked for it,
    where that was before there was a case.
    """

    ticket: FiringTicket

    def __init__(
        self, ticket: FiringTicket, now: datetime, actor: User | None = None, *, timers: Iterable[Timer], shared: SharedReads | None = None
    ) -> None:
        self.ticket = ticket
        self.now = self.at = now
        self.asked_at: datetime | None = None
        self.actor = actor
        self.by_clock = False
        self.on_behalf: dict[str, object] = {}  # while an agent does an act of the customer's: what its events say of that
        self.timers: list[Timer] = list(timers)
        self.shared = shared or SharedReads()
        self.events: list[dict[str, object]] = []
        self.notices: list[Row] = []
        self.new_rows: list[models.Model] = []
        self.written_rows: list[models.Model] = []  # by the operation itself: the event of it proves them as it does those above
        self.gone_rows: list[models.Model] = []
        self.dirty_timers: set[int] = set()

    @cached_property
    def policy(self) -> PolicySnapshot:
        return snapshot(self.ticket.policy_id)

    @property
    def calendar(self) -> WorkCalendar:
        return self.shared.calendar_of(self.policy.zone)

    def record(self, kind: str, data: Mapping[str, object] | None = None, *, internal: bool = False, from_status: str = "") -> None:
        """Append one event. It stands at `at`, was written at `now`, and belongs to the actor (none: the clock)."""
        self.ticket.last_seq += 1
        event: dict[str, object] = {
            "ticket_id": self.ticket.pk,
            "seq": self.ticket.last_seq,
            "kind": kind,
            "actor_id": None if self.by_clock or self.actor is None else self.actor.pk,
            "at": self.at,
            "recorded_at": self.now,
            "from_status": from_status,
            "to_status": self.ticket.status if from_status else "",
            "data": {**(data or {}), **({} if self.by_clock else self.on_behalf)},
            "visibility": Visibility.INTERNAL if internal else Visibility.PUBLIC,
        }
        self.events.append(event)

    def mark(self, timer: Timer) -> None:
        """Note that a timer that is already a row has changed."""
        if timer.pk is not None:
            self.dirty_timers.add(timer.pk)


class Case(FiringCase):
    """A ticket during one operation, with all that hangs on it."""

    ticket: Ticket

    def __init__(
        self,
        ticket: Ticket,
        now: datetime,
        actor: User | None = None,
        *,
        timers: Iterable[Timer] | None = None,
        shared: SharedReads | None = None,
    ) -> None:
        super().__init__(ticket, now, actor, timers=ticket.timers.all() if timers is None else timers, shared=shared)
        self.replanned = self.changed = self.is_new = self.discarded = False
        self.search_words: list[str] = []
        self.answer: Ticket | None = None  # what the act answers with, where that is another ticket

    @classmethod
    def fresh(cls, ticket: Ticket, now: datetime, actor: User) -> Case:
        """Of a ticket that was made this moment: nothing hangs on it yet, so nothing need be read."""
        case = cls.of_rows(ticket, now, actor, defaultdict(list))
        case.is_new = True
        return case

    @classmethod
    def of_rows(cls, ticket: Ticket, now: datetime, actor: User | None, rows: Mapping[str, list[Any]]) -> Case:
        """Of a ticket with all that hangs on it, as tickets.cases.loading reads it: nothing more is asked."""
        case = cls(ticket, now, actor, timers=rows["timers"])
        case.requests = rows["evidence_requests"]
        for name in READ_AS_THEY_ARE:
            setattr(case, name, rows[name])
        case.security_tasks = frozenset(done.task for done in rows["security_tasks"] if done.proof)
        return case

    # ---- What it stands on
    @property
    def person(self) -> User:
        """The actor of an act that only a person can take. Raises LookupError for the clock."""
        if self.actor is None:
            raise LookupError("the clock has no name")
        return self.actor

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The actor's roles towards this ticket."""
        if self.actor is None:
            return frozenset()
        own = {Role.OWNER} if self.owner_acts or self.representation is not None else set()
        return roles_of(self.actor) | own

    @property
    def owner_acts(self) -> bool:
        """The owner themselves, not whoever acts for them."""
        return self.actor is not None and self.actor.pk == self.ticket.owner_id

    @cached_property
    def representation(self) -> Representation | None:
        """By which the actor acts for the owner, who has agreed. What proves who one is stays the owner's alone."""
        return Representation.objects.by_which(self.actor, self.ticket)

    @property
    def playbook(self) -> Playbook:
        return playbooks(self.ticket.policy_id)[self.ticket.category]

    @property
    def may_see_internal(self) -> bool:
        """Internal lines and decisions that wait are among colleagues: here neither the owner nor those complained about is one."""
        return is_staff_not_owner(self.ticket, self.person) and self.person not in self.complained_about

    @property
    def status(self) -> Status:
        return Status(self.ticket.status)

    @cached_property
    def freezes(self) -> list[Freeze]:
        return sorted(self.ticket.freezes.all(), key=lambda freeze: freeze.pk)

    @property
    def freeze(self) -> Freeze | None:
        return self.freezes[-1] if self.freezes else None

    @cached_property
    def decisions(self) -> list[Decision]:
        return sorted(self.ticket.decisions.all(), key=lambda decision: decision.pk)

    @property
    def decision(self) -> Decision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def waiting_decision(self) -> Decision | None:
        return next((d for d in self.decisions if d.state == Decision.State.AWAITING), None)

    @property
    def effective_decision(self) -> Decision | None:
        return next((d for d in reversed(self.decisions) if d.state == Decision.State.EFFECTIVE), None)

    @cached_property
    def escalations(self) -> list[Escalation]:
        return list(self.ticket.escalations.all())

    def open_escalation(self, target: str) -> Escalation | None:
        return next((e for e in self.escalations if e.target == target and e.is_open), None)

    def last_escalation(self, target: str) -> Escalation | None:
        return next((e for e in reversed(self.escalations) if e.target == target), None)

    @cached_property
    def transfers(self) -> list[Transfer]:
        return list(self.ticket.transfers.all())

    @cached_property
    def requests(self) -> list[EvidenceRequest]:
        return list(self.ticket.evidence_requests.all())

    @property
    def open_request(self) -> EvidenceRequest | None:
        return next((r for r in self.requests if r.answered_at is None and not r.expired), None)

    @cached_property
    def evidence(self) -> list[Item]:
        """Items of the vault that belong to this ticket, through the reverse relation, newest last."""
        return sorted(evidence_of(self.ticket).all(), key=lambda item: item.pk)

    @cached_property
    def order_references(self) -> list[OrderReference]:
        return list(self.ticket.order_references.all())

    @cached_property
    def complained_about(self) -> list[User]:
        return list(self.ticket.complained_about.all())

    @cached_property
    def bill_findings(self) -> list[BillFinding]:
        return list(self.ticket.bill_findings.select_related("bill"))

    @cached_property
    def refunds(self) -> list[Refund]:
        return list(self.ticket.refunds.all())

    @cached_property
    def claim_raises(self) -> list[ClaimRaise]:
        return list(self.ticket.claim_raises.all())

    @cached_property
    def taggings(self) -> list[Tagging]:
        return list(Tagging.objects.filter(ticket=self.ticket).select_related("tag"))

    @cached_property
    def security_tasks(self) -> frozenset[str]:
        """Those that count: ticked by the owner, freshly proven, or after a check of identity."""
        return frozenset(done.task for done in self.ticket.security_tasks.all() if done.proof)

    def move(self, target: Status, cause: str) -> None:
        """The one place that changes a status. Raises ValueError for an arrow the table does not draw."""
        if not is_move(self.ticket.status, target, cause):
            raise ValueError(f"{cause} does not lead from {self.ticket.status} to {target}")
        self.ticket.status = target
        self.ticket.stage, self.ticket.waiting_on = STAGE_OF[target], WAITING_ON[target]
        self.changed = True

    def refresh_due(self) -> None:
        """The earliest deadline of ours that is not stopped, missed or not, kept on the ticket for lists. Time alone changes
        nothing of it: what is overdue is what lies behind, whether or not a sweep has seen it."""
        first = min((timer for timer in self.timers if timer.is_owed), key=lambda timer: timer.due_at, default=None)
        self.ticket.due_at, self.ticket.due_key = (first.due_at, first.key) if first else (None, "")

    def save(self) -> None:
        """Write everything this operation collected. Inside the caller's transaction."""
        self.changed = True
        _prepare(self)
        self.ticket.save()
        _write_collected([self], TIMER_FIELDS)


def evidence_of(ticket: Ticket) -> Any:
    """The ticket's evidence through the reverse relation: this room does not know the vault's own."""
    return getattr(ticket, "evidence")  # noqa: B009 - the type checker does not know it either


def _prepare(case: Case) -> None:
    case.refresh_due()
    if case.changed:
        case.ticket.version += 1
        case.ticket.updated_at = case.now


def save_all(cases: Sequence[Case], more: Sequence[str] = ()) -> None:
    """Write what the clock did to many tickets, in a handful of statements. Inside the caller's transaction.

    `more` names fields that somebody else than the clock may have changed.
    """
    if not cases:
        return
    for case in cases:
        _prepare(case)
    update_rows(Ticket, [case.ticket for case in cases], (*SWEPT_FIELDS, *more))
    _write_collected(cases, TIMER_FIELDS if any(case.replanned for case in cases) else FIRED_FIELDS)


def save_fired_timers(cases: Sequence[FiringCase]) -> None:
    """Write warnings and breaches that moved no ticket. A deadline that was missed stays the first: nothing of its lists changes."""
    groups: dict[int, list[int]] = defaultdict(list)
    for case in cases:
        groups[len(case.events)].append(case.ticket.pk)
    _write_collected(cases, FIRED_FIELDS)
    for events, ids in groups.items():
        Ticket.objects.filter(pk__in=ids).update(last_seq=models.F("last_seq") + events)


def _write_collected(cases: Sequence[FiringCase], timer_fields: Sequence[str]) -> None:
    timers = [timer for case in cases for timer in case.timers]
    dirty = set().union(*(case.dirty_timers for case in cases))
    update_rows(Timer, [timer for timer in timers if timer.pk in dirty], timer_fields)
    Timer.objects.bulk_create([timer for timer in timers if timer.pk is None])
    _delete([row for case in cases for row in case.gone_rows])
    _write_children([row for case in cases for row in case.new_rows])
    for case in cases:
        prove(case.events, (*case.written_rows, *case.new_rows))
    insert_rows(Event, [event for case in cases for event in case.events])
    notices = [notice for case in cases for notice in case.notices]
    insert_rows(Notification, notices)
    _clear(cases)
    if any(notice["urgent"] and notice["state"] == Notification.State.PENDING for notice in notices):
        enqueue("tickets.deliver_notifications")
    if any(notice["to_channels"] for notice in notices):
        enqueue("tickets.deliver_to_channels")


def _delete(rows: Sequence[models.Model]) -> None:
    """Before what takes their place is written."""
    for model in dict.fromkeys(type(row) for row in rows):
        model._default_manager.filter(pk__in=[row.pk for row in rows if type(row) is model]).delete()


def _write_children(rows: Sequence[models.Model]) -> None:
    for row in rows:
        if row.pk is not None:
            row.save()
    fresh = [row for row in rows if row.pk is None]
    for model in dict.fromkeys(type(row) for row in fresh):
        model._default_manager.bulk_create([row for row in fresh if type(row) is model])


def _clear(cases: Iterable[FiringCase]) -> None:
    for case in cases:
        case.events, case.notices, case.new_rows, case.written_rows, case.gone_rows, case.dirty_timers = [], [], [], [], [], set()
