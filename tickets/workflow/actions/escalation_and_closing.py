"""Taken further, decided on the second level, closed, reopened, and held for others."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.scopes import IDENTITY
from tickets.workflow.action import AGENT, ANYONE, OWNER, PRIVACY, SERVICE, SUPERVISOR, Action, moves
from tickets.workflow.actions.filing_to_remedy import DECIDES_FOR_CUSTOMER
from tickets.workflow.inputs import DECISION, GRANTED, IDENTITY_CHECK, REASON, TOLD_BY, Input
from tickets.workflow.recipients import ASSIGNEE_LATER, OWNER_LATER, OWNER_NOW, SUPERVISORS, Preference
from tickets.workflow.statuses import ALL, FILED, OPEN, S
from tickets.workflow.vocabulary import AUTHORITIES, EXTERNAL_OUTCOMES, FILED_BY_CUSTOMER, TARGETS

# What a supervisor may lengthen with a holding reply. Nothing named: whatever can still be lengthened.
EXTENDABLE = ("regulatory_final", "authority_reply")


def report_to_police(named: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The police are never guarded: to take it to them is to record the report, with the number of theirs where there is one."""
    if named.get("target") != "police":
        return None
    rest = {name: value for name, value in named.items() if name not in ("target", "reason", "reference", "filed_at")}
    said = [str(named[name]) for name in ("reason", "reference", "filed_at") if named.get(name)]
    return "refer_to_police", {**rest, "note": " · ".join(said) or None}


ESCALATION_AND_CLOSING = (
    Action(
        "escalate",
        roles=frozenset({OWNER, AGENT}),
        statuses=FILED,
        guards=("no_part_in_it", "target_open_to_case", "target_not_open_yet", "escalation_right", "channel_reference"),
        arrows=moves(S.ESCALATED, *sorted(FILED - {S.CLOSED})),
        inputs=(
            Input("target", "code", True, TARGETS),
            Input("reason", "as_said"),
            Input("points", "points"),
            Input("filed_at", "instant"),
            Input("reference", "number", limit=100),
            TOLD_BY,
        ),
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
        "record_outside_filing",
        roles=frozenset({OWNER, AGENT}),
        statuses=ALL,
        guards=("no_part_in_it",),
        arrows=moves(S.ESCALATED, S.REJECTED),
        inputs=(
            Input("target", "code", True, FILED_BY_CUSTOMER),
            Input("filed_at", "instant", True),
            Input("reference", "number", limit=100),
            TOLD_BY,
        ),
        tells=(OWNER_LATER, ASSIGNEE_LATER),
        preference=Preference.NEWS,
        webhook="escalation.filed",
        needs_category=False,
        sets_hold=True,
        rare=True,
        placed=True,
    ),
    Action(
        "record_hand_over",
        roles=frozenset({AGENT}),
        statuses=FILED,
        guards=("hand_over_waits", "not_own_case"),
        inputs=(Input("target", "code", True, ("payment_channel",)), Input("reference", "number", True, limit=100)),
        tells=(OWNER_NOW,),
        preference=Preference.STEP,
        webhook="escalation.filed",
        next_rank=7,
    ),
    Action(
        "record_external_answer",
        roles=frozenset({AGENT}),
        statuses=FILED,
        guards=("not_own_case", "answer_expected"),
        inputs=(
            Input("target", "code", True, TARGETS),
            Input("outcome", "code", True, EXTERNAL_OUTCOMES),
            Input("reference", "number", True, limit=100),
        ),
        tells=(OWNER_NOW,),
    ),
    Action(
        "record_transfer",
        roles=frozenset({AGENT}),
        statuses=FILED,
        guards=("not_own_case",),
        inputs=(
            Input("authority", "code", True, AUTHORITIES),
            Input("number", "number", True, limit=100),
            Input("received_at", "instant", True),
            Input("reply_by", "instant"),
        ),
        tells=(ASSIGNEE_LATER, SUPERVISORS),
        sets_hold=True,
        rare=True,
    ),
    Action(
        "record_transfer_reply",
        roles=frozenset({AGENT}),
        statuses=FILED,
        guards=("letter_unanswered", "not_own_case"),
        inputs=(Input("number", "number", True, limit=100), Input("reference", "number", True, limit=100)),
    ),
    Action(
        "return_to_review",
        roles=frozenset({SUPERVISOR, AGENT}),
        statuses=frozenset({S.ESCALATED}),
        guards=("not_own_case", "answered_outside", "outside_decision_attached"),
        arrows=moves(S.UNDER_REVIEW, S.ESCALATED),
        inputs=(Input("note", required=True), Input("reference", limit=100), Input("evidence", "ids")),
        tells=(OWNER_NOW, ASSIGNEE_LATER),
        preference=Preference.STEP,
    ),
    Action(
        "uphold_customer",
        fresh_factor=True,
        roles=frozenset({SUPERVISOR, AGENT}),
        statuses=frozenset({S.ESCALATED}),
        guards=("no_decision_waits", "upheld_outside", "outside_decision_attached", "not_own_judgement", *DECIDES_FOR_CUSTOMER),
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
        guards=("no_conflict", "did_not_raise_claim", "rejected_outside", "outside_decision_attached", "not_own_judgement"),
        arrows=moves(S.REJECTED, S.ESCALATED),
        inputs=(Input("note", required=True), Input("reference", limit=100), Input("evidence", "ids")),
        webhook="decision.rejected",
        decision=2,
        dangerous=True,
    ),
    Action(
        "extend",
        roles=frozenset({SUPERVISOR}),
        statuses=FILED,
        guards=("extension_left", "not_own_case"),
        inputs=(Input("body", required=True), Input("eta_at", "instant", True), REASON, Input("timer", "code", choices=EXTENDABLE)),
        tells=(OWNER_NOW,),
        rare=True,
    ),
    Action(
        "record_identity_check",
        event="identity_checked",
        roles=frozenset({AGENT, SERVICE}),
        scope=IDENTITY,
        statuses=OPEN - {S.DRAFT},
        guards=("overseas_lane", "not_own_case"),
        inputs=(Input("passed", "bool", True), Input("reference", "text", True, limit=100)),
        rare=True,
    ),
    Action(
        "confirm_resolution",
        roles=frozenset({OWNER, AGENT}),
        statuses=frozenset({S.RESOLVED}),
        guards=("no_part_in_it", "decided_nothing_here"),
        arrows=moves(S.CLOSED, S.RESOLVED),
        inputs=(TOLD_BY,),
        tells=(OWNER_LATER,),
        preference=Preference.NEWS,
        closes=True,
        rare=True,
        placed=True,
    ),
    Action(
        "dispute_resolution",
        roles=frozenset({OWNER, AGENT}),
        statuses=frozenset({S.RESOLVED}),
        guards=("no_part_in_it",),
        arrows=moves(S.UNDER_REVIEW, S.RESOLVED) + moves(S.EVIDENCE_COLLECTION, S.RESOLVED),
        inputs=(REASON, TOLD_BY),
        tells=(ASSIGNEE_LATER,),
        rare=True,
        placed=True,
    ),
    Action(
        "withdraw",
        roles=frozenset({OWNER, AGENT}),
        statuses=OPEN - {S.DRAFT},
        guards=("no_part_in_it", "decided_nothing_here", "proven_to_let_go"),
        arrows=moves(S.CLOSED, *sorted(OPEN - {S.DRAFT})),
        inputs=(Input("keep_freeze", "bool"), IDENTITY_CHECK, TOLD_BY),
        tells=(ASSIGNEE_LATER,),
        needs_category=False,
        rare=True,
        placed=True,
    ),
    Action(
        "merge",
        roles=frozenset({AGENT}),
        statuses=OPEN - {S.DRAFT},
        guards=("is_a_duplicate", "no_decision_apart", "not_own_case", "other_not_own_case"),
        arrows=moves(S.CLOSED, *sorted(OPEN - {S.DRAFT})),
        inputs=(Input("into", "reference", True, limit=20),),
        tells=(OWNER_LATER,),
        preference=Preference.NEWS,
        also_locks="into",
        rare=True,
        dangerous=True,
    ),
    Action(
        "unmerge",
        roles=frozenset({SUPERVISOR}),
        statuses=FILED,
        guards=("something_joined", "not_own_case"),
        arrows=tuple((S.CLOSED, status) for status in sorted(OPEN - {S.DRAFT})),
        inputs=(Input("ref", "reference", True, limit=20),),
        also_locks="ref",
        rare=True,
        dangerous=True,
    ),
    Action(
        "reopen",
        roles=frozenset({OWNER, AGENT, SUPERVISOR}),
        statuses=frozenset({S.CLOSED}),
        guards=("no_part_in_it", "reopenable"),
        arrows=moves(S.UNDER_REVIEW, S.CLOSED) + moves(S.EVIDENCE_COLLECTION, S.CLOSED),
        inputs=(REASON, TOLD_BY),
        tells=(OWNER_NOW, ASSIGNEE_LATER),
        preference=Preference.STEP,
        next_rank=6,
        placed=True,
    ),
    Action(
        "refuse_reopen",
        roles=frozenset({SUPERVISOR}),
        statuses=frozenset({S.CLOSED}),
        guards=("not_own_case", "reopening_asked_for"),
        inputs=(REASON,),
        tells=(OWNER_NOW,),
        next_rank=7,
    ),
    Action(
        "refer_to_police",
        roles=ANYONE,
        statuses=ALL,
        inputs=(Input("note"), TOLD_BY),
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
