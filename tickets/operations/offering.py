"""What a program may do next, and what it has to say for it: the menu, each entry with its fields.

A menu asks the guards without input; here they are asked once more, as if nothing but what is needed were said. What then fails
at a guard that a field can satisfy makes that field required here and now; what no body can satisfy is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from accounts.roles import Role
from tickets.cases.case import Case
from tickets.cases.checklist import usable
from tickets.cases.guards import GUARDS
from tickets.cases.joins import decided_apart, merged_refs
from tickets.models import Ticket
from tickets.operations.effects import EFFECTS
from tickets.operations.engine import menu
from tickets.workflow import ACTIONS, OPEN, Action, Block, Data, Input, Invalid, Status
from tickets.workflow.vocabulary import OPERATOR_EVIDENCE, SECURITY_TASKS

# guard → the field of the action that satisfies it, where the case asks for it
SATISFIED_BY: Mapping[str, str] = {
    "first_reply_sent": "eta_at",
    "freeze_reference": "reference",
    "release_given": "release_reference",
    "demands_answered": "answers",
    "burden_of_proof": "evidence",
    "request_answered": "unavailable",
    "refund_reference": "reference",
    "identity_proven": "identity_check",
    "proven_to_let_go": "identity_check",
    "emergency": "not_me",
}
# kind of an input → how a program is told it
TYPES: Mapping[str, str] = {
    "as_said": "text", "reference": "text", "code": "choice", "names": "choices", "bool": "boolean", "int": "integer",
    "signed_money": "money", "number": "text", "order": "text", "account": "text", "freeze": "integer",
}  # fmt: skip


def offers(case: Case) -> list[dict[str, Any]]:
    """The menu with `fields`: [{name, required, type, choices?}]. Allowed is what a body that fills them can do."""
    return [_offer(case, ACTIONS[entry["action"]], entry) for entry in menu(case)]


def _offer(case: Case, action: Action, entry: dict[str, Any]) -> dict[str, Any]:
    needed, hopeless = _needs(case, action) if entry["allowed"] else (frozenset(), [])
    if hopeless:
        entry = {**entry, "allowed": False, "blocked_by": [block.as_dict() for block in hopeless]}
    choices = _choices(case, action, entry)
    asked = [each for each in action.inputs if not (each.desk_only and Role.OWNER in case.roles)]
    return {**entry, "fields": [_field(each, needed, choices.get(each.name, each.choices)) for each in asked]}


def _field(field: Input, needed: frozenset[str], choices: tuple[str, ...]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": field.name,
        "required": field.required or field.name in needed,
        "type": TYPES.get(field.kind, field.kind),
    }
    return {**shown, "choices": list(choices)} if choices else shown


def _needs(case: Case, action: Action) -> tuple[frozenset[str], list[Block]]:
    """Which fields the case makes needed besides those of the row; and what no body can get past."""
    names = {field.name for field in action.inputs}
    nothing: Data = dict.fromkeys(names)
    asked = {name: SATISFIED_BY[name] for name in action.guards if SATISFIED_BY.get(name) in names}
    needed = {field for guard, field in asked.items() if GUARDS[guard](case, dict(nothing))}
    needed |= {field.name for field in action.inputs if field.kind == "entries"}  # or a bill that was read for the case
    hopeless = [block for name in action.guards if name in POSSIBLE and (block := POSSIBLE[name](case))]
    prepare = EFFECTS[action.key].prepare
    if prepare is not None and not any(field.required for field in action.inputs):
        try:
            prepare(case, dict(nothing))
        except Invalid as invalid:
            needed |= invalid.errors.keys() & names
            if elsewhere := sorted(invalid.errors.keys() - names):
                hopeless.append(Block("invalid", extra={"missing": elsewhere}))
    return frozenset(needed), hopeless


def _choices(case: Case, action: Action, entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Of a field that the case narrows: places that are open, tasks that are left."""
    places = next((field.choices for field in action.inputs if field.name == "target"), ())
    if action.per_target:
        places = tuple(each["target"] for each in entry.get("targets", ()) if each["allowed"])
    elif places:
        empty: Data = dict.fromkeys(field.name for field in action.inputs)
        places = tuple(place for place in places if not any(GUARDS[name](case, {**empty, "target": place}) for name in action.guards))
    tasks = tuple(task for task in SECURITY_TASKS if task not in case.security_tasks)
    joined = tuple(merged_refs(case.ticket)) if any(field.name == "ref" for field in action.inputs) else ()
    return {name: choices for name, choices in {"target": places, "task": tasks, "ref": joined}.items() if choices}


# ---- What no body can get past
def _proof_at_hand(case: Case) -> Block | None:
    if not case.playbook.burden_on_institution or any(item.kind in OPERATOR_EVIDENCE and usable(item) for item in case.evidence):
        return None
    return Block("BURDEN_OF_PROOF")


def _has_duplicate(case: Case) -> Block | None:
    numbers = [order.number for order in case.order_references]
    same = Ticket.objects.filter(owner_id=case.ticket.owner_id, status__in=OPEN - {Status.DRAFT}).exclude(pk=case.ticket.pk)
    found = same.filter(order_references__number__in=numbers).prefetch_related("decisions").distinct() if numbers else ()
    apart = [decided_apart(case, Case(other, case.now, case.actor, timers=[])) for other in found]
    if not apart:
        return Block("NOT_A_DUPLICATE")
    return Block("DECISION_MADE") if all(apart) else None


POSSIBLE: Mapping[str, Callable[[Case], Block | None]] = {"burden_of_proof": _proof_at_hand, "is_a_duplicate": _has_duplicate}
