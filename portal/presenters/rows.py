"""A complaint as one line of a list: what it is, whose turn it is, the date that counts next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from lib.types import Context
from portal.presenters.timers import TONES
from tickets.models import Ticket, Timer, TimerState
from tickets.operations import look_at_all
from tickets.policy.playbooks import title_of
from tickets.workflow import TIMERS, Status


def rows(tickets: Iterable[Ticket]) -> list[Context]:
    """`tickets` come with their timers."""
    now, shown = timezone.now(), list(tickets)
    look_at_all(shown, now)
    return [_row(ticket, now) for ticket in shown]


def _row(ticket: Ticket, now: datetime) -> Context:
    return {
        "ticket": ticket,
        "title": title_of(ticket.policy_id, ticket.category),
        "tone": TONES.get(ticket.status, "info"),
        "url": reverse("portal:draft" if ticket.status == Status.DRAFT else "portal:ticket", args=[ticket.ref]),
        "timer": _next(ticket, now) if ticket.status != Status.DRAFT else None,
    }


def _next(ticket: Ticket, now: datetime) -> Timer | None:
    """What runs out first: the customer's own date while it is their turn, ours otherwise. A date that is held is none."""
    side = "customer" if ticket.waiting_on == "customer" else "operator"
    running = [t for t in ticket.timers.all() if t.state(now) == TimerState.RUNNING and not TIMERS[t.key].quiet and not t.is_held]
    mine = [timer for timer in running if timer.binds == side]
    return min(mine or running, key=lambda timer: timer.due_at, default=None)
