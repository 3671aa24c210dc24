"""The places outside and above: what each does, whether it is open to this case, and from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.types import Record
from portal.forms.acting import EscalateForm
from portal.forms.operation_form import reason
from portal.presenters.actions import ActionEntry
from tickets.cases.case import Case
from tickets.models import Escalation, EscalationTarget

NEVER = ("TARGET_NOT_OFFERED", "NOT_CONSUMER_DISPUTE")


@dataclass(frozen=True)
class EscalationOption:
    target: EscalationTarget
    allowed: bool
    never: bool
    needs_number: bool
    reasons: list[str]
    opens: datetime | None
    record: Escalation | None
    form: EscalateForm


def escalation_options(case: Case, escalate: ActionEntry) -> list[EscalationOption]:
    """In the order of the category, then the rest; the police stand apart."""
    rows = {row.key: row for row in EscalationTarget.objects.all()}
    order = [*(target.key for target in case.playbook.targets), *rows]
    entries = {entry["target"]: entry for entry in escalate.targets}
    keys = [key for key in dict.fromkeys(order) if key in rows and key in entries and key != "police"]
    return [_escalation_option(case, rows[key], entries[key], escalate) for key in keys]


def _escalation_option(case: Case, row: EscalationTarget, entry: Record, escalate: ActionEntry) -> EscalationOption:
    codes = [block["code"] for block in entry["blocked_by"]]
    sent = escalate.form if isinstance(escalate.form, EscalateForm) and escalate.form.data.get("target") == row.key else None
    return EscalationOption(
        target=row,
        allowed=entry["allowed"],
        never=any(code in NEVER for code in codes),
        needs_number="CHANNEL_REFERENCE_REQUIRED" in codes,
        reasons=[reason(block) for block in entry["blocked_by"]],
        opens=entry["available_from"],
        record=next((each for each in reversed(case.escalations) if each.target == row.key), None),
        form=sent or EscalateForm(case, key=f"to-{row.key}"),
    )
