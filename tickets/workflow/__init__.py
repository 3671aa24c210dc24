"""The one table: which role may take which action in which status, where it leads, what guards it. Pure.

Menus, the API's allowed_actions, the diagram in docs/states.md and the table tests derive from it.
Source: the state machine and the table of actions in the domain rules (A0-08, A1-13 and others).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role


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

OWNER, AGENT, OPERATOR = Role.OWNER, Role.AGENT, Role.FREEZE_OPERATOR
REVIEWER, SUPERVISOR, PRIVACY, SERVICE = Role.REVIEWER, Role.SUPERVISOR, Role.PRIVACY_OFFICER, Role.SERVICE
ANYONE = frozenset({OWNER, AGENT, OPERATOR, REVIEWER, SUPERVISOR, PRIVACY, SERVICE})


@dataclass(frozen=True)
class Action:
    """One row. `arrows` are the moves it may make (from, to); an action without arrows leaves the status."""

    key: str
    roles: frozenset[Role]
    statuses: frozenset[Status]
    guards: tuple[str, ...] = ()
    arrows: tuple[tuple[Status, Status], ...] = ()


def _to(target: Status, *sources: Status) -> tuple[tuple[Status, Status], ...]:
    return tuple((source, target) for source in sources)


# fmt: off
_ROWS: tuple[Action, ...] = (
    Action("file", frozenset({OWNER, AGENT}), frozenset({S.DRAFT}), (),
           _to(S.AUTO_REVERSAL_WAIT, S.DRAFT) + _to(S.EVIDENCE_COLLECTION, S.DRAFT)),
    Action("request_freeze", frozenset({OWNER, AGENT}), OPEN, ("emergency", "one_freeze_per_account"),
           _to(S.FREEZE_PENDING, S.DRAFT, S.EVIDENCE_COLLECTION)),
    Action("confirm_freeze", frozenset({OPERATOR, SERVICE}), ALL,
           ("freeze_requested", "freeze_reference", "not_own_case"),
           _to(S.FROZEN, S.FREEZE_PENDING)),
    Action("fail_freeze", frozenset({OPERATOR, SERVICE}), ALL, ("freeze_requested", "not_own_case"),
           _to(S.EVIDENCE_COLLECTION, S.FREEZE_PENDING)),
    Action("request_lift", frozenset({OWNER}), ALL, ("freeze_live",)),
    Action("lift_freeze", frozenset({OPERATOR, SERVICE}), ALL,
           ("freeze_active", "release_given", "security_tasks_done", "not_own_case"), _to(S.EVIDENCE_COLLECTION, S.FROZEN)),
    Action("tick_security_task", frozenset({OWNER, AGENT}), ALL, ("no_part_in_it",)),
    Action("waive_wait", frozenset({AGENT}), frozenset({S.AUTO_REVERSAL_WAIT}), ("not_own_case",),
           _to(S.EVIDENCE_COLLECTION, S.AUTO_REVERSAL_WAIT)),
    Action("submit_appeal", frozenset({OWNER, AGENT}), frozenset({S.DRAFT}) | NEVER_SUBMITTED,
           ("evidence_complete", "consent_given", "statement_complete", "wait_over", "withdrawal_due"),
           _to(S.APPEAL_SUBMITTED, S.DRAFT, S.EVIDENCE_COLLECTION, S.FREEZE_PENDING, S.FROZEN)),
    Action("route_after_sale", frozenset({OWNER, AGENT}), frozenset({S.DRAFT, S.EVIDENCE_COLLECTION}), ("no_part_in_it",),
           _to(S.CLOSED, S.DRAFT, S.EVIDENCE_COLLECTION)),
    Action("start_review", frozenset({REVIEWER}), frozenset({S.APPEAL_SUBMITTED}),
           ("assignable", "no_conflict", "first_reply_sent"), _to(S.UNDER_REVIEW, S.APPEAL_SUBMITTED)),
    Action("request_evidence", frozenset({REVIEWER}), frozenset({S.UNDER_REVIEW}), ("no_conflict", "pause_left"),
           _to(S.NEEDS_EVIDENCE, S.UNDER_REVIEW)),
    Action("supply_evidence", frozenset({OWNER}), frozenset({S.NEEDS_EVIDENCE}), ("request_answered",),
           _to(S.UNDER_REVIEW, S.NEEDS_EVIDENCE)),
    Action("approve", frozenset({REVIEWER}), frozenset({S.UNDER_REVIEW, S.ESCALATED}),
           ("no_decision_waits", "no_conflict", "demands_answered", "refund_within_claim"),
           _to(S.REMEDY_PENDING, S.UNDER_REVIEW, S.ESCALATED)),
    Action("countersign", frozenset({SUPERVISOR}), frozenset({S.UNDER_REVIEW, S.ESCALATED}),
           ("decision_waits", "no_conflict", "another_signatory"),
           _to(S.REMEDY_PENDING, S.UNDER_REVIEW, S.ESCALATED)),
    Action("refuse_countersign", frozenset({SUPERVISOR}), frozenset({S.UNDER_REVIEW, S.ESCALATED}),
           ("decision_waits", "no_conflict", "another_signatory")),
    Action("retract_decision", frozenset({REVIEWER}), frozenset({S.UNDER_REVIEW, S.ESCALATED}),
           ("decision_waits", "own_decision")),
    Action("reject", frozenset({REVIEWER}), frozenset({S.UNDER_REVIEW}),
           ("no_conflict", "demands_answered", "burden_of_proof"), _to(S.REJECTED, S.UNDER_REVIEW)),
    Action("confirm_remedy", frozenset({AGENT, SERVICE}), frozenset({S.REMEDY_PENDING}), ("not_own_case",),
           _to(S.RESOLVED, S.REMEDY_PENDING)),
    Action("fail_remedy", frozenset({AGENT, SERVICE}), frozenset({S.REMEDY_PENDING}), ("not_own_case",),
           _to(S.UNDER_REVIEW, S.REMEDY_PENDING)),
    Action("record_refund", frozenset({OWNER, AGENT, SERVICE}), OPEN - {S.DRAFT}, ("no_part_in_it",),
           _to(S.RESOLVED, *sorted(OPEN - {S.DRAFT}))),
    Action("escalate", frozenset({OWNER, AGENT}), OPEN - {S.DRAFT},
           ("no_part_in_it", "target_open_to_case", "target_not_open_yet", "escalation_right", "channel_reference"),
           _to(S.ESCALATED, *sorted(OPEN - {S.DRAFT}))),
    Action("record_external_answer", frozenset({AGENT}), FILED, ("not_own_case", "escalation_open")),
    Action("return_to_review", frozenset({SUPERVISOR, AGENT}), frozenset({S.ESCALATED}),
           ("not_own_case", "external_result_for_agents"), _to(S.UNDER_REVIEW, S.ESCALATED)),
    Action("uphold_customer", frozenset({SUPERVISOR, AGENT}), frozenset({S.ESCALATED}),
           ("not_own_case", "external_result_for_agents", "not_own_judgement", "refund_within_claim"),
           _to(S.REMEDY_PENDING, S.ESCALATED)),
    Action("uphold_rejection", frozenset({SUPERVISOR, AGENT}), frozenset({S.ESCALATED}),
           ("not_own_case", "external_result_for_agents", "not_own_judgement"), _to(S.REJECTED, S.ESCALATED)),
    Action("extend", frozenset({SUPERVISOR}), OPEN - {S.DRAFT}, ("extension_left", "not_own_case")),
    Action("record_identity_check", frozenset({AGENT, SERVICE}), OPEN - {S.DRAFT}, ("overseas_lane", "not_own_case")),
    Action("confirm_resolution", frozenset({OWNER}), frozenset({S.RESOLVED}), (), _to(S.CLOSED, S.RESOLVED)),
    Action("dispute_resolution", frozenset({OWNER}), frozenset({S.RESOLVED}), (),
           _to(S.UNDER_REVIEW, S.RESOLVED) + _to(S.EVIDENCE_COLLECTION, S.RESOLVED)),
    Action("withdraw", frozenset({OWNER}), OPEN - {S.DRAFT}, (), _to(S.CLOSED, *sorted(OPEN - {S.DRAFT}))),
    Action("merge", frozenset({AGENT}), OPEN - {S.DRAFT}, ("is_a_duplicate", "not_own_case", "other_not_own_case"),
           _to(S.CLOSED, *sorted(OPEN - {S.DRAFT}))),
    Action("reopen", frozenset({OWNER, SUPERVISOR}), frozenset({S.CLOSED}), ("no_part_in_it", "reopenable"),
           _to(S.UNDER_REVIEW, S.CLOSED) + _to(S.EVIDENCE_COLLECTION, S.CLOSED)),
    Action("refer_to_police", ANYONE, ALL),
    Action("release_hold", frozenset({PRIVACY, SUPERVISOR}), ALL, ("hold_present", "not_own_case")),
)
# fmt: on


ACTIONS: Mapping[str, Action] = {action.key: action for action in _ROWS}

# What the clock does by itself: timer → (from, to). Fired once, attributed to the instant it became due.
SYSTEM_ARROWS: Mapping[str, tuple[tuple[Status, Status], ...]] = {
    "auto_reversal_wait": _to(S.EVIDENCE_COLLECTION, S.AUTO_REVERSAL_WAIT),
    "supplement": _to(S.UNDER_REVIEW, S.NEEDS_EVIDENCE),
    "review_limit": _to(S.ESCALATED, S.APPEAL_SUBMITTED, S.UNDER_REVIEW, S.ESCALATED),
    "confirm": _to(S.CLOSED, S.RESOLVED),
    "rejection_final": _to(S.CLOSED, S.REJECTED),
    "abandoned": _to(S.CLOSED, *sorted(NEVER_SUBMITTED)),
}


def actions_for(roles: frozenset[Role]) -> list[Action]:
    """The actions these roles may ever take, in the order of the table."""
    return [action for action in ACTIONS.values() if not action.roles.isdisjoint(roles)]


def is_move(source: str, target: str, cause: str) -> bool:
    """True where the table draws an arrow from source to target for this action or timer."""
    arrows = ACTIONS[cause].arrows if cause in ACTIONS else SYSTEM_ARROWS.get(cause, ())
    return (source, target) in arrows
