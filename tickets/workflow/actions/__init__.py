"""The table of actions: one row for each, in the order in which menus and docs/states.md name them."""

from __future__ import annotations

from tickets.workflow.action import Action
from tickets.workflow.actions.closing import CLOSING
from tickets.workflow.actions.escalation import ESCALATION
from tickets.workflow.actions.intake import INTAKE
from tickets.workflow.actions.review import REVIEW

ACTIONS: dict[str, Action] = {action.key: action for action in (*INTAKE, *REVIEW, *ESCALATION, *CLOSING)}
