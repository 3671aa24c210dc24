"""The table of actions: one row for each, in the order in which menus and docs/states.md name them."""

from __future__ import annotations

from tickets.workflow.action import Action
from tickets.workflow.actions.escalation_and_closing import ESCALATION_AND_CLOSING
from tickets.workflow.actions.filing_to_remedy import FILING_TO_REMEDY

ACTIONS: dict[str, Action] = {action.key: action for action in (*FILING_TO_REMEDY, *ESCALATION_AND_CLOSING)}
