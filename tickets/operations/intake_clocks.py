"""What starts when a complaint first reaches the desk, by whichever door: clocks, parties, the platform's own freeze."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.dateparse import parse_datetime

from lib.background import enqueue
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.models import Freeze, Timer, TimerState
from tickets.operations.freeze_steps import put_freeze
from tickets.workflow import Status, TimerKey


def begin(case: Case) -> None:
    """First request_freeze, file or submit_appeal: the claim is preserved and the desk's clocks start. Once per ticket.

    What the customer asked for before a code let them in counts from then; what binds the desk from now.
    """
    ticket = case.ticket
    if ticket.reported_at is not None:
        return
    ticket.reported_at = case.asked_at or case.at
    ticket.discovered_at = ticket.discovered_at or ticket.reported_at
    ticket.responsible_parties, ticket.routing = case.playbook.parties(ticket.facts)
    ticket.liability_uncertain = ticket.facts.get("third_party_topup") is True
    ticket.lane = case.playbook.lane if case.playbook.lane != "standard" else ticket.lane
    start_customer_windows(case)
    _preserve_claim(case)
    judge_refund_window(case)
    for key in (TimerKey.FIRST_RESPONSE, TimerKey.REGULATORY_FINAL, TimerKey.ABANDONED):
        timers.start_once(case, key)
    start_waits(case)
    if case.playbook.platform_freeze:
        freeze = put_freeze(case, Freeze.Origin.PLATFORM_RISK)
        freeze.state, freeze.active_at = Freeze.State.ACTIVE, case.at
        case.new_rows.append(freeze)
    enqueue("tickets.suggest_incidents", ticket.category)


def start_customer_windows(case: Case) -> None:
    """The customer's two clocks run from discovery, drafts included: 15 days to claim, 48 hours for a full refund."""
    timers.start_once(case, TimerKey.CLAIM_LIMIT, since=case.ticket.discovered_at)
    if case.playbook.full_refund_window and case.ticket.refund_tier != "full_eligible":
        timers.start_once(case, TimerKey.FULL_REFUND_WINDOW, since=case.ticket.discovered_at)


def _preserve_claim(case: Case) -> None:
    timers.stop(case, TimerKey.CLAIM_LIMIT)
    claim = timers.find(case, TimerKey.CLAIM_LIMIT)
    case.ticket.late_claim = claim is not None and claim.state(case.now) == TimerState.EXPIRED


def judge_refund_window(case: Case) -> None:
    """Past 48 hours: a full refund is a matter of discretion and the police may have to be asked (A0-07)."""
    window = timers.live(case, TimerKey.FULL_REFUND_WINDOW)
    if window is not None and case.at > window.due_at:
        expire_refund_window(case, window)


def expire_refund_window(case: Case, window: Timer) -> None:
    window.overrun_at = window.stopped_at = window.due_at
    timers.set_next(window)
    case.mark(window)
    case.ticket.refund_tier = "discretionary"
    case.ticket.police_cooperation = True


def settle_refund_tier(case: Case) -> None:
    """The first complete submission (or a try that only our own slowness refused) fixes the tier, once."""
    window = timers.live(case, TimerKey.FULL_REFUND_WINDOW)
    if window is None and case.playbook.full_refund_window and case.ticket.refund_tier is None:
        # Cancelled by an ending that was undone: what counts is still the time from discovery.
        timers.start(case, TimerKey.FULL_REFUND_WINDOW, since=case.ticket.discovered_at)
    judge_refund_window(case)
    if timers.live(case, TimerKey.FULL_REFUND_WINDOW) is not None:
        timers.stop(case, TimerKey.FULL_REFUND_WINDOW)
        case.ticket.refund_tier = "full_eligible"


def share_refund_tier(gone: Case, survivor: Case) -> None:
    """Fixed in full where either was; open where a window of either is open; a submission within that window was in time."""
    mine, ticket = gone.ticket.refund_tier, survivor.ticket
    window = timers.live(gone, TimerKey.FULL_REFUND_WINDOW)
    in_time = mine == "full_eligible" or (window is not None and ticket.ever_submitted and ticket.refund_tier == "discretionary")
    if in_time and ticket.refund_tier != "full_eligible":
        ticket.refund_tier, ticket.police_cooperation = "full_eligible", gone.ticket.police_cooperation
        timers.stop(survivor, TimerKey.FULL_REFUND_WINDOW)
    elif window is not None and ticket.refund_tier == "discretionary":
        ticket.refund_tier, ticket.police_cooperation = None, gone.ticket.police_cooperation
        timers.adopt(survivor, window)


def start_waits(case: Case) -> None:
    """A payment may still reverse itself; a withdrawal may still arrive."""
    deducted = moment(case, "deducted_at")
    if case.playbook.key == "pay_failed_deducted" and deducted is not None:
        hours = case.policy.timers[TimerKey.AUTO_REVERSAL_WAIT].duration.amount
        if case.at < deducted + timedelta(hours=hours):
            timers.start_once(case, TimerKey.AUTO_REVERSAL_WAIT, since=deducted)
    requested = moment(case, "requested_at")
    if case.playbook.key == "withdrawal_anomaly" and requested is not None:
        timers.start_once(case, TimerKey.WITHDRAWAL_ARRIVAL, since=requested)


def moment(case: Case, fact: str) -> datetime | None:
    return parse_datetime(str(case.ticket.facts.get(fact) or ""))


def intake_status(case: Case) -> Status:
    """Where filing leads: to the wait while it runs, else to collecting evidence."""
    waits = timers.live(case, TimerKey.AUTO_REVERSAL_WAIT) is not None
    return Status.AUTO_REVERSAL_WAIT if waits else Status.EVIDENCE_COLLECTION


def restart_silence_timer(case: Case) -> None:
    """The customer did something on a ticket never submitted: the sixty days of silence begin anew."""
    silence = timers.live(case, TimerKey.ABANDONED)
    by_owner = case.actor is not None and case.actor.pk == case.ticket.owner_id
    if silence is not None and (by_owner or case.on_behalf):
        timers.restart(case, silence)
