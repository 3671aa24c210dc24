"""The clock's door to the vault: what waits is inspected, what ran out is purged, what belongs to nobody is swept away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evidence.intake.held_letters import forget_old_letters
from evidence.intake.inspection import SILENCE, inspect
from evidence.intake.letter_alarms import tell_of_letters
from evidence.intake.message_attachments import forget_unsent
from evidence.intake.resumable_uploads import end_stale
from evidence.kinds import KINDS
from evidence.models import EvidenceItem, SubjectRequest, VaultRun
from evidence.operations.removing import erase
from evidence.people.account_deletion import carry_out_due
from evidence.vault.custody import CustodyAction
from evidence.vault.history_watch import prove_nightly, seal_what_moved
from evidence.vault.jobs import take_up
from evidence.vault.orphans import remove_orphans
from evidence.vault.ownership import look_at_store
from lib.background import RoomTask
from lib.duties.running import run_duties, run_duty
from lib.duties.setting_aside import each_key, each_row, name_of
from lib.standing import why_stopped
from lib.traces import drop_traces
from sla.models import Policy
from sla.policies import PolicySnapshot, snapshot
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.models import Ticket, Timer
from tickets.operations.expiry import settle
from tickets.policy.retention import days_kept, goes_with_the_purge
from tickets.workflow import Status, TimerKey

# Files take long: as long as a worker may take for them.
LEASE = timedelta(minutes=30)
# What was brought in for a message waits as long as its draft.
KEEP_UNSENT_FOR = timedelta(days=14)
TRACES_WITHIN = timedelta(hours=6)


def inspect_waiting(now: datetime) -> int:
    """Inspect everything that no living worker has in hand. How many items came to their end."""
    count, seen = 0, set[int]()
    # Again, because a refused file makes way for the one it was to replace.
    while fresh := set(EvidenceItem.objects.waiting(now - SILENCE).values_list("pk", flat=True)) - seen:
        seen |= fresh
        count += each_key(name_of(inspect_waiting), EvidenceItem, sorted(fresh), lambda pk: inspect(pk, now), now)
    return count


def look_whose_store(_now: datetime) -> int:
    """1 where it is another install's, or this one is a copy: then nothing is deleted."""
    return int(bool(look_at_store()))


def purge(now: datetime) -> int:
    """Delete what was kept long enough after the closing, unless it is held. How many items; a run tells the privacy officer."""
    if why_stopped():
        return 0
    count = each_key(name_of(purge), Ticket, _tickets_to_purge(now), lambda pk: _purge_ticket(pk, now), now)
    if count:
        VaultRun.objects.create(kind=VaultRun.Kind.PURGE, started_at=now, ended_at=timezone.now(), done=count, total=count)
    return count


def resume_runs(now: datetime) -> int:
    """Take up the privacy officer's runs that a lost task or a dead worker left. How many."""
    left = VaultRun.objects.filter(ended_at=None).order_by("pk")
    return each_row(name_of(resume_runs), left, lambda pk: take_up(pk, now), now)


def _tickets_to_purge(now: datetime) -> Iterator[int]:
    """Tickets whose purge clock has run down, then closed ones that still hold what is kept longer."""
    due = Timer.objects.filter(key=TimerKey.EVIDENCE_PURGE, due_at__lte=now, stopped_at=None, cancelled=False, paused_at=None)
    yield from list(due.order_by("due_at").values_list("ticket", flat=True))
    for version in Policy.objects.filter(published_at__isnull=False).values_list("pk", flat=True):
        for days, kinds in _kinds_by_days(snapshot(version)).items():
            old = Q(ticket__policy=version, ticket__status=Status.CLOSED, ticket__closed_at__lte=now - timedelta(days=days))
            held = EvidenceItem.objects.filter(old, kind__in=kinds).exclude(state=EvidenceItem.State.DELETED)
            free = held.filter(Q(ticket__legal_hold_until=None) | Q(ticket__legal_hold_until__lte=now))
            yield from list(free.order_by("ticket").values_list("ticket", flat=True).distinct())


def _kinds_by_days(policy: PolicySnapshot) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for kind in KINDS:
        if days := days_kept(policy, kind):
            found.setdefault(days, []).append(kind)
    return found


def _purge_ticket(pk: int, now: datetime) -> int:
    """One ticket under its lock, everything checked again: somebody may have reopened it or set a hold."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().filter(pk=pk).first()
        if ticket is None:
            return 0
        case = Case(ticket, now)
        settle(case)
        if _is_held(case):
            return 0
        kinds = _expired_kinds(case)
        doomed = [item for item in case.evidence if item.kind in kinds and item.state != EvidenceItem.State.DELETED]
        erase(doomed, now, CustodyAction.PURGED)
        if doomed:
            case.record("evidence.purged", {"items": [item.pk for item in doomed]})
        case.save()
    return len(doomed)


def _is_held(case: Case) -> bool:
    until = case.ticket.legal_hold_until
    return case.ticket.reopen_requested_at is not None or (until is not None and until > case.now)


def _expired_kinds(case: Case) -> set[str]:
    """Stops the purge clock when it has run down. While it runs or is held, what goes with it waits for it."""
    ticket, policy = case.ticket, case.policy
    with_clock = {kind for kind in KINDS if goes_with_the_purge(policy, kind)}
    clock, kinds = timers.live(case, TimerKey.EVIDENCE_PURGE), set[str]()
    if clock is not None and clock.paused_at is None and clock.due_at <= case.now:
        timers.stop(case, TimerKey.EVIDENCE_PURGE, at=clock.due_at)
        clock = None
        kinds |= with_clock
    if ticket.status == Status.CLOSED and ticket.closed_at is not None:
        for days, those in _kinds_by_days(policy).items():
            if ticket.closed_at + timedelta(days=days) <= case.now:
                kinds |= set(those) - (with_clock if clock is not None else set())
    return kinds


def drop_unsent(now: datetime) -> int:
    """Delete what was brought in for a message that nobody sent. How many."""
    return 0 if why_stopped() else forget_unsent(now - KEEP_UNSENT_FOR, now)


def drop_old_letters(now: datetime) -> int:
    """Delete letters set aside whose time is over. How many."""
    return 0 if why_stopped() else forget_old_letters(now)


def end_stale_uploads(now: datetime) -> int:
    """Delete what was begun and never finished. How many."""
    return 0 if why_stopped() else end_stale(now)


def sweep_orphans(now: datetime) -> int:
    """Delete files that belong to nobody. How many."""
    return 0 if why_stopped() else remove_orphans(now)


def drop_traces_of_erased(now: datetime) -> int:
    """1 where nothing is left of the rows of somebody who was erased lately: the task after the act may have met with others' reading."""
    lately = SubjectRequest.objects.filter(kind=SubjectRequest.Kind.ERASURE, at__gt=now - TRACES_WITHIN)
    return int(lately.exists() and drop_traces())


# In the order of `manage.py tick`: inspection comes before the tickets' duties, the rest after them.
DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "items inspected": inspect_waiting,
    "items purged": purge,
    "unfinished uploads ended": end_stale_uploads,
    "unsent files deleted": drop_unsent,
    "letters set aside deleted": drop_old_letters,
    "letters not taken told": tell_of_letters,
    "orphaned files deleted": sweep_orphans,
    "runs taken up": resume_runs,
    "deletions carried out": carry_out_due,
    "traces of deleted rows dropped": drop_traces_of_erased,
    "complaints sealed": seal_what_moved,
    "proofs of the history": prove_nightly,
}


@shared_task(base=RoomTask, name="evidence.inspect_waiting")
def inspect_waiting_task() -> None:
    """Beat: what a lost task or a dead worker left."""
    run_duty(inspect_waiting, timezone.now(), LEASE)


@shared_task(base=RoomTask, name="evidence.purge")
def purge_task() -> None:
    """Beat: what ran out, and what belongs to nobody. The store is asked first whose it is."""
    duties = (look_whose_store, purge, end_stale_uploads, drop_unsent, drop_old_letters, sweep_orphans)
    run_duties(duties, timezone.now(), LEASE)


@shared_task(base=RoomTask, name="evidence.resume_runs")
def resume_runs_task() -> None:
    """Beat: runs whose worker died, and what of the mailbox somebody has to see to."""
    run_duties((resume_runs, tell_of_letters), timezone.now(), LEASE)


@shared_task(base=RoomTask, name="evidence.carry_out_deletions")
def carry_out_deletions_task() -> None:
    """Beat: what customers asked to have deleted."""
    run_duties((carry_out_due, drop_traces_of_erased), timezone.now(), LEASE)


@shared_task(base=RoomTask, name="evidence.seal_history")
def seal_history_task() -> None:
    """Beat: the ends of all histories that moved."""
    run_duty(seal_what_moved, timezone.now())


@shared_task(base=RoomTask, name="evidence.prove_history")
def prove_history_task() -> None:
    """Beat: looks whether it is time for the proof of the night."""
    run_duty(prove_nightly, timezone.now(), LEASE)
