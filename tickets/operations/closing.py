"""How a complaint ends, and how it comes back: confirm, dispute, withdraw, route away, reopen, close."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.freeze_guards import own_freeze
from tickets.cases.money import owed_remedies
from tickets.cases.notices import notify
from tickets.operations.effects import effect
from tickets.operations.freeze_steps import ask_for_lift, proof_of
from tickets.operations.intake_clocks import begin
from tickets.operations.reviewing import drop_request, void_waiting_decision
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.timers import OUTLIVING_TIMERS, REMEDY_TIMERS

# The customer lets go of it, or it goes on elsewhere.
GIVEN_UP = ("withdrawn", "merged")


def close(case: Case, reason: str, *, cause: str, event: str, data: Mapping[str, object] | None = None) -> None:
    """Close for `reason`; whatever still runs is cancelled, breaches stay; the purge clock starts."""
    ticket, before = case.ticket, case.ticket.status
    void_waiting_decision(case)
    drop_request(case)
    owed = REMEDY_TIMERS if reason not in GIVEN_UP and owed_remedies(case) else ()  # what was granted is due as before
    timers.cancel(case, *(t.key for t in case.timers if t.is_live and t.key not in (*OUTLIVING_TIMERS, *owed)))
    for escalation in case.escalations:
        if escalation.is_open:
            escalation.state = escalation.State.CLOSED
            case.new_rows.append(escalation)
    ticket.close_reason, ticket.closed_at, ticket.reopen_requested_at = reason, case.at, None
    case.move(Status.CLOSED, cause)
    timers.start(case, TimerKey.EVIDENCE_PURGE)
    if ticket.legal_hold_until is not None and ticket.legal_hold_until > case.at:
        timers.hold(case, TimerKey.EVIDENCE_PURGE)
    case.record(event, {"reason": reason, **(data or {})}, from_status=before)


@effect("confirm_resolution")
def confirm_resolution(case: Case, data: Data) -> None:
    """Raises nothing of its own. The customer is content: closed the same instant."""
    timers.stop(case, TimerKey.CONFIRM)
    close(case, "confirmed", cause="confirm_resolution", event="confirm_resolution")
    notify(case, "confirm_resolution")


@effect("dispute_resolution")
def dispute_resolution(case: Case, data: Data) -> None:
    """The customer is not content: review again in half the limit, or evidence first where nothing was submitted."""
    timers.stop(case, TimerKey.CONFIRM)
    case.ticket.outcome_disputed = True
    _back(case, "dispute_resolution", data["reason"], halved=True)
    notify(case, "dispute_resolution")


def _back(case: Case, cause: str, reason: str, *, halved: bool) -> None:
    """To review where an appeal was submitted, else to collecting evidence."""
    ticket, before = case.ticket, case.ticket.status
    ticket.close_reason = ticket.closed_at = None
    if ticket.ever_submitted:
        ticket.cycle += 1
        case.move(Status.UNDER_REVIEW, cause)
        timers.start_review_cycle(case, halved=halved)
    else:
        if ticket.category:
            begin(case)  # routed or withdrawn from a draft: it reaches the desk only now
        case.move(Status.EVIDENCE_COLLECTION, cause)
        if timers.live(case, TimerKey.ABANDONED) is None:
            timers.start(case, TimerKey.ABANDONED)
    case.record(cause, {"reason": reason}, from_status=before)


def prepare_withdraw(case: Case, data: Data) -> None:
    """Raises Invalid at keep_freeze while a protective freeze lives and nothing is said of it."""
    if own_freeze(case) is not None and data["keep_freeze"] is None:
        raise Invalid({"keep_freeze": [_("A freeze of the account is asked for or in force. Say whether it stays or is to be lifted.")]})


@effect("withdraw", prepare=prepare_withdraw)
def withdraw(case: Case, data: Data) -> None:
    """Closed the same day. An active freeze is kept, or a request to lift it goes to the operators."""
    freeze = own_freeze(case)
    if freeze is not None and data["keep_freeze"] is False:
        ask_for_lift(case, freeze, proof_of(case, data))
    close(case, "withdrawn", cause="withdraw", event="withdraw", data={"keep_freeze": data["keep_freeze"]})
    notify(case, "withdraw")


@effect("route_after_sale")
def route_after_sale(case: Case, data: Data) -> None:
    """Not a fault of the desk's: to the merchant, with seven days to object (A1-06)."""
    close(case, "routed_after_sale", cause="route_after_sale", event="route_after_sale", data={"note": data["reason"]})
    notify(case, "route_after_sale")


@effect("reopen")
def reopen(case: Case, data: Data) -> None:
    """The owner's call records the request, or reopens at once within the days of objection; a supervisor reopens."""
    by_supervisor = Role.SUPERVISOR in case.roles and Role.OWNER not in case.roles and not case.on_behalf
    if not by_supervisor and not _may_object(case):
        _ask_to_reopen(case, data["reason"])
        return
    timers.cancel(case, TimerKey.EVIDENCE_PURGE)
    timers.stop(case, TimerKey.REOPEN_DECISION)
    case.ticket.reopen_requested_at = None
    _back(case, "reopen", data["reason"], halved=False)
    notify(case, "reopen")


def _ask_to_reopen(case: Case, reason: str) -> None:
    """What counts is the day of the first request. Until it is decided nothing of the evidence is deleted."""
    if case.ticket.reopen_requested_at is None:
        case.ticket.reopen_requested_at = case.at
        timers.start(case, TimerKey.REOPEN_DECISION)
        timers.hold(case, TimerKey.EVIDENCE_PURGE)
    case.record("reopen_requested", {"reason": reason})
    notify(case, "reopen_requested")


@effect("refuse_reopen")
def refuse_reopen(case: Case, data: Data) -> None:
    """It stays closed. The evidence is deleted later by as many days as the request was open, unless somebody else has it held."""
    case.ticket.reopen_requested_at = None
    timers.stop(case, TimerKey.REOPEN_DECISION)
    timers.let_purge_go_on(case)
    case.record("refuse_reopen", {"reason": data["reason"]})
    notify(case, "refuse_reopen")


def _may_object(case: Case) -> bool:
    ticket = case.ticket
    if ticket.close_reason != "routed_after_sale" or ticket.closed_at is None:
        return False
    return case.now <= ticket.closed_at + timedelta(days=case.policy.objection_days)


def hold_along(case: Case, other: Case) -> None:
    """What the police or a court may ask for is held where it goes."""
    until = case.ticket.legal_hold_until
    if until is None or until <= case.at:
        return
    other.ticket.legal_hold_until = max(until, other.ticket.legal_hold_until or until)
    other.ticket.police_referred_at = other.ticket.police_referred_at or case.ticket.police_referred_at
    timers.hold(other, TimerKey.EVIDENCE_PURGE)
    evidence_of(other.ticket).exclude(state="deleted").log(
        "held", by=case.actor, at=case.at, until=other.ticket.legal_hold_until.isoformat()
    )
