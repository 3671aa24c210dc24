"""What may still mend itself: until when, what happens meanwhile, and what opens then. For a draft and for a filed complaint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from lib.types import Text
from sla.durations import compute_due
from sla.models import CalendarDay
from sla.policies import snapshot
from tickets.cases.case import Case
from tickets.models import Ticket, TimerState
from tickets.policy.playbooks import Playbook

WORDS = {
    "auto_reversal_wait": (
        _("The money may still come back by itself"),
        _("Payments that failed usually return by themselves, without anybody doing anything. You can add evidence meanwhile."),
    ),
    "withdrawal_arrival": (
        _("The withdrawal may still arrive on its normal date"),
        _("It is due at the end of the working day after the request; rest days do not count. You can add evidence meanwhile."),
    ),
}


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
    for key, until in (("auto_reversal_wait", _reversal(ticket, playbook)), ("withdrawal_arrival", _arrival(ticket, playbook))):
        if until is not None and until > now:
            return AutoRefundWait(until, *WORDS[key], filed=False)
    return None


def of_case(case: Case) -> AutoRefundWait | None:
    """The wait that keeps the appeal closed."""
    for timer in case.timers:
        failed = timer.key == "withdrawal_arrival" and case.ticket.facts.get("withdrawal_status") == "failed"
        if timer.key in WORDS and not failed and not case.ticket.ever_submitted and timer.state(case.now) == TimerState.RUNNING:
            return AutoRefundWait(timer.due_at, *WORDS[timer.key], filed=True)
    return None


def _reversal(ticket: Ticket, playbook: Playbook) -> datetime | None:
    deducted = parse_datetime(str(ticket.facts.get("deducted_at") or ""))
    if playbook.key != "pay_failed_deducted" or deducted is None:
        return None
    return deducted + timedelta(hours=snapshot(ticket.policy_id).timers["auto_reversal_wait"].duration.amount)


def _arrival(ticket: Ticket, playbook: Playbook) -> datetime | None:
    requested = parse_datetime(str(ticket.facts.get("requested_at") or ""))
    if playbook.key != "withdrawal_anomaly" or requested is None or ticket.facts.get("withdrawal_status") == "failed":
        return None
    policy = snapshot(ticket.policy_id)
    return compute_due(policy.timers["withdrawal_arrival"].duration, requested, CalendarDay.objects.calendar(policy.zone)).due_at
