"""Guards on every road to money. They stand on the outcome: whichever action, door or program leads there, the same function is asked."""

from __future__ import annotations

from decimal import Decimal

from accounts.roles import Role
from tickets.cases.case import Case
from tickets.cases.money import (
    NOUGHT,
    came_back,
    granted_by,
    grants_of,
    outstanding,
    owed_remedies,
    pending_money,
    returned_too_often,
    sum_of,
)
from tickets.models.querysets import is_staff_not_owner
from tickets.workflow import Block, Data, Status
from tickets.workflow.vocabulary import DOCUMENT_REMEDIES, REFUNDS, RETURNS


# ---- What may be decided
def remedies_offered(case: Case, data: Data | None) -> Block | None:
    """Only what the category's playbook knows."""
    strange = [row["kind"] for row in data["remedies"] if row["kind"] not in case.playbook.remedies] if data else []
    return Block("REMEDY_NOT_OFFERED", extra={"remedies": strange}) if strange else None


def something_granted(case: Case, data: Data | None) -> Block | None:
    """An approval that gives nothing of what was asked for is a rejection."""
    return Block("NOTHING_GRANTED") if data is not None and not grants_of(case, data) else None


def refund_within_claim(case: Case, data: Data | None) -> Block | None:
    """No more than the disputed amount, less what came back on this complaint already."""
    if data is None:
        return None
    counted = REFUNDS if case.ticket.amount is None else RETURNS
    given = sum_of(data["remedies"], counted)
    if given <= outstanding(case):
        return None
    return Block("REFUND_EXCEEDS_CLAIM", extra={"claim": str(case.ticket.amount or NOUGHT), "returned": str(came_back(case))})


# ---- Who may not
def did_not_raise_claim(case: Case, data: Data | None) -> Block | None:
    """Whoever raised the claim neither decides nor signs."""
    raised = case.actor is not None and any(row.by_id == case.actor.pk for row in case.claim_raises)
    return Block("SAME_SIGNATORY") if raised else None


def not_the_author(case: Case, data: Data | None) -> Block | None:
    """Whoever decided that money goes out does not confirm that it went."""
    owed = {row.decision_id for row in owed_remedies(case)}
    authors = [each.author_id for each in granted_by(case) if each.pk in owed] or [each.author_id for each in granted_by(case)[-1:]]
    return Block("SAME_SIGNATORY") if case.actor is not None and case.actor.pk in authors else None


def decided_nothing_here(case: Case, data: Data | None) -> Block | None:
    """A refund is recorded by somebody who made no decision on this complaint; its owner is asked nothing."""
    actor = case.actor
    own = actor is not None and actor.pk != case.ticket.owner_id and any(row.author_id == actor.pk for row in case.decisions)
    return Block("SAME_SIGNATORY") if own else None


def claim_within_reach(case: Case, data: Data | None) -> Block | None:
    """The claim is fixed once it was handed in; before, it is simply corrected."""
    return None if case.ticket.ever_submitted else Block("WRONG_STATUS", extra={"current_status": case.ticket.status})


# ---- What went out
def remedy_waits(case: Case, data: Data | None) -> Block | None:
    """What was granted can be carried out wherever the complaint stands since: the rest taken further, refused, or closed."""
    waits = case.status == Status.REMEDY_PENDING or owed_remedies(case)
    return None if waits else Block("WRONG_STATUS", extra={"current_status": case.ticket.status})


def within_decision(case: Case, data: Data | None) -> Block | None:
    """No more goes out than was decided, and of nothing that was not."""
    said = (data.get("amounts") if data else None) or {}
    decided = {row.kind: row.amount or NOUGHT for row in pending_money(case)}
    more = {kind: str(decided.get(kind, NOUGHT)) for kind, amount in said.items() if amount > decided.get(kind, NOUGHT)}
    return Block("REFUND_EXCEEDS_CLAIM", extra={"decided": more}) if more else None


def document_issued(case: Case, data: Data | None) -> Block | None:
    """A promised document is done when it lies in the case and its owner has it, from us: not by typing a reference."""
    if not any(row.kind in DOCUMENT_REMEDIES for row in owed_remedies(case)):
        return None
    ours = (item for item in case.evidence if item.kind in DOCUMENT_REMEDIES and item.uploaded_by_id != case.ticket.owner_id)
    there = any(item.state == "clean" and not item.internal for item in ours)
    return None if there else Block("DOCUMENT_REQUIRED", extra={"missing": sorted(DOCUMENT_REMEDIES)})


def refund_reference(case: Case, data: Data | None) -> Block | None:
    """An agent names the payment; a customer may not know it, and a program tells what it has."""
    by_desk = case.actor is not None and case.actor.pk != case.ticket.owner_id and Role.SERVICE not in case.roles
    return Block("REFERENCE_REQUIRED") if by_desk and data is not None and not data.get("reference") else None


def recorded_refund_fits(case: Case, data: Data | None) -> Block | None:
    return _too_often(case, data["amount"], data.get("order_number") or "") if data else None


def remedy_fits(case: Case, data: Data | None) -> Block | None:
    """The same for what a decision has sent."""
    if data is None:
        return None
    said = data.get("amounts") or {}
    total = sum((said.get(row.kind) or row.amount or NOUGHT for row in pending_money(case) if row.kind in RETURNS), NOUGHT)
    return _too_often(case, total, "") if total else None


def _too_often(case: Case, amount: Decimal, number: str) -> Block | None:
    """Colleagues are told where it came back already; nobody else hears of another's complaint."""
    where = returned_too_often(case, amount, number)
    if where is None:
        return None
    told = case.actor is not None and Role.SERVICE not in case.roles and is_staff_not_owner(case.ticket, case.actor)
    return Block("ALREADY_REFUNDED", extra={"where": where} if told else {})


GUARDS_OF_MONEY = (
    remedies_offered, something_granted, refund_within_claim, did_not_raise_claim, not_the_author, decided_nothing_here,
    claim_within_reach, remedy_waits, within_decision, document_issued, refund_reference, recorded_refund_fits, remedy_fits,
)  # fmt: skip
