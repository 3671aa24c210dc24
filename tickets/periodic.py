"""The clock's door: duties that run by themselves, from Celery beat, from cron, or by hand with `manage.py tick`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from lib.background import RoomTask
from lib.duties.running import run_duties, run_duty
from lib.duties.setting_aside import all_or_each, each_key, each_row, keys_to_retry, name_of, waiting_keys
from sla.models import PROVISIONAL, CalendarDay
from sla.policies import current
from tickets.cases.case import PREFETCH_FOR_SWEEP, Case, FiringCase, evidence_of, save_all, save_fired_timers
from tickets.cases.shared_reads import SharedReads
from tickets.delivery.deliveries import put_onto_channels, send_some
from tickets.delivery.freeze_adapter import call_waiting_adapters
from tickets.delivery.sending import deliver_waiting
from tickets.incidents.detection import suggest_incidents
from tickets.incidents.mass_actions import carry_incident_runs
from tickets.incidents.notices import join_late_arrivals, send_incident_notices
from tickets.models import Ticket, Timer
from tickets.operations.backfill_evidence_counts import take_missing_stock
from tickets.operations.binding import bind_proven_contacts
from tickets.operations.escalating import lapse_hold
from tickets.operations.expiry import moves, settle
from tickets.operations.forget_accounts import forget_accounts
from tickets.operations.freeze_requests import forget_freeze_requests
from tickets.operations.rebasing import recompute_provisional
from tickets.operations.reference_numbers import begin_day
from tickets.operations.unsent import forget_unsent
from tickets.reports.registry import count_usual
from tickets.staffing.notices_of_the_gone import hand_on_notices
from tickets.staffing.reassignment import assign_waiting
from tickets.workflow import Status

BATCH = 500
# Of a sweep of timers, so that nobody waits for it longer: the next one begins where it ended.
RUN = timedelta(seconds=25)
# A sweep killed half-way keeps the next one waiting for so long.
LEASE = timedelta(seconds=30)
# Of letters: as long as their queue lets one run take.
LONG_LEASE = timedelta(minutes=9)
# What a warning or a breach needs to know of its timer.
FIRING_FIELDS = (
    "id", "ticket_id", "key", "cycle", "binds", "due_at", "next_at", "stopped_at", "paused_at", "held_since", "held_until", "cancelled",
    "overrun_at", "warn_at", "warned",
)  # fmt: skip


SweepRow = tuple[Any, ...]


@dataclass
class SweepTicket:
    """A FiringTicket: the model's own instance takes three times as long to read."""

    id: int
    status: str
    last_seq: int
    owner_id: int
    assignee_id: int | None
    policy_id: str

    @property
    def pk(self) -> int:
        return self.id


def fire_due_timers(now: datetime) -> int:
    """Settle every ticket with something due, in batches until none is left or the time is up. How many timers fired.

    Two sweeps at once share the work: each skips what the other has locked. A sweep killed half-way loses nothing:
    a batch is one transaction, and what was not committed is still due. A ticket that cannot be settled is set aside.
    """
    began, duty = timezone.now(), name_of(fire_due_timers)
    fired = each_key(duty, Ticket, map(int, keys_to_retry(duty, now)), lambda pk: _fire_one(pk, now), now)
    aside = waiting_keys(duty, now)
    while timezone.now() - began < RUN and (count := _fire_batch(now, aside)) is not None:
        fired += count
    return fired


def _fire_batch(now: datetime, aside: list[str]) -> int | None:
    """One transaction of at most BATCH tickets; None when nothing is left that is not locked by another. Those that cannot be
    settled join `aside`."""
    duty = name_of(fire_due_timers)
    with transaction.atomic():
        # A row per due timer, found through the index on next_at: what a batch costs does not grow with the backlog.
        due = Ticket.objects.filter(timers__next_at__lte=now).order_by("timers__next_at")
        rows = _lock_rows(due.exclude(pk__in=aside) if aside else due)
        if not rows:
            return None
        by_key = {row[0]: row for row in rows}
        fired = all_or_each(duty, Ticket, list(by_key), lambda keys: _fire([by_key[key] for key in keys], now), now)
        aside.extend(waiting_keys(duty, now))
        return fired


def _lock_rows(due: QuerySet[Ticket]) -> list[SweepRow]:
    locked = due.select_for_update(of=("self",), skip_locked=True)
    return list(locked.values_list(*(field.name for field in fields(SweepTicket)))[:BATCH])


def _fire_one(pk: int, now: datetime) -> int:
    with transaction.atomic():
        return _fire(_lock_rows(Ticket.objects.filter(pk=pk)), now)


def _fire(rows: Iterable[SweepRow], now: datetime) -> int:
    """Everything due of these locked tickets."""
    tickets = {row[0]: SweepTicket(*row) for row in rows}
    due = _due_timers(tickets, now)
    moving = {timer.ticket_id for timer in due if moves(timer, now)}
    _fire_plainly([tickets[pk] for pk in tickets if pk not in moving], due, now)
    _settle_wholly(moving, now)
    return len(due)


def _due_timers(tickets: Iterable[int], now: datetime) -> list[Timer]:
    """Read after the lock: what another sweep fired meanwhile is gone."""
    return list(Timer.objects.filter(ticket__in=list(tickets), next_at__lte=now).only(*FIRING_FIELDS))


def _fire_plainly(tickets: list[SweepTicket], due: list[Timer], now: datetime) -> None:
    """Warnings and breaches that move no ticket: only the due timers are read, the rest of the case is not needed."""
    by_ticket: dict[int, list[Timer]] = defaultdict(list)
    for timer in due:
        by_ticket[timer.ticket_id].append(timer)
    shared = SharedReads(by_ticket)
    cases = [FiringCase(ticket, now, timers=by_ticket[ticket.pk], shared=shared) for ticket in tickets if ticket.pk in by_ticket]
    for case in cases:
        settle(case)
    save_fired_timers(cases)


def _settle_wholly(ids: set[int], now: datetime) -> None:
    """Tickets that the clock moves: the whole case, as an operation would have it."""
    tickets = list(Ticket.objects.filter(pk__in=ids).prefetch_related(*PREFETCH_FOR_SWEEP))
    shared = SharedReads(ids)
    cases = [Case(ticket, now, shared=shared) for ticket in tickets]
    for case in cases:
        settle(case)
    save_all(cases)


def send_notifications(now: datetime) -> int:
    """Send what waits, and what a dead worker left. How many were sent."""
    return deliver_waiting(now)


def send_channel_messages(now: datetime) -> int:
    """Put onto channels what a lost task left, and send what waits there. How many were sent."""
    put_onto_channels(now)
    return send_some(now)


def call_adapters(now: datetime) -> int:
    """Call the freeze adapter for freezes whose call was lost or failed. How many calls."""
    return call_waiting_adapters(now)


def begin_days_numbers(now: datetime) -> int:
    """Where today's reference numbers begin, before anybody files. 1 on a new day."""
    return begin_day(now, current(now).zone)


def discard_old_drafts(now: datetime) -> int:
    """Drafts never filed are deleted after the policy's days. How many."""
    oldest = now - timedelta(days=current(now).draft_days)
    old = Ticket.objects.filter(status=Status.DRAFT, updated_at__lt=oldest, legal_hold_until=None)
    return each_row(name_of(discard_old_drafts), old.order_by("pk"), lambda pk: _discard(old, pk, now), now, BATCH)


def _discard(old: QuerySet[Ticket], pk: int, now: datetime) -> int:
    """1 when it is gone, 0 when its owner took it up again meanwhile."""
    with transaction.atomic():
        ticket = old.select_for_update().filter(pk=pk).first()
        if ticket is None:
            return 0
        evidence_of(ticket).log("deleted", by=None, at=now)
        ticket.delete()
    return 1


def recompute_provisional_dates(now: datetime) -> int:
    """Deadlines counted on days that were not published: once they are, they are counted again. How many moved."""
    published = CalendarDay.objects.exclude(source=PROVISIONAL).aggregate(last=Max("date"))["last"]
    if published is None:
        return 0
    end = datetime.combine(published + timedelta(days=1), time.max, tzinfo=UTC)
    waiting = Timer.objects.filter(provisional=True, stopped_at=None, cancelled=False, paused_at=None, overrun_at=None)
    ids = list(waiting.filter(due_at__lte=end).order_by("ticket").values_list("ticket", flat=True).distinct())
    return each_key(name_of(recompute_provisional_dates), Ticket, ids, lambda pk: recompute_provisional(pk, now), now)


def end_lapsed_holds(now: datetime) -> int:
    """A police hold that was not renewed ends. How many."""
    lapsed = Ticket.objects.filter(legal_hold_until__lte=now).order_by("pk")
    return each_row(name_of(end_lapsed_holds), lapsed, lambda pk: lapse_hold(pk, now), now, BATCH)


DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "timers fired": fire_due_timers,
    "days begun": begin_days_numbers,
    "dates moved": recompute_provisional_dates,
    "holds ended": end_lapsed_holds,
    "drafts discarded": discard_old_drafts,
    "accounts forgotten": forget_accounts,
    "freezes never proven forgotten": forget_freeze_requests,
    "forms never sent forgotten": forget_unsent,
    "evidence counted": take_missing_stock,
    "contacts bound": bind_proven_contacts,
    "incidents suggested": suggest_incidents,
    "late reports joined": join_late_arrivals,
    "incident notices": send_incident_notices,
    "incident acts": carry_incident_runs,
    "complaints given out": assign_waiting,
    "notices handed on": hand_on_notices,
    "adapter calls": call_adapters,
    "notifications sent": send_notifications,
    "channel messages sent": send_channel_messages,
    "reports counted": count_usual,
}


@shared_task(base=RoomTask, name="tickets.fire_due_timers")
def fire_due_timers_task() -> None:
    """Beat: warnings, breaches and transitions."""
    run_duty(fire_due_timers, timezone.now(), LEASE)


@shared_task(base=RoomTask, name="tickets.call_adapters")
def call_adapters_task() -> None:
    """Beat: calls to the freeze adapter that were lost or failed."""
    run_duty(call_adapters, timezone.now())


@shared_task(base=RoomTask, name="tickets.send_notifications")
def send_notifications_task() -> None:
    """Beat: what waits to be sent."""
    run_duty(send_notifications, timezone.now(), LONG_LEASE)


@shared_task(base=RoomTask, name="tickets.send_channel_messages")
def send_channel_messages_task() -> None:
    """Beat: messages on channels."""
    run_duties((put_onto_channels, send_some), timezone.now())


@shared_task(base=RoomTask, name="tickets.count_reports")
def count_reports_task() -> None:
    """Beat: the figures a dashboard opens with."""
    run_duty(count_usual, timezone.now())


@shared_task(base=RoomTask, name="tickets.housekeeping")
def housekeeping_task() -> None:
    """Beat: the day's numbers, dates, drafts, holds, accounts, counts of evidence, contacts that were proven."""
    duties = (
        begin_days_numbers,
        recompute_provisional_dates,
        discard_old_drafts,
        end_lapsed_holds,
        forget_accounts,
        forget_freeze_requests,
        forget_unsent,
        take_missing_stock,
        bind_proven_contacts,
    )
    run_duties(duties, timezone.now())


@shared_task(base=RoomTask, name="tickets.assign")
def assign_task() -> None:
    """Beat, and after somebody said that they are away: what nobody has, and what the absent and the gone have, their notices too."""
    run_duties((assign_waiting, hand_on_notices), timezone.now())


@shared_task(base=RoomTask, name="tickets.carry_incidents")
def carry_incidents_task() -> None:
    """Beat, and after each notice, link and mass act: suggestions, late reports, notices, mass acts."""
    run_duties((suggest_incidents, join_late_arrivals, send_incident_notices, carry_incident_runs), timezone.now())
