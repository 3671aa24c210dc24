"""The checklist of a case: which slots of its playbook are filled, by what, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.dateparse import parse_datetime

from tickets.cases.case import Case, Item
from tickets.policy.playbooks import Playbook, Slot
from tickets.workflow.vocabulary import SENSITIVE_KINDS, STATEMENT_SLOTS

CLEAN = frozenset({"clean"})
COMING = frozenset({"clean", "scanning", "uploaded"})
REMOVED_STATES = frozenset({"superseded", "deleted"})


@dataclass(frozen=True)
class ChecklistLine:
    """One slot as it stands. `state`: complete, scanning, partial, rejected or missing."""

    kind: str
    required: bool
    min: int
    have: int
    state: str
    ways: tuple[tuple[str, ...], ...]

    def as_dict(self) -> dict[str, object]:
        shown = {"kind": self.kind, "required": self.required, "min": self.min, "have": self.have, "state": self.state}
        return shown if self.ways == ((self.kind,),) else {**shown, "any_of": [list(way) for way in self.ways]}


def lines(case: Case) -> list[ChecklistLine]:
    """Every slot of the playbook in the ticket's lane, in its order; none while nobody has said what happened."""
    return [] if not case.ticket.category else [_line(case, slot) for slot in case.playbook.slots_for(case.ticket.lane)]


def take_stock(case: Case) -> None:
    """Note on the ticket how far its mandatory slots are filled: a list of two hundred reads no evidence."""
    required = [line for line in lines(case) if line.required]
    case.ticket.evidence_need = len(required)
    case.ticket.evidence_have = sum(line.state == "complete" for line in required)


def missing(case: Case) -> list[str]:
    """Kinds of the mandatory slots that are not filled with clean evidence."""
    return [line.kind for line in lines(case) if line.required and line.state != "complete"]


def only_scanning(case: Case) -> bool:
    """True when everything that is missing is there already and waits for us to look at it."""
    lacking = [line for line in lines(case) if line.required and line.state != "complete"]
    return bool(lacking) and all(line.state == "scanning" for line in lacking)


def without_consent(case: Case) -> list[str]:
    """Sensitive kinds that hold a file for which no consent was given."""
    held: dict[str, bool] = {}
    for item in case.evidence:
        if item.kind in SENSITIVE_KINDS and item.kind != "face_result" and usable(item, COMING):
            held[item.kind] = held.get(item.kind, False) or item.consent_at is not None
    return sorted(kind for kind, given in held.items() if not given)


def statement_gaps(case: Case) -> list[str]:
    """What the written statement still lacks: occurred_at, amount, symptom, demands (A1-14); account, where nobody can help without."""
    said = case.ticket.statement
    gaps = [] if parse_datetime(str(said.get("occurred_at") or "")) else ["occurred_at"]
    if not said.get("amount") and not may_lack_amount(case.playbook):
        gaps.append("amount")
    if len(str(said.get("symptom") or "").strip()) < case.policy.statement_min_chars:
        gaps.append("symptom")
    if not case.ticket.demands:
        gaps.append("demands")
    return gaps if has_account(case) else [*gaps, "account"]


def has_account(case: Case) -> bool:
    """The account is known, or the category does not need it. What was forgotten after its time was known."""
    known = case.ticket.account_masked or any(freeze.account_masked for freeze in case.freezes)
    return bool(known) or not case.playbook.needs_account


def may_lack_amount(playbook: Playbook) -> bool:
    """An account frozen or a withdrawal barred need not be about a sum."""
    kinds = {slot.kind for slot in playbook.slots}
    return "account_appeal_form" in kinds or "restriction_screenshot" in kinds


def usable(item: Item, states: frozenset[str] = CLEAN) -> bool:
    """Counts for a slot: in one of these states and not refused by an agent."""
    return item.state in states and item.verdict != "rejected"


def of_kind(case: Case, kind: str, states: frozenset[str] = CLEAN) -> list[Item]:
    return [item for item in case.evidence if item.kind == kind and usable(item, states)]


def _line(case: Case, slot: Slot) -> ChecklistLine:
    have, coming = (_have(case, slot, states) for states in (CLEAN, COMING))
    return ChecklistLine(slot.kind, slot.required, slot.minimum, have, _state(case, slot, have, coming), slot.ways)


def _state(case: Case, slot: Slot, have: int, coming: int) -> str:
    if have >= slot.minimum:
        return "complete"
    if coming >= slot.minimum:
        return "scanning"
    if have:
        return "partial"
    kinds = {kind for way in slot.ways for kind in way}
    refused = [i for i in case.evidence if i.kind in kinds and (i.state == "rejected" or i.verdict == "rejected")]
    return "rejected" if refused else "missing"


def _have(case: Case, slot: Slot, states: frozenset[str]) -> int:
    if slot.kind == "identity_proof" and case.ticket.owner.real_name_match:
        return slot.minimum
    if slot.kind in STATEMENT_SLOTS and case.ticket.statement:
        return 1
    items = max(_way(case, way, states) for way in slot.ways)
    return max(items, _named_orders(case, states)) if slot.kind == "order_number" else items


def _named_orders(case: Case, states: frozenset[str]) -> int:
    """Order numbers given at filing or as items of their own; one that only stands on a voucher is no order number handed in."""
    carriers = {item.pk for item in of_kind(case, "order_number", states)}
    named = [order for order in case.order_references if order.evidence_id is None or order.evidence_id in carriers]
    return len({(order.issuer, order.number) for order in named})


def _way(case: Case, kinds: Sequence[str], states: frozenset[str]) -> int:
    return min(_different(of_kind(case, kind, states)) for kind in kinds)


def _different(items: Iterable[Item]) -> int:
    """How many differ in hash and, where they name one, in order number."""
    by_hash = {item.sha256 or f"#{item.pk}": item for item in items}
    numbers = [item.fields.get("order_no") for item in by_hash.values()]
    named = [number for number in numbers if number]
    return len(set(named)) + len(numbers) - len(named)
