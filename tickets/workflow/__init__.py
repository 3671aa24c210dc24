"""The law of a complaint, pure: its statuses, and one row for every action, event and timer. All else derives from these tables.

Menus, forms, the API's allowed_actions and schema, webhook types, notices, the diagram in docs/states.md and the table tests read them.
Source: the state machine and the table of actions in the domain rules (A0-08, A1-13 and others).
"""

from __future__ import annotations

from accounts.roles import Role
from tickets.workflow.action import ANYONE, Action
from tickets.workflow.actions import ACTIONS
from tickets.workflow.errors import STATUS_OF_CODE, Block, Forbidden, Invalid, NotFound, Refusal, Stale, WrongStatus
from tickets.workflow.events import EVENTS, EventRow
from tickets.workflow.inputs import Data, Input, clean_fields
from tickets.workflow.statuses import ALL, FILED, NEVER_SUBMITTED, OPEN, STAGE_OF, WAITING_ON, Stage, Status
from tickets.workflow.timers import PRESSING, TIMERS, TimerKey, TimerRow
from tickets.workflow.vocabulary import AUTHORITY_DOCUMENTS, FACE_RESULT, IDENTITY_DOCUMENTS, OF_PAYMENTS

__all__ = [
    "ACTIONS",
    "ALL",
    "ANYONE",
    "AUTHORITY_DOCUMENTS",
    "EVENTS",
    "FACE_RESULT",
    "FILED",
    "IDENTITY_DOCUMENTS",
    "NEVER_SUBMITTED",
    "OF_PAYMENTS",
    "OPEN",
    "PRESSING",
    "STAGE_OF",
    "STATUS_OF_CODE",
    "TIMERS",
    "WAITING_ON",
    "Action",
    "Block",
    "Data",
    "EventRow",
    "Forbidden",
    "Input",
    "Invalid",
    "NotFound",
    "Refusal",
    "Stage",
    "Stale",
    "Status",
    "TimerKey",
    "TimerRow",
    "WrongStatus",
    "actions_for",
    "clean_fields",
    "event_row",
    "is_decision",
    "is_move",
]


def actions_for(roles: frozenset[Role]) -> list[Action]:
    """The actions these roles may ever take, in the order of the table."""
    return [action for action in ACTIONS.values() if not action.roles.isdisjoint(roles)]


def event_row(kind: str) -> EventRow | None:
    """The row of what stands in the history under this kind: an action's, or an event's of its own."""
    return ACTIONS.get(kind) or EVENTS.get(kind)


def is_decision(key: str) -> bool:
    """True for an action that decides the complaint, in the review or on the second level."""
    return key in ACTIONS and ACTIONS[key].decision > 0


def is_move(source: str, target: str, cause: str) -> bool:
    """True where the table draws an arrow from source to target for this action or timer."""
    row = ACTIONS.get(cause) or TIMERS.get(cause)
    return row is not None and (source, target) in row.arrows
