"""Before the review: filing, freezing, waiting, handing in."""

from __future__ import annotations

from accounts.roles import Role
from tickets.workflow.action import AGENT, OPERATOR, OWNER, SERVICE, Action, moves
from tickets.workflow.inputs import REASON, SHORT_LIMIT, Input
from tickets.workflow.recipients import ON_CALL, ON_CALL_PERSON, OWNER_LATER, OWNER_NOW, SUPERVISORS_NOW, Notice, Preference
from tickets.workflow.statuses import ALL, NEVER_SUBMITTED, OPEN, S
from tickets.workflow.vocabulary import SECURITY_TASKS

INTAKE = (
    Action(
        "file",
        event="filed",
        roles=frozenset({OWNER, AGENT}),
        statuses=frozenset({S.DRAFT}),
        arrows=moves(S.AUTO_REVERSAL_WAIT, S.DRAFT) + moves(S.EVIDENCE_COLLECTION, S.DRAFT),
        auto_assigns=True,
    ),
    Action(
        "request_freeze",
        roles=frozenset({OWNER, AGENT}),
        statuses=OPEN,
        guards=("emergency", "one_freeze_per_account"),
        arrows=moves(S.FREEZE_PENDING, S.DRAFT, S.EVIDENCE_COLLECTION),
        inputs=(Input("account", limit=SHORT_LIMIT), Input("not_me", "bool")),
        tells=(OWNER_NOW, ON_CALL, ON_CALL_PERSON),
        webhook="freeze.requested",
        auto_assigns=True,
        lost_race=("freeze", "FREEZE_ALREADY_ACTIVE"),
        limited=True,
        rare=True,
    ),
    Action(
        "confirm_freeze",
        roles=frozenset({OPERATOR, SERVICE}),
        statuses=ALL,
        guards=("freeze_requested", "freeze_reference", "not_own_case"),
        arrows=moves(S.FROZEN, S.FREEZE_PENDING),
        inputs=(Input("reference", limit=100), Input("note")),
        tells=(OWNER_NOW,),
        webhook="freeze.active",
        next_rank=2,
    ),
    Action(
        "fail_freeze",
        roles=frozenset({OPERATOR, SERVICE}),
        statuses=ALL,
        guards=("freeze_requested", "not_own_case"),
        arrows=moves(S.EVIDENCE_COLLECTION, S.FREEZE_PENDING),
        inputs=(REASON,),
        tells=(OWNER_NOW, SUPERVISORS_NOW),
        webhook="freeze.failed",
        dangerous=True,
    ),
    Action(
        "request_lift",
        roles=frozenset({OWNER}),
        statuses=ALL,
        guards=("freeze_live",),
        inputs=(Input("reason"),),
        tells=(ON_CALL,),
    ),
    Action(
        "lift_freeze",
        roles=frozenset({OPERATOR, SERVICE}),
        statuses=ALL,
        guards=("freeze_active", "release_given", "security_tasks_done", "not_own_case"),
        arrows=moves(S.EVIDENCE_COLLECTION, S.FROZEN),
        inputs=(Input("note", required=True), Input("release_reference", limit=100)),
        tells=(OWNER_NOW,),
        webhook="freeze.lifted",
        next_rank=3,
    ),
    Action(
        "tick_security_task",
        roles=frozenset({OWNER, AGENT}),
        statuses=ALL,
        guards=("no_part_in_it",),
        inputs=(Input("task", "code", True, SECURITY_TASKS),),
        rare=True,
    ),
    Action(
        "waive_wait",
        roles=frozenset({AGENT}),
        statuses=frozenset({S.AUTO_REVERSAL_WAIT}),
        guards=("not_own_case",),
        arrows=moves(S.EVIDENCE_COLLECTION, S.AUTO_REVERSAL_WAIT),
        inputs=(REASON,),
        tells=(OWNER_LATER,),
        preference=Preference.NEWS,
    ),
    Action(
        "submit_appeal",
        roles=frozenset({OWNER, AGENT}),
        statuses=frozenset({S.DRAFT}) | NEVER_SUBMITTED,
        guards=("evidence_complete", "consent_given", "statement_complete", "wait_over", "withdrawal_due"),
        arrows=moves(S.APPEAL_SUBMITTED, S.DRAFT, S.EVIDENCE_COLLECTION, S.FREEZE_PENDING, S.FROZEN),
        tells=(OWNER_NOW, Notice(Role.REVIEWER)),
        preference=Preference.STEP,
        auto_assigns=True,
        first={S.DRAFT: "file"},
        try_counts=True,
    ),
    Action(
        "route_after_sale",
        roles=frozenset({OWNER, AGENT}),
        statuses=frozenset({S.DRAFT, S.EVIDENCE_COLLECTION}),
        guards=("no_part_in_it",),
        arrows=moves(S.CLOSED, S.DRAFT, S.EVIDENCE_COLLECTION),
        inputs=(REASON,),
        tells=(OWNER_LATER,),
        preference=Preference.REMINDER,
        rare=True,
        dangerous=True,
        closes=True,
    ),
)
