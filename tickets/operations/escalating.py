"""Beyond the desk: the second level, the payment channel, regulators, the police, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lib.redaction import holds_one_time_code
from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.checklist import usable
from tickets.cases.notices import notify
from tickets.models import Decision, Escalation, Ticket
from tickets.operations.effects import effect
from tickets.operations.reviewing import (
    close_internal_level,
    countersign_reasons,
    decide_for_customer,
    drop_request,
    keep_owed_clocks,
    own_items,
    prepare_approve,
    start_way_on,
    void_waiting_decision,
)
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.inputs import NOT_A_CHOICE, ONE_TIME_CODE
from tickets.workflow.timers import REVIEW_TIMERS, Fate, timers_of_target, timers_on_escalation
from tickets.workflow.vocabulary import FILED_BY_CUSTOMER, FILED_BY_DESK, OUTSIDE_DECISION, REGULATORS

# Our own next level has it at once; the payment channel only when somebody has handed it on.
FIRST_STATE: Mapping[str, str] = {"l1_internal": Escalation.State.FILED, "payment_channel": Escalation.State.HANDING_OVER}

RISES_FROM = (Status.APPEAL_SUBMITTED, Status.UNDER_REVIEW, Status.ESCALATED)


def prepare_escalate(case: Case, data: Data) -> None:
    """Raises Invalid where words hold a one-time code, and at points for a demand that was never made."""
    points = data["points"] or []
    said = {"reason": data["reason"] or "", **{f"points.{point['demand']}": point["text"] for point in points}}
    told = {name: [ONE_TIME_CODE] for name, text in said.items() if holds_one_time_code(text)}
    if told:
        raise Invalid(told)
    if not {point["demand"] for point in points} <= set(case.ticket.demands):
        raise Invalid({"points": [NOT_A_CHOICE % {"choices": ", ".join(case.ticket.demands)}]})
    if data["filed_at"] is not None and data["target"] in FILED_BY_DESK:
        raise Invalid({"filed_at": [_("Only the desk takes a complaint there.")]})
    check_past(case, data, "filed_at")


@effect("escalate", prepare=prepare_escalate)
def escalate(case: Case, data: Data) -> None:
    """To one target. The second level ends this cycle of review; the payment channel leaves it running, and the desk hands the
    complaint on; elsewhere only the customer can file it, and nothing moves before they have.
    """
    target, before = data["target"], case.ticket.status
    if target in FILED_BY_CUSTOMER:
        _prepare_filing(case, target, data)
        return
    escalation = put_escalation(case, target, data, FIRST_STATE[target])
    timers.stop(case, *timers_on_escalation(Fate.STOPPED))
    if target == "l1_internal":
        void_waiting_decision(case)
        timers.cancel(case, *REVIEW_TIMERS)
    timers.resume(case, *REVIEW_TIMERS)
    timers.cancel(case, *timers_on_escalation(Fate.CANCELLED))
    drop_request(case)
    timers.cancel(case, TimerKey.CONFIRM)
    if target == "l1_internal":
        keep_owed_clocks(case)
    for key in timers_of_target(target):
        if timers.live(case, key) is None:
            timers.start(case, key)
    case.move(Status.ESCALATED, "escalate")
    case.record("escalate", _event_data(escalation), from_status=before)
    notify(case, "escalate", target=target)


def rise(case: Case) -> None:
    """To the second level by itself, where the limit of the review has passed, unless it is there already."""
    if case.status not in RISES_FROM or case.open_escalation("l1_internal"):
        return
    before = case.ticket.status
    void_waiting_decision(case)
    put_escalation(case, "l1_internal", {}, Escalation.State.FILED)
    timers.start(case, TimerKey.L1_REVIEW)
    case.move(Status.ESCALATED, TimerKey.REVIEW_LIMIT)
    case.record("auto_escalated", {"target": "l1_internal"}, from_status=before)
    notify(case, "auto_escalated", target="l1_internal")


def rise_when_late(case: Case) -> None:
    """The limit passed while the customer was still being asked: they could add what was missing, and now it goes up."""
    limit = timers.live(case, TimerKey.REVIEW_LIMIT)
    if limit is not None and limit.overrun_at is not None:
        by_clock, case.by_clock = case.by_clock, True
        rise(case)
        case.by_clock = by_clock


def _prepare_filing(case: Case, target: str, data: Data) -> None:
    """The customer means to file it there, or has already: then it is filed. What was prepared before is what is filed now."""
    escalation = case.open_escalation(target) or put_escalation(case, target, data, Escalation.State.TO_BE_FILED)
    if data["filed_at"] is not None:
        file_outside(case, escalation, data)
        return
    case.record("filing_prepared", _event_data(escalation))
    notify(case, "filing_prepared", target=target)


def _event_data(escalation: Escalation) -> dict[str, object]:
    """History names the demands; the words stay with the row, where they can be forgotten."""
    contested = [point["demand"] for point in escalation.points]
    more = {"number": escalation.number, "contested": contested} if contested else {}
    return {"target": escalation.target, **more}


def put_escalation(case: Case, target: str, data: Mapping[str, Any], state: str) -> Escalation:
    """A new row. It is not written before the case is."""
    number = 1 + sum(1 for escalation in case.escalations if escalation.target == target)
    escalation = Escalation(
        ticket=case.ticket,
        target=target,
        number=number,
        state=state,
        at=case.at,
        by=None if case.by_clock else case.actor,
        reason=data.get("reason") or "",
        points=data.get("points") or [],
        filed_at=case.at if state == Escalation.State.FILED else None,
    )
    case.escalations.append(escalation)
    case.new_rows.append(escalation)
    return escalation


def check_past(case: Case, data: Data, name: str) -> None:
    """Raises Invalid there when it is still to come: one records what has happened."""
    if data[name] is not None and data[name] > case.now:
        raise Invalid({name: [_("Name a time that has passed.")]})


def file_outside(case: Case, escalation: Escalation, data: Data) -> None:
    """Filed there by the customer: from now on it lies there. From a rejection it goes on; otherwise our own work goes on beside it."""
    before, old = case.ticket.status, escalation.filed_at or escalation.at
    escalation.state, escalation.filed_at = Escalation.State.FILED, data["filed_at"]
    escalation.reference = escalation.filed_reference = data["reference"] or escalation.filed_reference
    if escalation not in case.new_rows:
        case.new_rows.append(escalation)
    if escalation.target in REGULATORS:
        timers.cancel(case, TimerKey.REGULATOR_ACCEPT, since=old)  # told again: counted from the day that holds
        timers.start(case, TimerKey.REGULATOR_ACCEPT, since=data["filed_at"])
    hold_evidence(case)
    if case.status == Status.REJECTED:
        timers.stop(case, *timers_on_escalation(Fate.STOPPED))
        case.move(Status.ESCALATED, "record_outside_filing")
    told = {**_event_data(escalation), "filed_at": data["filed_at"].isoformat(), "reference": escalation.filed_reference}
    case.record("record_outside_filing", told, from_status=before if before != case.ticket.status else "")
    notify(case, "record_outside_filing", target=escalation.target)


@effect("return_to_review")
def return_to_review(case: Case, data: Data) -> None:
    """Look again, with full durations."""
    before = case.ticket.status
    void_waiting_decision(case)
    close_internal_level(case)
    timers.cancel(case, *REVIEW_TIMERS)
    keep_owed_clocks(case)
    case.ticket.cycle += 1
    case.move(Status.UNDER_REVIEW, "return_to_review")
    timers.start_review_cycle(case)
    case.record("return_to_review", {"note": data["note"], "evidence": attached_papers(case, data)}, from_status=before)
    notify(case, "return_to_review")


@effect("uphold_customer", prepare=prepare_approve)
def uphold_customer(case: Case, data: Data) -> None:
    """The customer was right: remedies follow, by the same road as an approval's."""
    reasons = countersign_reasons(case, data["remedies"])
    if not reasons:
        timers.cancel(case, *REVIEW_TIMERS)
    decide_for_customer(case, {**data, "evidence": attached_papers(case, data)}, reasons, "uphold_customer")


def attached_papers(case: Case, data: Data) -> list[int]:
    """What is named, or else what the places outside wrote."""
    return (
        own_items(case, data["evidence"]) if data["evidence"] else [i.pk for i in case.evidence if i.kind == OUTSIDE_DECISION and usable(i)]
    )


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
        evidence_ids=attached_papers(case, data),
    )
    case.decisions.append(decision)
    case.written_rows.append(decision)
    return decision


@effect("uphold_rejection")
def uphold_rejection(case: Case, data: Data) -> None:
    """The rejection stands; thirty days to go on elsewhere."""
    before = case.ticket.status
    void_waiting_decision(case)
    close_internal_level(case)
    decision = _verdict(case, Decision.Verdict.REJECTED, data)
    timers.cancel(case, *REVIEW_TIMERS)
    keep_owed_clocks(case)
    start_way_on(case)
    case.move(Status.REJECTED, "uphold_rejection")
    case.record("uphold_rejection", {"note": data["note"], "reference": data["reference"] or ""}, from_status=before)
    notify(case, "rejected", decision=decision.pk)


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
    timers.let_purge_go_on(case)
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
        timers.let_purge_go_on(case)
        _in_custody(case, "released", reason="lapsed")
        case.record("hold_lapsed", {}, internal=True)
        case.save()
    return 1
