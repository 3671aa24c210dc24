"""Which of two complaints goes on when they are joined, and when they may not be. Reads, never writes."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.cases.case import Case
from tickets.models import Decision, Ticket
from tickets.workflow import Status

# The further one goes on. What is not named here has hardly begun.
FURTHER: Mapping[str, int] = {
    Status.REMEDY_PENDING: 7,
    Status.ESCALATED: 6,
    Status.REJECTED: 5,
    Status.NEEDS_EVIDENCE: 4,
    Status.UNDER_REVIEW: 3,
    Status.APPEAL_SUBMITTED: 2,
    Status.FROZEN: 1,
    Status.FREEZE_PENDING: 1,
}
STANDING = (Decision.State.EFFECTIVE, Decision.State.AWAITING)


def holds_decision(case: Case) -> bool:
    """An approval or a rejection, in effect or waiting for its second signature."""
    return any(decision.state in STANDING for decision in case.decisions)


def decided_apart(one: Case, other: Case) -> bool:
    """Both hold a decision, or one does and the other an appeal: whichever lives, a decision or an appeal would be lost."""
    pairs = ((one, other), (other, one))
    return any(holds_decision(this) and (holds_decision(that) or that.ticket.ever_submitted) for this, that in pairs)


def goes_on(one: Case, other: Case) -> tuple[Case, Case]:
    """The one that lives and the one that closes: a decision stays where it was made, then the further one, then the older."""

    def rank(case: Case) -> tuple[bool, int, float, int]:
        age = -case.ticket.created_at.timestamp()
        return holds_decision(case), FURTHER.get(case.status, 0), age, -case.ticket.pk

    return (one, other) if rank(one) > rank(other) else (other, one)


def merged_refs(ticket: Ticket) -> list[str]:
    """What was joined into it and has not been taken apart, the oldest joining first."""
    return list(ticket.merged.order_by("closed_at", "pk").values_list("ref", flat=True))
