"""When the ground moves: days are published, a policy is replaced. A promise already made is never silently worsened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django.db import transaction

from accounts.models import User
from accounts.roles import Role, roles_of
from sla.durations import Clock, Due, Duration, compute_due
from sla.models import Policy
from sla.policies import PolicySnapshot, build_snapshot, snapshot
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.cases.shared_reads import SharedReads
from tickets.models import Ticket, Timer
from tickets.policy.playbooks import Playbook, playbooks, read_playbooks
from tickets.workflow import OPEN, TIMERS, Forbidden, Status


@dataclass(frozen=True)
class Move:
    """One deadline under another policy or calendar: what was promised, what it would be."""

    ref: str
    timer: str
    binds: str
    promised: datetime
    would_be: datetime

    @property
    def effective_due_at(self) -> datetime:
        """What holds afterwards: the desk's deadline never later than promised, the customer's window never shorter."""
        longer_is_better = self.binds == "customer" and not TIMERS[self.timer].opens_right
        return max(self.promised, self.would_be) if longer_is_better else min(self.promised, self.would_be)


@dataclass(frozen=True)
class Survey:
    """What re-basing would do. `refs`: the tickets looked at, the oldest first; `count`: all that are under other versions."""

    version: str
    count: int
    refs: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def remaining_count(self) -> int:
        return self.count - len(self.refs)

    @property
    def changed_moves(self) -> tuple[Move, ...]:
        """Those whose date becomes another. The others would become worse, and stay."""
        return tuple(move for move in self.moves if move.effective_due_at != move.promised)

    def by_timer(self) -> list[tuple[str, int, int, int]]:
        """Per timer: how many come earlier, how many come later, how many stay because their promise is the better one."""
        counted = Counter((move.timer, _direction(move)) for move in self.moves)
        keys = dict.fromkeys(move.timer for move in self.moves)
        return [(key, counted[key, "earlier"], counted[key, "later"], counted[key, "kept"]) for key in keys]


def _direction(move: Move) -> str:
    if move.effective_due_at == move.promised:
        return "kept"
    return "earlier" if move.effective_due_at < move.promised else "later"


def recompute_provisional(pk: int, now: datetime) -> int:
    """Recompute a ticket's provisional deadlines on the calendar as it is now; the customer hears when a date moves.

    How many moved. A date moves with a notice and keeps its old one in the history. Nothing is written when none moved.
    """
    with transaction.atomic():
        case = Case(Ticket.objects.select_for_update().get(pk=pk), now)
        waiting = [t for t in case.timers if t.provisional and t.is_live and t.paused_at is None and t.overrun_at is None]
        moved = sum(_recompute(case, timer) for timer in waiting)
        if case.dirty_timers:
            case.save()
    return moved


def _recompute(case: Case, timer: Timer) -> bool:
    result = count_again(case, timer)
    if result.due_at == timer.due_at and result.provisional:
        return False
    before = timer.due_at
    timers.replan(case, timer, result)
    if before == timer.due_at:
        return False
    data = {"timer": timer.key, "from": before.isoformat(), "to": timer.due_at.isoformat()}
    case.record("date_moved", data, internal=not TIMERS[timer.key].shown)
    notify(case, "date_moved", **data)
    return True


def count_again(case: Case, timer: Timer) -> Due:
    """The same count on the calendar as it is now."""
    counted = Duration(cast(Clock, timer.clock), timer.basis["amount"], timer.basis["roll"])
    result = compute_due(counted, datetime.fromisoformat(timer.basis["start"]), case.calendar, max_wd=case.policy.max_wd)
    return replace(result, basis={**timer.basis, **result.basis})


def provisional_moves(now: datetime, limit: int = 500) -> list[Move]:
    """Which provisional deadlines the calendar as it is now would move. Writes nothing; a fixed number of queries."""
    waiting = Timer.objects.filter(provisional=True, stopped_at=None, cancelled=False, paused_at=None, overrun_at=None)
    shared, found = SharedReads(), []
    for timer in waiting.select_related("ticket").order_by("due_at", "pk")[:limit]:
        fresh = count_again(Case(timer.ticket, now, timers=[timer], shared=shared), timer)
        if fresh.due_at != timer.due_at:
            found.append(Move(timer.ticket.ref, timer.key, timer.binds, timer.due_at, fresh.due_at))
    return found


def preview(version: str, *, limit: int = 500) -> list[Move]:
    """What re-basing the open tickets of other versions would move. Writes nothing. Raises PolicyNotPublished."""
    snapshot(version)
    return list(survey(Policy.objects.get(pk=version), limit=limit).moves)


def survey(policy: Policy, *, limit: int = 200) -> Survey:
    """The same with its counts, for a draft too: one may look before one publishes. A fixed number of queries."""
    target, books = (build_snapshot(policy), read_playbooks(policy.pk)) if policy.is_draft else (snapshot(policy.pk), playbooks(policy.pk))
    running = Ticket.objects.filter(status__in=OPEN).exclude(policy_id=policy.pk).exclude(status=Status.DRAFT)
    chosen = list(running.order_by("pk").prefetch_related("timers")[:limit])
    shared = SharedReads()
    moves = [move for row in chosen for move in _moves(Case(row, row.updated_at, shared=shared), target, books)]
    count = len(chosen) if len(chosen) < limit else running.count()
    return Survey(policy.pk, count, tuple(row.ref for row in chosen), tuple(moves))


def _moves(case: Case, target: PolicySnapshot, books: Mapping[str, Playbook]) -> list[Move]:
    found = []
    for timer in case.timers:
        duration = _under(case, timer, target, books)
        if duration is not None and duration != timers.duration_of(timer):
            fresh = compute_due(duration, datetime.fromisoformat(timer.basis["start"]), case.calendar, max_wd=target.max_wd)
            found.append(Move(case.ticket.ref, timer.key, timer.binds, timer.due_at, fresh.due_at))
    return found


def _under(case: Case, timer: Timer, target: PolicySnapshot, books: Mapping[str, Playbook]) -> Duration | None:
    """The timer's duration under the other policy; None where re-basing leaves it alone."""
    if (
        not TIMERS[timer.key].rebases
        or not timer.is_live
        or timer.overrun_at is not None
        or timer.paused_at is not None
        or timer.basis.get("pause")
    ):
        return None
    spec = target.timers.get(timer.key)
    if spec is None or timer.amount in spec.extensions:
        return None
    if not TIMERS[timer.key].by_category:
        return spec.duration
    category = books.get(case.ticket.category)
    amount = category.review_wd(timer.key) if category else None
    return replace(spec.duration, amount=amount) if amount else None


def rebase(actor: User, refs: Sequence[str], version: str, now: datetime) -> list[Move]:
    """Put these tickets under another published policy. Each moved deadline is recorded; none becomes later than promised.

    Raises Forbidden unless the actor is a supervisor, PolicyNotPublished.
    """
    if Role.SUPERVISOR not in roles_of(actor):
        raise Forbidden
    target = snapshot(version)
    return [move for ref in sorted(refs) for move in _rebase_one(actor, ref, target, now)]


def _rebase_one(actor: User, ref: str, target: PolicySnapshot, now: datetime) -> list[Move]:
    with transaction.atomic():
        ticket = Ticket.objects.visible_to(actor).select_for_update(of=("self",)).filter(ref=ref).first()
        if ticket is None or ticket.policy_id == target.version or ticket.status not in OPEN:
            return []
        case = Case(ticket, now, actor)
        books = playbooks(target.version)
        moves = _moves(case, target, books)
        for move in moves:
            timer = timers.live(case, move.timer)
            if timer is not None and move.effective_due_at != timer.due_at:
                duration = _under(case, timer, target, books) or timers.duration_of(timer)
                timer.amount = duration.amount
                timers.replan(
                    case, timer, compute_due(duration, datetime.fromisoformat(timer.basis["start"]), case.calendar, max_wd=target.max_wd)
                )
        data = {"from": ticket.policy_id, "to": target.version, "moved": [_move_data(move) for move in moves]}
        ticket.policy_id = target.version
        case.record("policy_rebased", data)
        if any(move.effective_due_at != move.promised for move in moves):
            notify(case, "policy_rebased")
        case.save()
    return moves


def _move_data(move: Move) -> dict[str, str]:
    return {"timer": move.timer, "promised": move.promised.isoformat(), "kept": move.effective_due_at.isoformat()}
