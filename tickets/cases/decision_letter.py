"""The decision as a letter: an answer to each demand, what is done, why, and what it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tickets.cases.case import Case
from tickets.models import Decision
from tickets.workflow import Status

REMEDY_COLUMNS = ("kind", "amount", "decided_amount", "state", "reference", "done_at")
COLUMNS = (
    "id", "verdict", "effective_at", "reason_code", "root_cause", "liability", "explanation", "answers", "granted", "evidence_ids",
    "on_record",
    *(f"remedies__{name}" for name in REMEDY_COLUMNS),
)  # fmt: skip
# Under review the earlier letter does not count; before, there is none.
WITHOUT = (Status.APPEAL_SUBMITTED, Status.UNDER_REVIEW, Status.NEEDS_EVIDENCE)


@dataclass
class DecisionLetter:
    facts: dict[str, object]
    remedies: list[dict[str, object]] = field(default_factory=list)

    @property
    def is_approved(self) -> bool:
        return self.facts["verdict"] != Decision.Verdict.REJECTED

    @property
    def is_in_part(self) -> bool:
        return self.facts["verdict"] == Decision.Verdict.PARTLY_APPROVED


def letter_preview(decision: Decision, at: datetime) -> DecisionLetter:
    """Of a decision that may not be in effect yet: the letter its customer gets when it is. `at` stands for the moment of effect."""
    facts = {name: getattr(decision, name) for name in COLUMNS if not name.startswith("remedies__")}
    remedies = [{name: getattr(each, name) for name in REMEDY_COLUMNS} for each in decision.remedies.all()]
    return DecisionLetter({**facts, "effective_at": decision.effective_at or at}, remedies)


def decision_letter(case: Case) -> DecisionLetter | None:
    """The last decision in effect. One query."""
    if not case.ticket.ever_submitted or case.status in WITHOUT:
        return None
    rows = Decision.objects.filter(ticket_id=case.ticket.pk, state=Decision.State.EFFECTIVE).order_by("-id", "remedies__id")
    found: DecisionLetter | None = None
    for row in rows.values(*COLUMNS):
        if found is None:
            found = DecisionLetter(row)
        if row["id"] == found.facts["id"] and row["remedies__kind"]:
            found.remedies.append({name: row[f"remedies__{name}"] for name in REMEDY_COLUMNS})
    return found
