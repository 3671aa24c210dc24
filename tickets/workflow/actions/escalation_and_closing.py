"""Taken further, decided on the second level, closed, reopened, and held for others."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.workflow.action import AGENT, ANYONE, OWNER, PRIVACY, SERVICE, SUPERVISOR, Action, moves
from tickets.workflow.actions.filing_to_remedy import DECIDES_FOR_CUSTOMER
from tickets.workflow.inputs import DECISION, GRANTED, REASON, Input
from tickets.workflow.recipients import ASSIGNEE_LATER, OWNER_LATER, OWNER_NOW, SUPERVISORS, Preference
from tickets.workflow.statuses import ALL, FILED, OPEN, S
from tickets.workflow.vocabulary import EXTERNAL_OUTCOMES, TARGETS


def report_to_police(named: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The police are never guarded: to take it to them is to record the report."""
    if named.get("target") != "police":
        return None
    rest = {name: value for name, value in named.items() if name not in ("target", "reason")}
    return "refer_to_police", {**rest, "note": named.get("reason")}


ESCALATION_AND_CLOSING = (
    Action(
        "escalate",
        roles=frozenset({OWNER, AGENT}),
        statuses=OPEN - {S.DRAFT} | {S.RESOLVED},
        guards=("no_part_in_it", "target_open_to_case", "target_not_open_yet", "escalation_right", "channel_reference"),
        arrows=moves(S.ESCALATED, *sorted(OPEN - {S.DRAFT} | {S.RESOLVED})),
        inputs=(Input("target", "code", True, TARGETS), Input("reason", "as_said"), Input("points", "points")),
        tells=(OWNER_LATER, SUPERVISORS),
        preference=Preference.NEWS,
        webhook="ticket.escalated",
        per_target=True,
        becomes=report_to_police,
        sets_hold=True,
        rare=True,
        placed=True,
    ),
    Action(
        "record_external_answer",
        roles=frozenset({AGENT}),
        statuses=FILED,
        guards=("not_own_case", "escalation_open"),
        inputs=(
            Input("target", "code", True, TARGETS),
            Input("outcome", "text", True, EXTERNAL_OUTCOMES, limit=40),
            Input("reference", "text", True, limit=100),
        ),
        tells=(OWNER_NOW,),
    ),
    Action(
        "return_to_review",
        roles=frozenset({SUPERVISOR, AGENT}),
        statuses=frozenset({S.ESCALATED}),
        guards=("not_own_case", "external_result_for_agents"),
        arrows=moves(S.UNDER_REVIEW, S.ESCALATED),
        inputs=(Input("note", required=True), Input("reference", limit=100)),
        tells=(OWNER_NOW, ASSIGNEE_LATER),
        preference=Preference.STEP,
    ),
    Action(
        "uphold_customer",
        roles=frozenset({SUPERVISOR, AGENT}),
        statuses=frozenset({S.ESCALATED}),
        guards=("no_decision_waits", "external_result_for_agents", "not_own_judgement", *DECIDES_FOR_CUSTOMER),
        arrows=moves(S.REMEDY_PENDING, S.ESCALATED),
        inputs=(
            *(each for each in DECISION if each.name != "explanation"),
            Input("remedies", "remedies", True),
            GRANTED,
            Input("note", required=True),
            Input("reference", limit=100),
        ),
        webhook="decision.approved",
        decision=2,
    ),
    Action(
        "uphold_rejection",
        roles=frozenset({SUPERVISOR, AGENT}),
        statuses=frozenset({S.ESCALATED}),
        guards=("no_conflict", "did_not_raise_claim", "external_result_for_agents", "not_own_judgement"),
        arrows=moves(S.REJECTED, S.ESCALATED),
        inputs=(Input("note", required=True), Input("reference", limit=100)),
        webhook="decision.rejected",
        decision=2,
        dangerous=True,
    ),
    Action(
        "extend",
        roles=frozenset({SUPERVISOR}),
        statuses=OPEN - {S.DRAFT},
        guards=("extension_left", "not_own_case"),
        inputs=(Input("body", required=True), Input("eta_at", "instant", True), REASON),
        tells=(OWNER_NOW,),
        rare=True,
    ),
    Action(
        "record_identity_check",
        event="identity_checked",
        roles=frozenset({AGENT, SERVICE}),
        statuses=OPEN - {S.DRAFT},
        guards=("overseas_lane", "not_own_case"),
        inputs=(Input("passed", "bool", True), Input("reference", "text", True, limit=100)),
        rare=True,
    ),
    Action(
        "confirm_resolution",
        roles=frozenset({OWNER}),
        statuses=frozenset({S.RESOLVED}),
        arrows=moves(S.CLOSED, S.RESOLVED),
        tells=(OWNER_LATER,),
        preference=Preference.NEWS,
        closes=True,
        placed=True,
    ),
    Action(
        "dispute_resolution",
        roles=frozenset({OWNER}),
        statuses=frozenset({S.RESOLVED}),
        arrows=moves(S.UNDER_REVIEW, S.RESOLVED) + moves(S.EVIDENCE_COLLECTION, S.RESOLVED),
        inputs=(REASON,),
        tells=(ASSIGNEE_LATER,),
        placed=True,
    ),
    Action(
        "withdraw",
        roles=frozenset({OWNER}),
        statuses=OPEN - {S.DRAFT},
        arrows=moves(S.CLOSED, *sorted(OPEN - {S.DRAFT})),
        inputs=(Input("keep_freeze", "bool"),),
        tells=(ASSIGNEE_LATER,),
        needs_category=False,
        placed=True,
    ),
    Action(
        "merge",
        roles=frozenset({AGENT}),
        statuses=OPEN - {S.DRAFT},
        guards=("is_a_duplicate", "not_own_case", "other_not_own_case"),
        arrows=moves(S.CLOSED, *sorted(OPEN - {S.DRAFT})),
        inputs=(Input("into", "reference", True, limit=20),),
        tells=(OWNER_LATER,),
        preference=Preference.NEWS,
        also_locks="into",
        rare=True,
        dangerous=True,
    ),
    Action(
        "reopen",
        roles=frozenset({OWNER, SUPERVISOR}),
        statuses=frozenset({S.CLOSED}),
        guards=("no_part_in_it", "reopenable"),
        arrows=moves(S.UNDER_REVIEW, S.CLOSED) + moves(S.EVIDENCE_COLLECTION, S.CLOSED),
        inputs=(REASON,),
        tells=(OWNER_NOW, ASSIGNEE_LATER),
        preference=Preference.STEP,
        next_rank=6,
        placed=True,
    ),
    Action(
        "refer_to_police",
        roles=ANYONE,
        statuses=ALL,
        inputs=(Input("note"),),
        tells=(ASSIGNEE_LATER,),
        needs_category=False,
        sets_hold=True,
        rare=True,
        placed=True,
    ),
    Action(
        "release_hold",
        roles=frozenset({PRIVACY, SUPERVISOR}),
        statuses=ALL,
        guards=("hold_present", "not_own_case"),
        inputs=(REASON,),
        rare=True,
    ),
)
