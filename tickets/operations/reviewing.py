"""The review: started by a person, decided with reasons, signed twice where it matters."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from lib.languages import reader_language
from lib.money import money
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.money import came_back, demands_met, grants_of, outstanding, owed_remedies, replaced_by, sum_of, verdict
from tickets.cases.notices import notify
from tickets.models import Decision, Message, Remedy, Visibility
from tickets.operations.effects import effect
from tickets.operations.freeze_steps import refuse_lift, sign_lift
from tickets.operations.turns import desk_replied
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.inputs import NOT_A_CHOICE
from tickets.workflow.timers import REVIEW_TIMERS
from tickets.workflow.vocabulary import (
    DESK_FILE,
    DOCUMENT_REMEDIES,
    HOME_CURRENCY,
    MONEY_REMEDIES,
    OTHER_REMEDIES,
    REFUNDS,
    RETURNS,
)


def prepare_eta(case: Case, data: Data) -> None:
    """Raises Invalid at eta_at when it lies behind us."""
    if data["eta_at"] is not None and data["eta_at"] <= case.now:
        raise Invalid({"eta_at": [_("Promise a time that is still to come.")]})


def first_reply(case: Case, body: str, eta_at: datetime) -> None:
    """A person's public reply with the time by which the customer hears more."""
    if not body:
        with override(reader_language(case.ticket.owner.language)):
            body = _("We have received your complaint and are looking into it.")
    case.new_rows.append(
        Message(
            ticket=case.ticket,
            author=case.actor,
            visibility=Visibility.PUBLIC,
            body=body,
            eta_at=eta_at,
            by_staff=True,
            created_at=case.at,
        )
    )
    case.search_words.append(body)
    timers.stop(case, TimerKey.FIRST_RESPONSE)
    desk_replied(case, eta_at)
    case.record("reply", {"eta_at": eta_at.isoformat()})
    notify(case, "reply")


@effect("start_review", prepare=prepare_eta)
def start_review(case: Case, data: Data) -> None:
    """A human has taken it up; unassigned, it becomes theirs."""
    before = case.ticket.status
    if data["eta_at"]:
        first_reply(case, data["body"] or "", data["eta_at"])
    case.ticket.assignee = case.actor
    timers.stop(case, TimerKey.NO_ACTION)
    case.move(Status.UNDER_REVIEW, "start_review")
    case.record("start_review", {}, from_status=before)
    notify(case, "start_review")


def prepare_approve(case: Case, data: Data) -> None:
    """Fill in what a refund left open: all that is outstanding. Raises Invalid at remedies where no sum is known, and at granted for a
    demand that these remedies do not meet."""
    for row in data["remedies"]:
        if row["amount"] is None and row["kind"] in REFUNDS | {"return_to_wallet"}:
            row["amount"] = outstanding(case) or case.ticket.amount
        if row["amount"] is None and row["kind"] in MONEY_REMEDIES:
            raise Invalid({"remedies": [_("Say how much is to be paid.")]})
    met = demands_met(case, [row["kind"] for row in data["remedies"]])
    if not set(data["granted"] or ()) <= set(met):
        raise Invalid({"granted": [NOT_A_CHOICE % {"choices": ", ".join(met)}]})
    _check_nothing_is_taken_back(case, data["remedies"])


def _check_nothing_is_taken_back(case: Case, remedies: list[Data]) -> None:
    """Raises Invalid at remedies where a new sum is less than what an earlier decision granted and nobody has paid yet."""
    owed = [{"kind": row.kind, "amount": row.amount} for row in replaced_by(case, remedies)]
    for kinds in (RETURNS, {"compensation"}):
        promised = sum_of(owed, kinds)
        if sum_of(remedies, kinds) < promised:
            told = money(promised, case.ticket.currency)
            raise Invalid(
                {"remedies": [_("%(sum)s were granted before and are not paid yet: name the whole sum, that included.") % {"sum": told}]}
            )


@effect("approve", prepare=prepare_approve)
def approve(case: Case, data: Data) -> None:
    """In favour of the customer, wholly or in part. Waits for a second signature where the policy asks for one."""
    reasons = countersign_reasons(case, data["remedies"])
    if case.status == Status.ESCALATED:
        reasons.append("escalated")
    decide_for_customer(case, data, reasons, "approve")


def decide_for_customer(case: Case, data: Data, reasons: list[str], cause: str) -> None:
    """The one road to a decision that gives something, for the review and the second level alike."""
    grants = grants_of(case, data)
    decision = _decide(case, verdict(case, grants, data["remedies"]), data)
    decision.granted, decision.why_countersigned = grants, reasons
    decision.state = Decision.State.AWAITING if reasons else Decision.State.EFFECTIVE
    decision.save()
    case.decisions.append(decision)
    case.written_rows += [decision, *Remedy.objects.bulk_create([Remedy(decision=decision, **row) for row in data["remedies"]])]
    if reasons:
        kind = "approve" if cause == "approve" else "awaiting_countersignature"
        case.record(kind, {"decision": decision.pk, "awaits": reasons}, internal=True)
        notify(case, "awaiting_countersignature")
    else:
        take_effect(case, decision, cause)


def countersign_reasons(case: Case, remedies: list[Data]) -> list[str]:
    """Codes of why this needs a second signature; empty when one is enough."""
    kinds = {row["kind"] for row in remedies}
    returned = sum_of(remedies, RETURNS)
    paid = returned + sum_of(remedies, {"compensation"})
    full = "refund_full" in kinds or (returned and case.ticket.amount is not None and returned >= outstanding(case))
    found = {
        "amount": bool(paid) and paid + came_back(case) >= case.policy.countersign_threshold,  # in parts it is the same money
        "currency": bool(paid) and case.ticket.currency != HOME_CURRENCY,
        "late_claim": case.ticket.late_claim,
        "full_refund_while_discretionary": bool(full) and case.ticket.refund_tier == "discretionary",
        "compensation": "compensation" in kinds,
    }
    return [reason for reason, holds in found.items() if holds]


def _decide(case: Case, ruling: str, data: Data) -> Decision:
    return Decision(
        ticket=case.ticket,
        cycle=case.ticket.cycle,
        verdict=ruling,
        author=case.actor,
        at=case.at,
        root_cause=data["root_cause"],
        liability=data["liability"],
        explanation=data.get("explanation") or data.get("note") or "",
        answers=data["answers"] or {},
        evidence_ids=own_items(case, data["evidence"] or []),
        on_record=any(request.expired and request.cycle == case.ticket.cycle for request in case.requests),
    )


def own_items(case: Case, ids: list[int]) -> list[int]:
    """Raises Invalid at evidence for what does not belong to the ticket."""
    foreign = set(ids) - {item.pk for item in case.evidence if item.kind != DESK_FILE}
    if foreign:
        raise Invalid({"evidence": [_("This ticket has no evidence %(ids)s.") % {"ids": ", ".join(map(str, sorted(foreign)))}]})
    return ids


def take_effect(case: Case, decision: Decision, cause: str) -> None:
    """The decision binds from now: review clocks stop, the remedies' clocks start, the customer is told."""
    before = case.ticket.status
    decision.state, decision.effective_at = Decision.State.EFFECTIVE, case.at
    case.new_rows.append(decision)
    _take_up_owed(case, decision)
    added = [demand for demand in decision.granted if demand not in case.ticket.demands]
    case.ticket.demands = [*case.ticket.demands, *added]  # what nobody had asked for, and is granted all the same
    start_remedies(case, {remedy.kind for remedy in decision.remedies.all()})
    close_internal_level(case)
    case.move(Status.REMEDY_PENDING, cause)
    kind = "partly_approved" if decision.verdict == Decision.Verdict.PARTLY_APPROVED else "approved"
    told = cause if kind == "approved" and cause == "uphold_customer" else kind
    case.record(told, {"decision": decision.pk, **({"demands_added": added} if added else {})}, from_status=before)
    notify(case, kind, decision=decision.pk)


def _take_up_owed(case: Case, decision: Decision) -> None:
    """What is owed of earlier decisions becomes part of this one."""
    for old in replaced_by(case, [{"kind": row.kind} for row in decision.remedies.all()]):
        if old.decision_id != decision.pk:
            old.state = Remedy.State.REPLACED
            case.new_rows.append(old)


def start_remedies(case: Case, kinds: set[str]) -> None:
    """Stop what the decision ends; start the clock of each sort of remedy."""
    covered = case.playbook.review_covers_payout
    limit = timers.live(case, TimerKey.REVIEW_LIMIT)
    timers.stop(case, TimerKey.NO_ACTION, TimerKey.REGULATORY_FINAL, *(() if covered else REVIEW_TIMERS))
    if kinds & MONEY_REMEDIES and not (covered and limit is not None and limit.overrun_at is None):
        timers.start(case, TimerKey.REFUND_PAYOUT)
    if kinds & DOCUMENT_REMEDIES:
        timers.start(case, TimerKey.STATEMENT)
    if kinds & OTHER_REMEDIES:
        timers.start(case, TimerKey.REMEDY_EXEC)


def keep_owed_clocks(case: Case) -> None:
    """What was granted is owed by its date, whatever becomes of the rest: each sort that no clock runs for gets one."""
    kinds = {row.kind for row in owed_remedies(case)}
    sorts = {TimerKey.REFUND_PAYOUT: MONEY_REMEDIES, TimerKey.STATEMENT: DOCUMENT_REMEDIES, TimerKey.REMEDY_EXEC: OTHER_REMEDIES}
    for key, those in sorts.items():
        if kinds & those and timers.live(case, key) is None:
            timers.start(case, key)


def close_internal_level(case: Case) -> None:
    """The second level has answered."""
    timers.stop(case, TimerKey.L1_REVIEW)
    escalation = case.open_escalation("l1_internal")
    if escalation is not None:
        escalation.state, escalation.answered_at = escalation.State.ANSWERED, case.at
        case.new_rows.append(escalation)


def leave_internal_level(case: Case) -> None:
    """The matter is settled before the second level has answered, and nothing says that it has."""
    timers.stop(case, TimerKey.L1_REVIEW)
    escalation = case.open_escalation("l1_internal")
    if escalation is not None:
        escalation.state = escalation.State.CLOSED
        case.new_rows.append(escalation)


def _waiting(case: Case) -> Decision:
    decision = case.waiting_decision
    if decision is None:
        raise LookupError(f"{case.ticket.ref} has no decision that waits")
    return decision


@effect("countersign")
def countersign(case: Case, data: Data) -> None:
    """The second signature: the decision takes effect, or the platform's freeze ends."""
    if case.waiting_decision is None:
        sign_lift(case)
        return
    decision = _waiting(case)
    decision.countersigned_by = case.actor
    take_effect(case, decision, "countersign")


@effect("refuse_countersign")
def refuse_countersign(case: Case, data: Data) -> None:
    """Back to its author, with the reason."""
    if case.waiting_decision is None:
        refuse_lift(case, data["reason"])
        return
    decision = _waiting(case)
    decision.state, decision.countersigned_by = Decision.State.REFUSED, case.actor
    decision.refused_reason = data["reason"]
    case.new_rows.append(decision)
    case.record("refuse_countersign", {"decision": decision.pk, "reason": data["reason"]}, internal=True)
    notify(case, "refuse_countersign")


@effect("retract_decision")
def retract_decision(case: Case, data: Data) -> None:
    """As if it had not been made."""
    decision = _waiting(case)
    decision.state = Decision.State.VOID
    case.new_rows.append(decision)
    case.record("retract_decision", {"decision": decision.pk}, internal=True)


def void_waiting_decision(case: Case) -> None:
    """Whatever overtakes a decision that waits for its second signature makes it void."""
    decision = case.waiting_decision
    if decision is not None:
        decision.state = Decision.State.VOID
        case.new_rows.append(decision)
        case.record("decision_void", {"decision": decision.pk}, internal=True)


def drop_request(case: Case) -> None:
    """Whatever overtakes a request for evidence answers it: it must not stand for the next one."""
    request = case.open_request
    if request is not None:
        request.answered_at = case.at
        case.new_rows.append(request)


def start_way_on(case: Case) -> None:
    """A rejection binds: nobody owes an answer any more, and the time to take it further runs."""
    timers.stop(case, TimerKey.NO_ACTION, TimerKey.REGULATORY_FINAL)
    timers.start(case, TimerKey.REJECTION_FINAL)


@effect("reject")
def reject(case: Case, data: Data) -> None:
    """With a reason, an explanation and an answer to each demand; the letter names the ways on."""
    before = case.ticket.status
    void_waiting_decision(case)
    decision = _decide(case, Decision.Verdict.REJECTED, data)
    decision.reason_code, decision.state, decision.effective_at = data["reason_code"], Decision.State.EFFECTIVE, case.at
    decision.save()
    case.decisions.append(decision)
    case.written_rows.append(decision)
    timers.stop(case, *REVIEW_TIMERS)
    start_way_on(case)
    case.move(Status.REJECTED, "reject")
    case.record("rejected", {"decision": decision.pk, "reason_code": data["reason_code"]}, from_status=before)
    notify(case, "rejected", decision=decision.pk)
