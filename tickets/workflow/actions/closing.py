"""How a complaint ends, comes back, and is held for others."""

from __future__ import annotations

from tickets.workflow.action import AGENT, ANYONE, OWNER, PRIVACY, SUPERVISOR, Action, moves
from tickets.workflow.inputs import REASON, Input
from tickets.workflow.recipients import ASSIGNEE_LATER, OWNER_LATER, OWNER_NOW, Preference
from tickets.workflow.statuses import ALL, OPEN, S

CLOSING = (
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
