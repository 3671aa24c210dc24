"""The review and what it decides, and the remedy."""

from __future__ import annotations

from tickets.words.evidence import EVIDENCE_KIND
from tickets.workflow.action import AGENT, OWNER, REVIEWER, SERVICE, SUPERVISOR, Action, moves
from tickets.workflow.inputs import DECISION, REASON, Input
from tickets.workflow.recipients import ASSIGNEE_LATER, ASSIGNEE_NOW, OWNER_LATER, OWNER_NOW, Preference
from tickets.workflow.statuses import OPEN, S
from tickets.workflow.vocabulary import REASON_CODES

REVIEW = (
    Action(
        "start_review",
        roles=frozenset({REVIEWER}),
        statuses=frozenset({S.APPEAL_SUBMITTED}),
        guards=("assignable", "no_conflict", "first_reply_sent"),
        arrows=moves(S.UNDER_REVIEW, S.APPEAL_SUBMITTED),
        inputs=(Input("eta_at", "instant"), Input("body")),
        tells=(OWNER_LATER,),
        preference=Preference.NEWS,
        next_rank=4,
    ),
    Action(
        "request_evidence",
        roles=frozenset({REVIEWER}),
        statuses=frozenset({S.UNDER_REVIEW}),
        guards=("no_conflict", "pause_left"),
        arrows=moves(S.NEEDS_EVIDENCE, S.UNDER_REVIEW),
        inputs=(Input("kinds", "names", True, tuple(EVIDENCE_KIND)), REASON),
        tells=(OWNER_NOW,),
    ),
    Action(
        "supply_evidence",
        roles=frozenset({OWNER}),
        statuses=frozenset({S.NEEDS_EVIDENCE}),
        guards=("request_answered",),
        arrows=moves(S.UNDER_REVIEW, S.NEEDS_EVIDENCE),
        inputs=(Input("unavailable", "unavailable"),),
        tells=(ASSIGNEE_LATER,),
        placed=True,
    ),
    Action(
        "approve",
        roles=frozenset({REVIEWER}),
        statuses=frozenset({S.UNDER_REVIEW, S.ESCALATED}),
        guards=("no_decision_waits", "no_conflict", "demands_answered", "refund_within_claim"),
        arrows=moves(S.REMEDY_PENDING, S.UNDER_REVIEW, S.ESCALATED),
        inputs=(*DECISION, Input("remedies", "remedies", True)),
        event="approved",
        decision=1,
    ),
    Action(
        "countersign",
        roles=frozenset({SUPERVISOR}),
        statuses=frozenset({S.UNDER_REVIEW, S.ESCALATED}),
        guards=("decision_waits", "no_conflict", "another_signatory"),
        arrows=moves(S.REMEDY_PENDING, S.UNDER_REVIEW, S.ESCALATED),
        event="approved",
        next_rank=1,
    ),
    Action(
        "refuse_countersign",
        roles=frozenset({SUPERVISOR}),
        statuses=frozenset({S.UNDER_REVIEW, S.ESCALATED}),
        guards=("decision_waits", "no_conflict", "another_signatory"),
        inputs=(REASON,),
        tells=(ASSIGNEE_NOW,),
        dangerous=True,
    ),
    Action(
        "retract_decision",
        roles=frozenset({REVIEWER}),
        statuses=frozenset({S.UNDER_REVIEW, S.ESCALATED}),
        guards=("decision_waits", "own_decision"),
    ),
    Action(
        "reject",
        roles=frozenset({REVIEWER}),
        statuses=frozenset({S.UNDER_REVIEW}),
        guards=("no_conflict", "demands_answered", "burden_of_proof"),
        arrows=moves(S.REJECTED, S.UNDER_REVIEW),
        inputs=(Input("reason_code", "code", True, REASON_CODES), *DECISION),
        webhook="decision.rejected",
        event="rejected",
        decision=1,
        dangerous=True,
    ),
    Action(
        "confirm_remedy",
        roles=frozenset({AGENT, SERVICE}),
        statuses=frozenset({S.REMEDY_PENDING}),
        guards=("not_own_case",),
        arrows=moves(S.RESOLVED, S.REMEDY_PENDING),
        inputs=(Input("reference", "text", True, limit=100),),
        tells=(OWNER_NOW,),
        preference=Preference.STEP,
        next_rank=5,
    ),
    Action(
        "fail_remedy",
        roles=frozenset({AGENT, SERVICE}),
        statuses=frozenset({S.REMEDY_PENDING}),
        guards=("not_own_case",),
        arrows=moves(S.UNDER_REVIEW, S.REMEDY_PENDING),
        inputs=(REASON,),
        tells=(OWNER_NOW, ASSIGNEE_NOW),
        dangerous=True,
    ),
    Action(
        "record_refund",
        roles=frozenset({OWNER, AGENT, SERVICE}),
        statuses=OPEN - {S.DRAFT},
        guards=("no_part_in_it",),
        arrows=moves(S.RESOLVED, *sorted(OPEN - {S.DRAFT})),
        inputs=(Input("amount", "money", True, proposes="amount"), Input("reference", limit=100), Input("note")),
        tells=(OWNER_NOW,),
        preference=Preference.STEP,
        rare=True,
        placed=True,
    ),
)
