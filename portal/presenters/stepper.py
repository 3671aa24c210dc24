"""Where a complaint stands: freeze, appeal, review, outcome, further."""

from __future__ import annotations

from dataclasses import dataclass

from lib.types import Text
from portal.words import STEP
from tickets.cases.case import Case
from tickets.models import Escalation, Freeze
from tickets.workflow import Status

S = Status
STEP_REACHED = {
    S.FREEZE_PENDING: "freeze",
    S.AUTO_REVERSAL_WAIT: "appeal",
    S.EVIDENCE_COLLECTION: "appeal",
    S.FROZEN: "appeal",
    S.APPEAL_SUBMITTED: "review",
    S.UNDER_REVIEW: "review",
    S.NEEDS_EVIDENCE: "review",
    S.REMEDY_PENDING: "outcome",
    S.REJECTED: "outcome",
    S.ESCALATED: "escalation",
    S.RESOLVED: "outcome",
    S.CLOSED: "",
}


@dataclass(frozen=True)
class ProgressStep:
    name: Text
    done: bool
    current: bool


def steps(case: Case) -> list[ProgressStep]:
    """Freezing and taking it further only where they happened; a complaint that never came so far has none."""
    if case.status == S.CLOSED and not case.ticket.ever_submitted:
        return []
    keys = [key for key in STEP if _belongs(case, key)]
    reached = STEP_REACHED.get(case.status, "appeal")
    place = keys.index(reached) if reached in keys else len(keys)
    return [ProgressStep(STEP[key], number < place, number == place) for number, key in enumerate(keys)]


def _belongs(case: Case, key: str) -> bool:
    if key == "freeze":
        return any(freeze.origin == Freeze.Origin.USER_PROTECTIVE for freeze in case.freezes)
    went = any(each.state != Escalation.State.TO_BE_FILED for each in case.escalations)
    return key != "escalation" or went or case.status in (S.REJECTED, S.ESCALATED)
