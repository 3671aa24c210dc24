"""The clock's door: duties that run by themselves, from Celery beat, from cron, or by hand with `manage.py tick`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from sla.policies import current

from tickets.case import Calendars, Case, save_all
from tickets.adapters import call_waiting_adapters
from tickets.background import RoomTask
from tickets.delivery import deliver_waiting
from tickets.models import Ticket, Timer
from tickets.operations.escalating import lapse_hold
from tickets.operations.settling import settle
from tickets.workflow import Status

BATCH = 500


def fire_due_timers(now: datetime) -> int:
    """Settle every ticket with something due, in batches until none is left. How many timers fired.

    Two sweeps at once share the work: each skips what the other has locked. A sweep killed half-way loses nothing:
    a batch is one transaction, and what was not committed is still due.
    """
    fired = 0
    while (count := _fire_batch(now)) is not None:
        fired += count
    return fired


def _fire_batch(now: datetime) -> int | None:
    """One transaction of at most BATCH tickets; None when nothing is left that is not locked by another."""
    with transaction.atomic():
        due = Timer.objects.filter(next_at__lte=now).values("ticket").annotate(first=Min("next_at"))
        ids = [row["ticket"] for row in due.order_by("first")[:BATCH]]
        tickets = list(Ticket.objects.filter(pk__in=ids).order_by("pk").select_for_update(skip_locked=True))
        if not tickets:
            return None
        cases = _cases(tickets, now)
        before = sum(_waiting(case, now) for case in cases)
        for case in cases:
            settle(case)
        save_all(cases)
        return before


def _cases(tickets: list[Ticket], now: datetime) -> list[Case]:
    by_ticket: dict[int, list[Timer]] = {ticket.pk: [] for ticket in tickets}
    for timer in Timer.objects.filter(ticket__in=tickets):
        by_ticket[timer.ticket_id].append(timer)
    calendars = Calendars()
    return [Case(ticket, now, timers=by_ticket[ticket.pk], calendars=calendars) for ticket in tickets]


def _waiting(case: Case, now: datetime) -> int:
    return sum(1 for timer in case.timers if timer.next_at is not None and timer.next_at <= now)


def send_notifications(now: datetime) -> int:
    """Send what waits, and what a dead worker left. How many were sent."""
    return deliver_waiting(now)


def call_adapters(now: datetime) -> int:
    """Call the freeze adapter for freezes whose call was lost or failed. How many calls."""
    return call_waiting_adapters(now)


def discard_old_drafts(now: datetime) -> int:
    """Drafts never filed are deleted after the policy's days. How many."""
    oldest = now - timedelta(days=current(now).draft_days)
    old = Ticket.objects.filter(status=Status.DRAFT, updated_at__lt=oldest)
    return sum(1 for ticket in old.order_by("pk")[:BATCH] if ticket.delete())


def end_lapsed_holds(now: datetime) -> int:
    """A police hold that was not renewed ends. How many."""
    lapsed = Ticket.objects.filter(legal_hold_until__lte=now).order_by("pk").values_list("pk", flat=True)[:BATCH]
    return sum(lapse_hold(pk, now) for pk in lapsed)


DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "timers fired": fire_due_timers,
    "holds ended": end_lapsed_holds,
    "drafts discarded": discard_old_drafts,
    "adapter calls": call_adapters,
    "notifications sent": send_notifications,
}


@shared_task(base=RoomTask, name="tickets.fire_due_timers")
def fire_due_timers_task() -> None:
    """Beat: warnings, breaches and transitions."""
    fire_due_timers(timezone.now())


@shared_task(base=RoomTask, name="tickets.send_notifications")
def send_notifications_task() -> None:
    """Beat: what waits to be sent."""
    send_notifications(timezone.now())


@shared_task(base=RoomTask, name="tickets.housekeeping")
def housekeeping_task() -> None:
    """Beat: adapters, drafts, holds."""
    now = timezone.now()
    for duty in (call_adapters, discard_old_drafts, end_lapsed_holds):
        duty(now)
