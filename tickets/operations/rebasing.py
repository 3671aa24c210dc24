"""When the ground moves: days are published, a policy is replaced. A promise already made is never silently worsened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django.db import transaction

from accounts.models import User
from accounts.roles import Role, roles_of
from sla.durations import Clock, Duration, due
from sla.policies import PolicySnapshot, snapshot
from tickets import timers
from tickets.case import Case
from tickets.errors import Forbidden
from tickets.models import Ticket, Timer
from tickets.notifications import notify
from tickets.playbooks import playbooks
from tickets.vocabulary import REVIEW_TIMERS
from tickets.workflow import OPEN, Status

# Windows of the customer whose end opens something for them.
OPENS_A_RIGHT = frozenset({"auto_reversal_wait", "withdrawal_arrival"})


@dataclass(frozen=True)
class Move:
    """One deadline under another policy or calendar: what was promised, what it would be."""

    ref: str
    timer: str
    binds: str
    promised: datetime
    would_be: datetime

    @property
    def kept(self) -> datetime:
        """What holds afterwards: the desk's deadline never later than promised, the customer's window never shorter."""
        longer_is_better = self.binds == "customer" and self.timer not in OPENS_A_RIGHT
        return max(self.promised, self.would_be) if longer_is_better else min(self.promised, self.would_be)


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
    counted = Duration(cast(Clock, timer.clock), timer.basis["amount"], timer.basis["roll"])
    since = datetime.fromisoformat(timer.basis["start"])
    result = due(counted, since, case.calendar, max_wd=case.policy.max_wd)
    result = replace(result, basis={**timer.basis, **result.basis})
    if result.due_at == timer.due_at and result.provisional:
        return False
    before = timer.due_at
    timers.replan(case, timer, result)
    if before == timer.due_at:
        return False
    data = {"timer": timer.key, "from": before.isoformat(), "to": timer.due_at.isoformat()}
    case.record("date_moved", data, internal=timer.key == "review_target")
    notify(case, "date_moved", **data)
    return True


def preview(version: str, *, limit: int = 500) -> list[Move]:
    """What re-basing the open tickets of other versions would move. Writes nothing. Raises PolicyNotPublished."""
    target = snapshot(version)
    tickets = Ticket.objects.filter(status__in=OPEN).exclude(policy_id=version).exclude(status=Status.DRAFT)
    chosen = tickets.order_by("pk").prefetch_related("timers")[:limit]
    return [move for ticket in chosen for move in _moves(Case(ticket, ticket.updated_at), target)]


def _moves(case: Case, target: PolicySnapshot) -> list[Move]:
    found = []
    for timer in case.timers:
        duration = _under(case, timer, target)
        if duration is not None and duration != timers.duration_of(timer):
            fresh = due(duration, datetime.fromisoformat(timer.basis["start"]), case.calendar, max_wd=target.max_wd)
            found.append(Move(case.ticket.ref, timer.key, timer.binds, timer.due_at, fresh.due_at))
    return found


def _under(case: Case, timer: Timer, target: PolicySnapshot) -> Duration | None:
    """The timer's duration under the other policy; None where re-basing leaves it alone."""
    if not timer.is_live or timer.overrun_at is not None or timer.paused_at is not None or timer.basis.get("pause"):
        return None
    spec = target.timers.get(timer.key)
    if spec is None or timer.amount in spec.extensions:
        return None
    if timer.key not in REVIEW_TIMERS:
        return spec.duration
    category = playbooks(target.version).get(case.ticket.category)
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
        if ticket is None or ticket.policy_id == target.version:
            return []
        case = Case(ticket, now, actor)
        moves = _moves(case, target)
        for move in moves:
            timer = timers.live(case, move.timer)
            if timer is not None and move.kept != timer.due_at:
                duration = _under(case, timer, target) or timers.duration_of(timer)
                timer.amount = duration.amount
                timers.replan(case, timer, due(duration, datetime.fromisoformat(timer.basis["start"]), case.calendar, max_wd=target.max_wd))
        data = {"from": ticket.policy_id, "to": target.version, "moved": [_shown(move) for move in moves]}
        ticket.policy_id = target.version
        case.record("policy_rebased", data)
        if any(move.kept != move.promised for move in moves):
            notify(case, "policy_rebased")
        case.save()
    return moves


def _shown(move: Move) -> dict[str, str]:
    return {"timer": move.timer, "promised": move.promised.isoformat(), "kept": move.kept.isoformat()}
