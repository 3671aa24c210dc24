"""What the customer can do now, and what opens when: the menu of the core with forms and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lib.types import Record, Text
from portal.forms.acting import ActionForm, form_of, scanning_kinds
from portal.forms.operation_form import OperationForm, reason
from portal.unsent import NOTHING, Unsent
from tickets.cases.case import Case
from tickets.operations import menu
from tickets.words import ACTION


@dataclass(frozen=True)
class ActionEntry:
    key: str
    name: Text
    allowed: bool
    proof_first: bool  # open to whoever shows first that it is them
    reasons: list[str]
    opens: datetime | None
    form: ActionForm
    targets: list[dict[str, object]]


def action_entries(case: Case, sent: OperationForm | None = None, unsent: Unsent = NOTHING) -> dict[str, ActionEntry]:
    """By action. The form that was sent takes the place of its fresh one; one that was begun has what was typed."""
    return {entry["action"]: _action_entry(case, entry, sent, unsent) for entry in menu(case)}


def asks_for_proof(blocks: Sequence[Mapping[str, object]]) -> bool:
    """Nothing else stands in the way."""
    return [each["code"] for each in blocks] == ["FRESH_PROOF_REQUIRED"]


def _action_entry(case: Case, entry: Record, sent: OperationForm | None, unsent: Unsent) -> ActionEntry:
    key = entry["action"]
    same = isinstance(sent, ActionForm) and sent.key == key
    return ActionEntry(
        key=key,
        name=ACTION[key],
        allowed=entry["allowed"] or asks_for_proof(entry["blocked_by"]),
        proof_first=asks_for_proof(entry["blocked_by"]),
        reasons=[reason(block, scanning_kinds(case)) for block in entry["blocked_by"]],
        opens=entry["available_from"],
        form=sent if same else form_of(key, case, begun=unsent.texts if unsent.form == key else None),  # type: ignore[arg-type]
        targets=entry.get("targets", []),
    )
