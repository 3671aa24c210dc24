"""Beyond the desk: the second level, the payment channel, regulators, the police, and what they answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from lib.redaction import holds_one_time_code
from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.notices import notify
from tickets.models import Decision, Escalation, Ticket
from tickets.operations.effects import effect
from tickets.operations.reviewing import (
    close_internal_level,
    countersign_reasons,
    decide_for_customer,
    drop_request,
    prepare_approve,
    start_way_on,
    void_waiting_decision,
)
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.inputs import NOT_A_CHOICE, ONE_TIME_CODE
from tickets.workflow.timers import REMEDY_TIMERS, REVIEW_TIMERS, Fate, timer_of_target, timers_on_escalation
from tickets.workflow.vocabulary import HOLDING


def prepare_escalate(case: Case, data: Data) -> None:
    """Raises Invalid where words hold a one-time code, and at points for a demand that was never made."""
    points = data["points"] or []
    said = {"reason": data["reason"] or "", **{f"points.{point['demand']}": point["text"] for point in points}}
    told = {name: [ONE_TIME_CODE] for name, text in said.items() if holds_one_time_code(text)}
    if told:
        raise Invalid(told)
    if not {point["demand"] for point in points} <= set(case.ticket.demands):
        raise Invalid({"points": [NOT_A_CHOICE % {"choices": ", ".join(case.ticket.demands)}]})


@effect("escalate", prepare=prepare_escalate)
def escalate(case: Case, data: Data) -> None:
    """To one target. A target outside leaves the review clocks running; the second level ends this cycle of review."""
    target, before = data["target"], case.ticket.status
    escalation = _put_escalation(case, target, data)
    timers.stop(case, *timers_on_escalation(Fate.STOPPED))
    if target == "l1_internal":
        void_waiting_decision(case)
        timers.cancel(case, *REVIEW_TIMERS)
    timers.resume(case, *REVIEW_TIMERS)
    timers.cancel(case, *timers_on_escalation(Fate.CANCELLED))
    drop_request(case)
    if target in HOLDING:
        hold_evidence(case)
    if before == Status.REMEDY_PENDING:
        timers.cancel(case, *REMEDY_TIMERS)
    key = timer_of_target(target)
    if key is not None and timers.live(case, key) is None:
        timers.start(case, key)
    case.move(Status.ESCALATED, "escalate")
    case.record("escalate", _event_data(escalation), from_status=before)
    notify(case, "escalate", target=target)


def _event_data(escalation: Escalation) -> dict[str, object]:
    """History names the demands; the words stay with the row, where they can be forgotten."""
    contested = [point["demand"] for point in escalation.points]
    more = {"number": escalation.number, "contested": contested} if contested else {}
    return {"target": escalation.target, **more}


def _put_escalation(case: Case, target: str, data: Data) -> Escalation:
    number = 1 + sum(1 for escalation in case.escalations if escalation.target == target)
    escalation = Escalation(
        ticket=case.ticket,
        target=target,
        number=number,
        at=case.at,
        by=case.actor,
        reason=data["reason"] or "",
        points=data["points"] or [],
    )
    case.escalations.append(escalation)
    case.new_rows.append(escalation)
    return escalation


@effect("record_external_answer")
def record_external_answer(case: Case, data: Data) -> None:
    """What the other place answered; its clock stops, the customer is told."""
    escalation = case.open_escalation(data["target"])
    if escalation is None:
        raise LookupError(f"{case.ticket.ref} is not open at {data['target']}")
    escalation.state, escalation.answered_at = Escalation.State.ANSWERED, case.at
    escalation.outcome, escalation.reference = data["outcome"], data["reference"]
    case.new_rows.append(escalation)
    key = timer_of_target(data["target"])
    if key is not None and not any(case.open_escalation(e.target) for e in case.escalations if timer_of_target(e.target) == key):
        timers.stop(case, key)
    case.record("record_external_answer", {"target": data["target"], "outcome": data["outcome"]})
    notify(case, "record_external_answer", target=data["target"])


@effect("return_to_review")
def return_to_review(case: Case, data: Data) -> None:
    """Look again, with full durations."""
    before = case.ticket.status
    void_waiting_decision(case)
    close_internal_level(case)
    timers.cancel(case, *REVIEW_TIMERS)
    case.ticket.cycle += 1
    case.move(Status.UNDER_REVIEW, "return_to_review")
    timers.start_review_cycle(case)
    case.record("return_to_review", {"note": data["note"]}, from_status=before)
    notify(case, "return_to_review")


@effect("uphold_customer", prepare=prepare_approve)
def uphold_customer(case: Case, data: Data) -> None:
    """The customer was right: remedies follow, by the same road as an approval's."""
    reasons = countersign_reasons(case, data["remedies"])
    if not reasons:
        timers.cancel(case, *REVIEW_TIMERS)
    decide_for_customer(case, data, reasons, "uphold_customer")


def _verdict(case: Case, verdict: str, data: Data) -> Decision:
    decision = Decision.objects.create(
        ticket=case.ticket,
        cycle=case.ticket.cycle,
        verdict=verdict,
        state=Decision.State.EFFECTIVE,
        author=case.person,
        at=case.at,
        effective_at=case.at,
        explanation=data["note"],
    )
    case.decisions.append(decision)
    return decision


@effect("uphold_rejection")
def uphold_rejection(case: Case, data: Data) -> None:
    """The rejection stands; thirty days to go on elsewhere."""
    before = case.ticket.status
    void_waiting_decision(case)
    close_internal_level(case)
    _verdict(case, Decision.Verdict.REJECTED, data)
    timers.cancel(case, *REVIEW_TIMERS)
    start_way_on(case)
    case.move(Status.REJECTED, "uphold_rejection")
    case.record("uphold_rejection", {"note": data["note"], "reference": data["reference"] or ""}, from_status=before)
    notify(case, "rejected")


def hold_evidence(case: Case) -> None:
    """Nothing is purged while the police, a regulator or a court may ask for it."""
    until = case.at + timedelta(days=case.policy.police_hold_days)
    case.ticket.legal_hold_until = max(until, case.ticket.legal_hold_until or until)
    timers.hold(case, TimerKey.EVIDENCE_PURGE)
    _in_custody(case, "held", until=case.ticket.legal_hold_until.isoformat())


def _in_custody(case: Case, action: str, **detail: str) -> None:
    evidence_of(case.ticket).exclude(state="deleted").log(action, by=case.actor, at=case.at, **detail)


@effect("refer_to_police")
def refer_to_police(case: Case, data: Data) -> None:
    """Never guarded. The evidence is held for the police; the status does not change."""
    hold_evidence(case)
    case.ticket.police_referred_at = case.ticket.police_referred_at or case.at
    case.record("refer_to_police", {"note": data["note"] or ""})
    notify(case, "refer_to_police")


@effect("release_hold")
def release_hold(case: Case, data: Data) -> None:
    """The purge goes on."""
    case.ticket.legal_hold_until = None
    timers.release(case, TimerKey.EVIDENCE_PURGE)
    _in_custody(case, "released", reason=data["reason"])
    case.record("release_hold", {"reason": data["reason"]}, internal=True)


def lapse_hold(pk: int, now: datetime) -> int:
    """End a hold that ran out by `now`. 1 when it did, 0 when somebody renewed it meanwhile."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().get(pk=pk)
        if ticket.legal_hold_until is None or ticket.legal_hold_until > now:
            return 0
        case = Case(ticket, now)
        case.by_clock, case.at = True, ticket.legal_hold_until
        ticket.legal_hold_until = None
        timers.release(case, TimerKey.EVIDENCE_PURGE)
        _in_custody(case, "released", reason="lapsed")
        case.record("hold_lapsed", {}, internal=True)
        case.save()
    return 1
