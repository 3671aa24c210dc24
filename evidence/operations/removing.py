"""How evidence goes: taken back before it is handed in, consent withdrawn, or its time run out. Hash and row stay."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from accounts.roles import Role
from evidence.kinds import SENSITIVE
from evidence.models import EvidenceItem, LikenessBand
from evidence.operations.item_lock import event_data, on_ticket, wrong_state
from evidence.vault import custody, store
from evidence.vault.custody import CustodyAction
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.cases.search import reindex
from tickets.models import OrderReference
from tickets.operations.intake_clocks import restart_silence_timer
from tickets.workflow import Block, Forbidden, Refusal

State = EvidenceItem.State


def delete(actor: User, item_id: int) -> EvidenceItem:
    """Take one's own item back. A sensitive document at any time (consent withdrawn, with its earlier versions); a file for a
    message that is not sent yet; anything else until the appeal is submitted, and what was refused later too.

    Raises NotFound, Forbidden, Refusal (WRONG_STATUS when it is gone already, EVIDENCE_LOCKED: 409).
    """
    with on_ticket(actor, item_id) as (case, item):
        if Role.OWNER not in case.roles and not item.is_unsent:
            raise Forbidden
        if item.state == State.DELETED:
            raise wrong_state(item)
        if item.is_of_desk:
            _drop_unsent(case, item)
            return item
        if item.kind in SENSITIVE:
            _withdraw_consent(case, item)
        elif case.ticket.ever_submitted and item.state != State.REJECTED:
            raise Refusal(Block("EVIDENCE_LOCKED"))
        else:
            erase([item], case.at, CustodyAction.DELETED, case.actor)
            case.record("evidence.removed", event_data(item))
        forget_order(case, item)
        restart_silence_timer(case)
    return item


def withdraw_consent(actor: User, item_id: int) -> None:
    """The owner does not agree any more: the document goes at once, with its earlier versions. What needs no consent is not taken back so.

    Raises as `delete`.
    """
    with on_ticket(actor, item_id) as (case, item):
        if Role.OWNER not in case.roles:
            raise Forbidden
        if item.kind not in SENSITIVE or item.state == State.DELETED:
            raise wrong_state(item)
        _withdraw_consent(case, item)
        restart_silence_timer(case)


def _drop_unsent(case: Case, item: EvidenceItem) -> None:
    """On the ticket nothing has happened. What was sent stays sent."""
    if not item.is_unsent:
        raise Forbidden
    erase([item], case.at, CustodyAction.DELETED, case.actor)
    case.discarded = True


def _withdraw_consent(case: Case, item: EvidenceItem) -> None:
    """The reviewer is told: the slot is empty now."""
    withdrawn = [each for each in case.evidence if each.kind == item.kind and each.state != State.DELETED]
    erase(withdrawn, case.at, CustodyAction.WITHDRAWN, case.actor)
    case.record("consent_withdrawn", event_data(item))
    notify(case, "consent_withdrawn", evidence=item.kind)


def forget_order(case: Case, item: EvidenceItem) -> None:
    """Nor is the ticket found by it."""
    if OrderReference.objects.filter(ticket=case.ticket, evidence_id=item.pk).delete()[0]:
        reindex(case.ticket)


ERASED_COLUMNS = ("original", "safe", "thumbnail", "secret", "number_digest", "text", "original_name", "likeness", "verdict_reason")


def erase(items: list[EvidenceItem], at: datetime, action: str, by: User | None = None, purpose: str = "") -> None:
    """Destroy the keys now and the bytes after the commit, and what was typed; kind, hash, size and times stay. Inside a transaction."""
    custody.record(action, items, by=by, at=at, purpose=purpose)
    store.erase([name for item in items for name in item.names], at)
    for item in items:
        item.state, item.deleted_at, item.fields, item.claimed_at = State.DELETED, at, {}, None
        for column in ERASED_COLUMNS:
            setattr(item, column, "")
    EvidenceItem.objects.bulk_update(items, ["state", "deleted_at", "fields", "claimed_at", *ERASED_COLUMNS])
    LikenessBand.objects.filter(item__in=items).delete()
