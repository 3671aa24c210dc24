"""The statuses of a complaint, their stages, and who holds the ball in each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    AUTO_REVERSAL_WAIT = "auto_reversal_wait"
    EVIDENCE_COLLECTION = "evidence_collection"
    FREEZE_PENDING = "freeze_pending"
    FROZEN = "frozen"
    APPEAL_SUBMITTED = "appeal_submitted"
    UNDER_REVIEW = "under_review"
    NEEDS_EVIDENCE = "needs_evidence"
    REMEDY_PENDING = "remedy_pending"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Stage(StrEnum):
    INTAKE = "intake"
    FREEZE = "freeze"
    APPEAL = "appeal"
    REMEDY = "remedy"
    ESCALATION = "escalation"
    DONE = "done"


S = Status
STAGE_OF: Mapping[Status, Stage] = {
    S.DRAFT: Stage.INTAKE,
    S.AUTO_REVERSAL_WAIT: Stage.INTAKE,
    S.EVIDENCE_COLLECTION: Stage.INTAKE,
    S.FREEZE_PENDING: Stage.FREEZE,
    S.FROZEN: Stage.FREEZE,
    S.APPEAL_SUBMITTED: Stage.APPEAL,
    S.UNDER_REVIEW: Stage.APPEAL,
    S.NEEDS_EVIDENCE: Stage.APPEAL,
    S.REJECTED: Stage.APPEAL,
    S.REMEDY_PENDING: Stage.REMEDY,
    S.ESCALATED: Stage.ESCALATION,
    S.RESOLVED: Stage.DONE,
    S.CLOSED: Stage.DONE,
}
# Who holds the ball when nothing more particular is known. None: nobody.
WAITING_ON: Mapping[Status, str | None] = {
    S.DRAFT: "customer",
    S.AUTO_REVERSAL_WAIT: "channel",
    S.EVIDENCE_COLLECTION: "customer",
    S.FREEZE_PENDING: "agent",
    S.FROZEN: "customer",
    S.APPEAL_SUBMITTED: "agent",
    S.UNDER_REVIEW: "agent",
    S.NEEDS_EVIDENCE: "customer",
    S.REMEDY_PENDING: "agent",
    S.REJECTED: "customer",
    S.ESCALATED: "agent",
    S.RESOLVED: "customer",
    S.CLOSED: None,
}
ALL = frozenset(Status)
FILED = ALL - {S.DRAFT}
OPEN = ALL - {S.RESOLVED, S.CLOSED}
NEVER_SUBMITTED = frozenset({S.AUTO_REVERSAL_WAIT, S.EVIDENCE_COLLECTION, S.FREEZE_PENDING, S.FROZEN})
