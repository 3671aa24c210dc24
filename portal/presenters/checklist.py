"""The checklist as the customer fills it: each slot with what is there, what is missing, and the forms to add it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from evidence.operations import access_summaries, as_dict, retention_by_item
from lib.types import Record, Text
from portal.forms.evidence import UploadForm, may_be_uploaded
from portal.forms.operation_form import OperationForm
from tickets.cases.case import Case
from tickets.cases.checklist import ChecklistLine, lines, statement_gaps
from tickets.words import CHECKLIST_STATE, EVIDENCE_HINT, EVIDENCE_KIND
from tickets.workflow import Status
from tickets.workflow.vocabulary import STATEMENT_SLOTS

ICONS = {"complete": "done", "scanning": "clock", "partial": "todo", "rejected": "wrong", "missing": "todo"}
HIDDEN_STATES = ("superseded", "deleted")


@dataclass
class ChecklistEntry:
    """One slot. `open`: its form was sent and came back."""

    key: str
    name: Text
    hint: Text
    state: str
    icon: str
    required: bool
    have: int
    minimum: int
    items: list[Record] = field(default_factory=list)
    forms: list[UploadForm] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    is_statement: bool = False
    gaps: list[str] = field(default_factory=list)
    asked: bool = False
    open: bool = False

    @property
    def state_words(self) -> Text:
        """Nothing is said of what nobody waits for."""
        if self.state == "asked":
            return _("Asked for")
        waits = self.required or self.state in ("complete", "rejected", "scanning")
        return CHECKLIST_STATE.get(self.state, "") if waits else ""


def checklist_entries(case: Case, viewer: User, sent: OperationForm | None = None) -> list[ChecklistEntry]:
    """Every slot of the category, then what was added beside the list."""
    shown = _describe_items(
        [item for item in case.evidence if not (item.internal or item.is_of_desk) and item.state not in HIDDEN_STATES], viewer
    )
    asked = _requested_kinds(case)
    slots = [_checklist_entry(case, line, shown, sent) for line in lines(case)]
    taken = {kind for line in lines(case) for way in line.ways for kind in way}
    rest = [kind for kind in dict.fromkeys([*asked, *_receipt(case), *(item["kind"] for item in shown)]) if kind not in taken]
    extra = [kind for kind in [*rest, "uncategorized_file"] if may_be_uploaded(kind) or kind in rest]
    beside = [_entry_beside_list(case, kind, shown, sent) for kind in dict.fromkeys(extra) if kind not in STATEMENT_SLOTS]
    found = [_mark_requested(case, slot) if slot.key in asked else slot for slot in slots + beside]
    if case.status == Status.CLOSED:
        found = [slot for slot in found if slot.items]
    return sorted(found, key=lambda slot: slot.key not in asked)


def _describe_items(items: Sequence[EvidenceItem], viewer: User) -> list[Record]:
    """Each with who looked at it and how long it is kept."""
    looks, kept = access_summaries(viewer, items), retention_by_item(items)
    return [{**as_dict(item, viewer), "looks": looks.get(item.pk, []), "keeping": kept.get(item.pk)} for item in items]


def _mark_requested(case: Case, slot: ChecklistEntry) -> ChecklistEntry:
    """What a reviewer waits for stands first and open, until something newer than the request is there."""
    since = case.open_request.at if case.open_request else case.now
    answered = any(item["uploaded_at"] >= since for item in slot.items)
    slot.required, slot.asked, slot.open = True, True, slot.open or not answered
    slot.state, slot.icon = (slot.state, slot.icon) if answered else ("asked", "todo")
    return slot


def _requested_kinds(case: Case) -> list[str]:
    if case.status != Status.NEEDS_EVIDENCE or case.open_request is None:
        return []
    return [kind for kind in case.open_request.kinds if kind in KINDS]


def _receipt(case: Case) -> list[str]:
    """Who told the police gets a receipt."""
    return ["police_receipt"] if case.ticket.police_referred_at else []


def _checklist_entry(case: Case, line: ChecklistLine, shown: list[Record], sent: OperationForm | None) -> ChecklistEntry:
    # What has a slot of its own stands there alone: two forms of one kind would share their ids.
    elsewhere = {other.kind for other in lines(case)} - {line.kind}
    kinds = [kind for kind in dict.fromkeys(kind for way in line.ways for kind in way) if kind not in elsewhere]
    slot = ChecklistEntry(
        key=line.kind,
        name=EVIDENCE_KIND[line.kind],
        hint=EVIDENCE_HINT[line.kind],
        state=line.state,
        icon=ICONS[line.state],
        required=line.required,
        have=line.have,
        minimum=line.min,
        items=[item for item in shown if item["kind"] in kinds],
        is_statement=line.kind in STATEMENT_SLOTS,
    )
    if slot.is_statement:
        slot.gaps = statement_gaps(case) if not case.ticket.ever_submitted else []
    if line.kind == "order_number":
        slot.numbers = [order.number for order in case.order_references]
    return _with_forms(case, slot, kinds, sent)


def _entry_beside_list(case: Case, kind: str, shown: list[Record], sent: OperationForm | None) -> ChecklistEntry:
    items = [item for item in shown if item["kind"] == kind]
    state, icon = ("complete", "done") if items else ("optional", "plus")
    slot = ChecklistEntry(kind, EVIDENCE_KIND[kind], EVIDENCE_HINT[kind], state, icon, False, len(items), 0, items)
    return _with_forms(case, slot, [kind], sent)


def _with_forms(case: Case, slot: ChecklistEntry, kinds: list[str], sent: OperationForm | None) -> ChecklistEntry:
    if case.status == Status.CLOSED:
        return slot
    wanted = [kind for kind in kinds if may_be_uploaded(kind)]
    slot.forms = [sent if _is(sent, kind) else UploadForm(kind, case.policy) for kind in wanted]  # type: ignore[misc]
    slot.open = any(_is(sent, kind) for kind in wanted)
    return slot


def _is(sent: OperationForm | None, kind: str) -> bool:
    return isinstance(sent, UploadForm) and sent.kind.key == kind
