"""What the desk says of an item: usable or not and why, and of what kind it really is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from evidence.files import PICTURES
from evidence.kinds import KINDS, NOT_UPLOADED
from evidence.models import EvidenceItem
from evidence.operations.item_lock import event_data, on_ticket, wrong_state
from evidence.operations.removing import forget_order
from evidence.vault import custody
from evidence.vault.custody import CustodyAction
from tickets.cases.case import Case
from tickets.cases.guards import not_own_case
from tickets.cases.notices import notify
from tickets.models import Decision, OrderReference
from tickets.workflow import Forbidden, Input, Invalid
from tickets.workflow.inputs import NOT_A_CHOICE, text

State, Verdict = EvidenceItem.State, EvidenceItem.Verdict
VERDICTS = (Verdict.ACCEPTED.value, Verdict.REJECTED.value)
REASON = Input("reason")


def review(actor: User, item_id: int, verdict: str, reason: str = "") -> EvidenceItem:
    """Accept or reject an item. Rejected empties its slot; the owner is told and why.

    Raises NotFound, Forbidden (the desk's alone; CONFLICT_OF_INTEREST on one's own complaint), Refusal (WRONG_STATUS
    while it is not clean: 409), Invalid at verdict or reason.
    """
    with on_ticket(actor, item_id) as (case, item):
        if case.roles.isdisjoint(STAFF_ROLES):
            raise Forbidden
        if conflict := not_own_case(case, None):
            raise Forbidden(conflict.code)
        if item.state != State.CLEAN or item.is_of_desk:
            raise wrong_state(item)
        # The words stand with the item alone, where they can be erased: history and the log cannot.
        item.verdict, item.verdict_reason = verdict, _clean_reason(verdict, reason)
        item.verdict_by, item.verdict_at = actor, case.at
        case.new_rows.append(item)
        custody.record(verdict, [item], by=actor, at=case.at)
        _keep_order_in_step(case, item)
        case.record("evidence.reviewed", event_data(item) | {"verdict": verdict}, internal=item.internal)
        if verdict == Verdict.REJECTED and not item.internal:
            notify(case, "evidence_rejected", evidence=item.kind, item=item.pk)
    return item


def _clean_reason(verdict: object, reason: object) -> str:
    if verdict not in VERDICTS:
        raise Invalid({"verdict": [NOT_A_CHOICE % {"choices": ", ".join(VERDICTS)}]})
    try:
        said = text(reason or "", REASON)
    except ValueError as error:
        raise Invalid({"reason": [error.args[0]]}) from error
    if verdict == Verdict.REJECTED and not said:
        raise Invalid({"reason": [_("Say what is wrong with it and how to mend it.")]})
    return said


def _keep_order_in_step(case: Case, item: EvidenceItem) -> None:
    """A refused number is no longer one of the ticket's; accepted again, it is."""
    number = item.fields.get("order_no")
    if not number or item.kind != "order_number":
        return
    if item.verdict == Verdict.REJECTED:
        forget_order(case, item)
    elif not case.ticket.order_references.filter(number=number).exists():
        issuer = item.fields.get("issuer", "other")
        case.new_rows.append(OrderReference(ticket=case.ticket, issuer=issuer, number=number, evidence_id=item.pk))
        case.search_words.append(number)


def reclassify(actor: User, item_id: int, kind: str) -> EvidenceItem:
    """Put an uncategorised file where it belongs, before a decision stands on it.

    Raises NotFound, Forbidden (CONFLICT_OF_INTEREST on one's own complaint), Refusal (WRONG_STATUS: 409), Invalid at kind.
    """
    with on_ticket(actor, item_id) as (case, item):
        if case.roles.isdisjoint({Role.AGENT, Role.REVIEWER}):
            raise Forbidden
        if conflict := not_own_case(case, None):
            raise Forbidden(conflict.code)
        decided = case.decision is not None and case.decision.state in (Decision.State.AWAITING, Decision.State.EFFECTIVE)
        if item.kind != "uncategorized_file" or item.state not in (State.SCANNING, State.CLEAN) or decided:
            raise wrong_state(item)
        item.kind, before = _fitting(item, kind), item.kind
        case.new_rows.append(item)
        custody.record(CustodyAction.RECLASSIFIED, [item], by=actor, at=case.at, detail={"from": before})
        case.record("evidence.reclassified", event_data(item) | {"from": before})
    return item


def _fitting(item: EvidenceItem, kind: object) -> str:
    form = "image" if item.media_type in PICTURES else "pdf"
    fitting = [key for key, each in KINDS.items() if form in each.forms and not each.of_desk and key not in NOT_UPLOADED]
    if kind not in fitting:
        raise Invalid({"kind": [NOT_A_CHOICE % {"choices": ", ".join(fitting)}]})
    return str(kind)
