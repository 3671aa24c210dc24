"""What an operation refuses, and with which code. Doors turn a Refusal into words and a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

# code → HTTP status. Everything a guard can say stands here; the sentences are in tickets/words/blocks.py.
STATUS_OF_CODE: dict[str, int] = {
    "invalid": 400,
    "forbidden": 403,
    "CONFLICT_OF_INTEREST": 403,
    "OWNERS_ALONE": 403,
    "FRESH_PROOF_REQUIRED": 403,
    "FRESH_FACTOR_REQUIRED": 403,
    "SAME_SIGNATORY": 403,
    "not_found": 404,
    "WRONG_STATUS": 409,
    "NOT_ASSIGNED": 409,
    "FREEZE_ALREADY_ACTIVE": 409,
    "NOT_AN_EMERGENCY": 409,
    "RELEASE_REQUIRED": 409,
    "LIFT_NOT_REQUESTED": 409,
    "FIRST_REPLY_REQUIRED": 409,
    "PAUSE_LIMIT": 409,
    "NOT_A_DUPLICATE": 409,
    "DECISION_MADE": 409,
    "REOPEN_WINDOW_OVER": 409,
    "RATING_WINDOW_OVER": 409,
    "SECURITY_TASKS_OPEN": 409,
    "NO_HOLD": 409,
    "NO_CALL_BACK": 409,
    "CALL_WAITS": 409,
    "EXTENSION_LIMIT": 409,
    "RUN_GOES_ON": 409,
    "STAFF_ACCOUNT": 409,
    "EVIDENCE_BROKEN": 409,
    "NOT_DRAWN": 409,
    "EVIDENCE_FULL": 409,
    "EVIDENCE_LOCKED": 409,
    "UPLOAD_OFFSET": 409,
    "UPLOADS_OPEN": 409,
    "NOT_CONSUMER_DISPUTE": 409,
    "TARGET_NOT_OFFERED": 409,
    "ALREADY_ESCALATED": 409,
    "ALREADY_REFUNDED": 409,
    "ESCALATION_NOT_YET_AVAILABLE": 409,
    "CHANNEL_REFERENCE_REQUIRED": 409,
    "OUTCOME_NOT_RECORDED": 409,
    "AUTO_REVERSAL_WAIT_RUNNING": 409,
    "NOT_YET_DUE": 409,
    "INCIDENT_EXISTS": 409,
    "INCIDENT_STATE": 409,
    "INCIDENT_LINKED": 409,
    "INCIDENT_EMPTY": 409,
    "stale": 412,
    "MISSING_EVIDENCE": 422,
    "CONSENT_REQUIRED": 422,
    "STATEMENT_INCOMPLETE": 422,
    "REFERENCE_REQUIRED": 422,
    "DEMAND_UNANSWERED": 422,
    "REMEDY_NOT_OFFERED": 422,
    "NOTHING_GRANTED": 422,
    "DOCUMENT_REQUIRED": 422,
    "REFUND_EXCEEDS_CLAIM": 422,
    "BURDEN_OF_PROOF": 422,
    "throttled": 429,
    "DRAWING_BUSY": 503,
    "STORE_AWAY": 503,
}


@dataclass(frozen=True)
class Block:
    """One failing guard: its code, and what a person or program needs to get past it."""

    code: str
    available_from: datetime | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        shown: dict[str, object] = {"code": self.code, **self.extra}
        if self.available_from is not None:
            shown["available_from"] = self.available_from
        return shown


class Refusal(Exception):
    """An operation that did not happen. Nothing was written; `code` says why."""

    def __init__(self, block: Block, blocked_by: Sequence[Block] = ()) -> None:
        super().__init__(block.code)
        self.block = block
        self.blocked_by = list(blocked_by) or [block]

    @property
    def code(self) -> str:
        return self.block.code

    @property
    def status(self) -> int:
        return STATUS_OF_CODE[self.code]


class NotFound(Refusal):
    """The ticket does not exist, or the actor may not know that it does."""

    def __init__(self) -> None:
        super().__init__(Block("not_found"))


class Forbidden(Refusal):
    """The actor sees the ticket but may not do this."""

    def __init__(self, code: str = "forbidden") -> None:
        super().__init__(Block(code))


class WrongStatus(Refusal):
    """Too early, too late, or somebody else was first."""

    def __init__(self, status: str) -> None:
        super().__init__(Block("WRONG_STATUS", extra={"current_status": status}))


class Stale(Refusal):
    """The actor looked at an older version of the ticket."""

    def __init__(self) -> None:
        super().__init__(Block("stale"))


class Invalid(Refusal):
    """Input of the wrong shape. `errors` maps each field to sentences in the reader's language."""

    def __init__(self, errors: Mapping[str, Sequence[object]]) -> None:
        super().__init__(Block("invalid"))
        self.errors = {name: [str(text) for text in texts] for name, texts in errors.items()}
