"""The places outside and above: what each does, how far the complaint has come there, and what opens when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from evidence.dossier import known_sides
from lib.types import Record
from portal.forms.acting import EscalateForm, FilingElsewhereForm
from portal.forms.both_sides import SidesForm
from portal.forms.operation_form import OperationForm, local_text, reason
from portal.presenters.actions import ActionEntry
from tickets.cases.case import Case
from tickets.models import Escalation, EscalationTarget, Timer
from tickets.workflow.timers import timers_of_target
from tickets.workflow.vocabulary import FILED_BY_DESK

NEVER = ("TARGET_NOT_OFFERED", "NOT_CONSUMER_DISPUTE")


@dataclass(frozen=True)
class EscalationOption:
    """`record`: how far it has come there. `clocks` run while it is there or on its way. Without `by_desk` the customer files it."""

    target: EscalationTarget
    by_desk: bool
    allowed: bool
    never: bool
    needs_number: bool
    reasons: list[str]
    opens: datetime | None
    record: Escalation | None
    clocks: list[Timer]
    form: EscalateForm
    filing: FilingElsewhereForm
    sides: SidesForm
    is_next: bool = False

    @property
    def starts_open(self) -> bool:
        """The next step above, or something that lies there to be done by its reader now, or was refused just now."""
        waits = self.record is not None and self.record.state == Escalation.State.TO_BE_FILED
        return self.is_next or waits or bool(self.form.errors or self.filing.errors)

    @property
    def is_open(self) -> bool:
        return self.record is not None and self.record.is_open


def escalation_options(case: Case, escalate: ActionEntry, sent: OperationForm | None = None) -> list[EscalationOption]:
    """In the order of the category, then the rest; the police stand apart."""
    rows = {row.key: row for row in EscalationTarget.objects.all()}
    order = [*(target.key for target in case.playbook.targets), *rows]
    entries = {entry["target"]: entry for entry in escalate.targets}
    keys = [key for key in dict.fromkeys(order) if key in rows and key in entries and key != "police"]
    options = [_escalation_option(case, rows[key], entries[key], sent) for key in keys]
    first = next((each.target.key for each in options if each.by_desk and each.allowed), None)
    return [replace(each, is_next=each.target.key == first) for each in options]


def _escalation_option(case: Case, row: EscalationTarget, entry: Record, sent: OperationForm | None) -> EscalationOption:
    codes = [block["code"] for block in entry["blocked_by"]]
    mine = sent if sent is not None and sent.data.get("target") == row.key else None
    record = case.last_escalation(row.key)
    running = [timer for timer in case.timers if timer.key in timers_of_target(row.key) and timer.state(case.now) == "running"]
    return EscalationOption(
        target=row,
        by_desk=row.key in FILED_BY_DESK,
        allowed=entry["allowed"],
        never=record is None and any(code in NEVER for code in codes),
        needs_number="CHANNEL_REFERENCE_REQUIRED" in codes,
        reasons=[reason(block) for block in entry["blocked_by"]],
        opens=entry["available_from"],
        record=record,
        clocks=running if record is not None and record.is_open else [],
        form=mine if isinstance(mine, EscalateForm) else EscalateForm(case, key=f"to-{row.key}"),
        filing=mine if isinstance(mine, FilingElsewhereForm) else _filing_form(case, row.key, record),
        sides=SidesForm(initial=known_sides(case.ticket), key=f"sides-{row.key}"),
    )


def _filing_form(case: Case, target: str, record: Escalation | None) -> FilingElsewhereForm:
    """With what is known of it, so that a number can be added later."""
    filed = record is not None and record.state == Escalation.State.FILED
    known = {"filed_at": record.filed_at, "reference": record.filed_reference} if filed and record else {"filed_at": case.now}
    return FilingElsewhereForm(case, initial={**known, "filed_at": local_text(known["filed_at"])}, key=f"filed-{target}")
