"""Where a complaint stands: freeze, appeal, review, outcome, further; ticked is what happened."""

from __future__ import annotations

from dataclasses import dataclass

from lib.types import Text
from portal.presenters.on_track import freeze_failed
from portal.words import STEP
from tickets.cases.case import Case
from tickets.models import Escalation, Freeze
from tickets.workflow import Status

S = Status
# The place has the complaint, or has answered it.
WITH_THEM = frozenset({"filed", "answered"})
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
    """`done` and `failed` are said of what happened, never of how far the status has come."""

    name: Text
    done: bool
    current: bool
    failed: bool = False


def steps(case: Case) -> list[ProgressStep]:
    """Freezing and taking it further only where they happened; a complaint that never came so far has none."""
    if case.status == S.CLOSED and not case.ticket.ever_submitted:
        return []
    happened, reached = _happened(case), STEP_REACHED.get(case.status, "appeal")
    keys = [key for key in STEP if _belongs(case, key)]
    failed = freeze_failed(case)
    return [
        ProgressStep(STEP[key], happened[key] and key != reached, key == reached, failed=key == "freeze" and failed and not happened[key])
        for key in keys
    ]


def _happened(case: Case) -> dict[str, bool]:
    """Each from its own row: a freeze that was active, an appeal handed in, a decision in effect, money back, a place that has it."""
    decided = case.effective_decision is not None
    return {
        "freeze": any(freeze.origin == Freeze.Origin.USER_PROTECTIVE and freeze.active_at for freeze in case.freezes),
        "appeal": case.ticket.ever_submitted,
        "review": decided,
        "outcome": decided or bool(case.refunds),
        "escalation": any(escalation.state in WITH_THEM for escalation in case.escalations),
    }


def _belongs(case: Case, key: str) -> bool:
    if key == "freeze":
        return any(freeze.origin == Freeze.Origin.USER_PROTECTIVE for freeze in case.freezes)
    went = any(each.state != Escalation.State.TO_BE_FILED for each in case.escalations)
    return key != "escalation" or went or case.status in (S.REJECTED, S.ESCALATED)
