"""The guards of the table, by name. Each says why an act is refused, or None. Without input (a menu) only facts are judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings

from tickets.cases import timers
from tickets.cases.blocking import Guard, wrong_status
from tickets.cases.case import Case
from tickets.cases.checklist import COMING, missing, of_kind, statement_gaps, usable, without_consent
from tickets.cases.escalation_guards import (
    answer_expected,
    answered_outside,
    channel_reference,
    escalation_right,
    hand_over_waits,
    letter_unanswered,
    not_own_judgement,
    outside_decision_attached,
    rejected_outside,
    target_not_open_yet,
    target_open_to_case,
    upheld_outside,
)
from tickets.cases.freeze_guards import FREEZE_GUARDS, lift_waiting
from tickets.cases.guards_of_money import GUARDS_OF_MONEY
from tickets.cases.joins import decided_apart, merged_refs
from tickets.models import Ticket
from tickets.policy.playbooks import ALTERNATIVES
from tickets.workflow import OPEN, Action, Block, Data, Status, TimerKey
from tickets.workflow.vocabulary import OPERATOR_EVIDENCE, TARGETS


# ---- The appeal
def evidence_complete(case: Case, data: Data | None) -> Block | None:
    lacking = missing(case)
    return Block("MISSING_EVIDENCE", extra={"missing": lacking}) if lacking else None


def consent_given(case: Case, data: Data | None) -> Block | None:
    kinds = without_consent(case)
    return Block("CONSENT_REQUIRED", extra={"kinds": kinds}) if kinds else None


def statement_complete(case: Case, data: Data | None) -> Block | None:
    gaps = statement_gaps(case)
    return Block("STATEMENT_INCOMPLETE", extra={"missing": gaps}) if gaps else None


def wait_over(case: Case, data: Data | None) -> Block | None:
    timer = timers.live(case, TimerKey.AUTO_REVERSAL_WAIT)
    if timer is None or case.now >= timer.due_at:
        return None
    return Block("AUTO_REVERSAL_WAIT_RUNNING", available_from=timer.due_at)


def withdrawal_due(case: Case, data: Data | None) -> Block | None:
    timer = timers.live(case, TimerKey.WITHDRAWAL_ARRIVAL)
    if timer is None or case.ticket.facts.get("withdrawal_status") == "failed" or case.now >= timer.due_at:
        return None
    return Block("NOT_YET_DUE", available_from=timer.due_at)


# ---- The review
def assignable(case: Case, data: Data | None) -> Block | None:
    assignee = case.ticket.assignee_id
    mine = assignee is None or (case.actor is not None and assignee == case.actor.pk)
    return None if mine else Block("NOT_ASSIGNED")


def not_own_case(case: Case, data: Data | None) -> Block | None:
    """The owner and those complained about never act for the desk on a case."""
    actor = case.actor
    if actor is None:
        return None
    own = actor.pk == case.ticket.owner_id or actor in case.complained_about
    return Block("CONFLICT_OF_INTEREST") if own else None


def no_part_in_it(case: Case, data: Data | None) -> Block | None:
    """Those complained about do not act on a case; its owner, whatever else they are, acts here as its owner."""
    own = case.actor is not None and case.actor.pk == case.ticket.owner_id
    return None if own else not_own_case(case, data)


def no_conflict(case: Case, data: Data | None) -> Block | None:
    """Neither owner, nor filer, nor complained about."""
    if case.actor is not None and case.actor.pk == case.ticket.filed_by_id:
        return Block("CONFLICT_OF_INTEREST")
    return not_own_case(case, data)


def first_reply_sent(case: Case, data: Data | None) -> Block | None:
    timer = timers.find(case, TimerKey.FIRST_RESPONSE)
    sent = timer is None or timer.stopped_at is not None
    return None if sent or data is None or data.get("eta_at") else Block("FIRST_REPLY_REQUIRED")


def pause_left(case: Case, data: Data | None) -> Block | None:
    used = sum(1 for request in case.requests if request.cycle == case.ticket.cycle)
    return Block("PAUSE_LIMIT") if used >= case.policy.pause_limit else None


def request_answered(case: Case, data: Data | None) -> Block | None:
    request = case.open_request
    if request is None or data is None:
        return None if request else wrong_status(case)
    excused = {row["kind"] for row in data.get("unavailable") or ()}
    lacking = [kind for kind in request.kinds if kind not in excused and not _newer(case, kind, request.after_item)]
    return Block("MISSING_EVIDENCE", extra={"missing": lacking}) if lacking else None


def _newer(case: Case, kind: str, than: int) -> bool:
    """Also what we have not looked at yet: our own slowness never costs the customer a window."""
    ways = ALTERNATIVES.get(kind, ((kind,),))
    return any(all(any(i.pk > than for i in of_kind(case, each, COMING)) for each in way) for way in ways)


# ---- Decisions
def no_decision_waits(case: Case, data: Data | None) -> Block | None:
    return wrong_status(case) if case.waiting_decision else None


def decision_waits(case: Case, data: Data | None) -> Block | None:
    return None if case.waiting_decision else wrong_status(case)


def signature_wanted(case: Case, data: Data | None) -> Block | None:
    """A decision waits for it, or the lifting of the platform's freeze."""
    return None if case.waiting_decision or lift_waiting(case) else wrong_status(case)


def another_signatory(case: Case, data: Data | None) -> Block | None:
    """Not the author of the decision; where only a lifting waits, not the operator who wants it."""
    decision, freeze = case.waiting_decision, lift_waiting(case)
    author = decision.author_id if decision is not None else freeze.lift_waits_by_id if freeze is not None else None
    same = author is not None and case.actor is not None and author == case.actor.pk
    return Block("SAME_SIGNATORY") if same else None


def own_decision(case: Case, data: Data | None) -> Block | None:
    decision = case.waiting_decision
    own = decision is None or (case.actor is not None and decision.author_id == case.actor.pk)
    return None if own else Block("forbidden")


def demands_answered(case: Case, data: Data | None) -> Block | None:
    if data is None:
        return None
    open_demands = [demand for demand in case.ticket.demands if not (data.get("answers") or {}).get(demand)]
    return Block("DEMAND_UNANSWERED", extra={"missing": open_demands}) if open_demands else None


def burden_of_proof(case: Case, data: Data | None) -> Block | None:
    if data is None or not case.playbook.burden_on_institution:
        return None
    attached = set(data.get("evidence") or ())
    proof = [i for i in case.evidence if i.pk in attached and i.kind in OPERATOR_EVIDENCE and usable(i)]
    return None if proof else Block("BURDEN_OF_PROOF")


# ---- Escalation
def target_blocks(case: Case, action: Action, target: str) -> list[Block]:
    """What stands between the customer and one target, in the order of the domain rules."""
    data = {"target": target}
    found = [GUARDS[name](case, data) for name in action.guards]
    return [block for block in found if block]


# ---- The rest
def extension_left(case: Case, data: Data | None) -> Block | None:
    """An authority may wait for an answer even where the complaint itself is settled."""
    key = (data or {}).get("timer")
    if any(key in (None, timer.key) for timer, _amount in timers.extensions(case)):
        return None
    return Block("EXTENSION_LIMIT") if case.status in OPEN else wrong_status(case)


def overseas_lane(case: Case, data: Data | None) -> Block | None:
    if case.ticket.lane != "overseas_24h":
        return wrong_status(case)
    if not data or not data["passed"]:
        return None
    lacking = [kind for kind in ("passport", "consumption_proof") if not of_kind(case, kind)]
    return Block("MISSING_EVIDENCE", extra={"missing": lacking}) if lacking else None


def is_a_duplicate(case: Case, data: Data | None) -> Block | None:
    if data is None:
        return None
    other = Ticket.objects.filter(ref=data["into"], owner_id=case.ticket.owner_id, status__in=OPEN - {Status.DRAFT})
    numbers = [order.number for order in case.order_references]
    found = other.exclude(pk=case.ticket.pk).filter(order_references__number__in=numbers).exists()
    return None if found else Block("NOT_A_DUPLICATE")


def no_decision_apart(case: Case, data: Data | None) -> Block | None:
    """A decision stays where it was made, and no appeal is lost beside it."""
    other = Ticket.objects.filter(ref=data["into"]).first() if data else None
    apart = other is not None and decided_apart(case, Case(other, case.now, case.actor, timers=[]))
    return Block("DECISION_MADE") if apart else None


def something_joined(case: Case, data: Data | None) -> Block | None:
    return None if merged_refs(case.ticket) else wrong_status(case)


def other_not_own_case(case: Case, data: Data | None) -> Block | None:
    """What it is joined into is asked the same."""
    other = Ticket.objects.filter(ref=data["into"]).first() if data else None
    return not_own_case(Case(other, case.now, case.actor, timers=[]), None) if other else None


def reopenable(case: Case, data: Data | None) -> Block | None:
    ticket = case.ticket
    if ticket.close_reason == "merged" or ticket.closed_at is None:
        return wrong_status(case)
    asked_at = ticket.reopen_requested_at or case.now  # what counts is when the owner asked
    late = asked_at > ticket.closed_at + timedelta(days=case.policy.reopen_days)
    return Block("REOPEN_WINDOW_OVER") if late else None


def reopening_asked_for(case: Case, data: Data | None) -> Block | None:
    return None if case.ticket.reopen_requested_at is not None else wrong_status(case)


def hold_present(case: Case, data: Data | None) -> Block | None:
    held = case.ticket.legal_hold_until is not None and case.ticket.legal_hold_until > case.now
    return None if held else Block("NO_HOLD")


def call_back_offered(case: Case, data: Data | None) -> Block | None:
    return None if settings.HELP_CALL_BACK else Block("NO_CALL_BACK")


def no_call_waits(case: Case, data: Data | None) -> Block | None:
    """One at a time: whoever presses again is told that it stands."""
    return Block("CALL_WAITS") if case.ticket.call_asked_at is not None else None


GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        *FREEZE_GUARDS, evidence_complete, consent_given, statement_complete, wait_over, withdrawal_due, assignable,
        not_own_case, no_part_in_it, no_conflict, first_reply_sent, pause_left, request_answered, no_decision_waits, decision_waits,
        signature_wanted, another_signatory, own_decision, demands_answered, burden_of_proof, target_open_to_case,
        target_not_open_yet, escalation_right, channel_reference, hand_over_waits, answer_expected, letter_unanswered,
        answered_outside, upheld_outside, rejected_outside, outside_decision_attached, not_own_judgement, extension_left,
        overseas_lane, is_a_duplicate, no_decision_apart, something_joined, other_not_own_case, reopenable,
        reopening_asked_for, hold_present, call_back_offered, no_call_waits,
        *GUARDS_OF_MONEY,
    )
}  # fmt: skip


def blocks(case: Case, action: Action, data: Data | None) -> list[Block]:
    """Every guard of the action that fails, in the table's order. Without data: what a menu should say.

    Who has a part in it is told that alone: what else stands in the way (a decision that waits) is among colleagues.
    """
    if action.per_target and data is None:
        return _best_target(case, action)
    found = [block for name in action.guards if (block := GUARDS[name](case, data))]
    return [block for block in found if block.code == "CONFLICT_OF_INTEREST"][:1] or found


def _best_target(case: Case, action: Action) -> list[Block]:
    per_target = [target_blocks(case, action, target) for target in TARGETS if target != "police"]
    return min(per_target, key=lambda found: (len(found), _waits(found)))


def _waits(found: list[Block]) -> bool:
    return not (found and found[0].available_from)
