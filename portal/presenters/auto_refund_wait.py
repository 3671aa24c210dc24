"""What may still mend itself: until when, what happens meanwhile, and what opens then. For a draft and for a filed complaint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lib.types import Text
from sla.durations import compute_due
from sla.models import CalendarDay
from sla.policies import snapshot
from tickets.cases.case import Case
from tickets.models import Ticket, TimerState
from tickets.policy.playbooks import Playbook
from tickets.words import TIMER_MEANWHILE
from tickets.workflow import TimerKey


@dataclass(frozen=True)
class AutoRefundWait:
    """`filed`: it runs and we write when it is over; before that nobody would."""

    until: datetime
    title: Text
    meanwhile: Text
    filed: bool


def of_draft(ticket: Ticket, playbook: Playbook) -> AutoRefundWait | None:
    """As it will be once it is filed; None when it is over or never was."""
    now = timezone.now()
    waits = {TimerKey.AUTO_REVERSAL_WAIT: _reversal(ticket, playbook), TimerKey.WITHDRAWAL_ARRIVAL: _arrival(ticket, playbook)}
    for key, until in waits.items():
        if until is not None and until > now:
            return AutoRefundWait(until, *TIMER_MEANWHILE[key], filed=False)
    return None


def of_case(case: Case) -> AutoRefundWait | None:
    """The wait that keeps the appeal closed."""
    for timer in case.timers:
        failed = timer.key == TimerKey.WITHDRAWAL_ARRIVAL and case.ticket.facts.get("withdrawal_status") == "failed"
        if timer.key in TIMER_MEANWHILE and not failed and not case.ticket.ever_submitted and timer.state(case.now) == TimerState.RUNNING:
            return AutoRefundWait(timer.due_at, *TIMER_MEANWHILE[timer.key], filed=True)
    return None


def _reversal(ticket: Ticket, playbook: Playbook) -> datetime | None:
    deducted = parse_datetime(str(ticket.facts.get("deducted_at") or ""))
    if playbook.key != "pay_failed_deducted" or deducted is None:
        return None
    return deducted + timedelta(hours=snapshot(ticket.policy_id).timers[TimerKey.AUTO_REVERSAL_WAIT].duration.amount)


def _arrival(ticket: Ticket, playbook: Playbook) -> datetime | None:
    requested = parse_datetime(str(ticket.facts.get("requested_at") or ""))
    if playbook.key != "withdrawal_anomaly" or requested is None or ticket.facts.get("withdrawal_status") == "failed":
        return None
    policy = snapshot(ticket.policy_id)
    return compute_due(policy.timers[TimerKey.WITHDRAWAL_ARRIVAL].duration, requested, CalendarDay.objects.calendar(policy.zone)).due_at
