"""All that a person gave us and all we know of them, as a ZIP that is made while it is read: nothing of it touches a disk."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Phone, User
from evidence.files import suffix_of
from evidence.kinds import SENSITIVE
from evidence.models import EvidenceItem, SubjectRequest
from evidence.people.erasure import check_factor, check_may, clean_reason
from evidence.statement_of_balance import is_issued_statement, render_statement
from evidence.vault import custody, store
from evidence.vault.custody import CustodyAction, CustodyEntry
from evidence.vault.sealing import SealBroken
from tickets.models import Decision, Event, Message, Ticket, Visibility

log = logging.getLogger(__name__)
State = EvidenceItem.State
WITHHELD_NOTE = _("Identity documents are given to their owner alone, who sees them beside the complaint. Not in this file:")
ACCOUNT = (
    "email", "name", "language", "timezone", "steps_by_mail", "reminders_by_mail", "news_by_mail", "digest_hour",
    "real_name_match", "real_name_match_at", "bounced_address", "date_joined", "last_login",
)  # fmt: skip
TICKET = (
    "ref", "category", "status", "stage", "channel", "lane", "amount", "currency", "incident_at", "discovered_at", "reported_at",
    "submitted_at", "closed_at", "close_reason", "refund_tier", "late_claim", "legal_hold_until", "account_masked", "facts",
    "statement", "demands", "call_asked_at", "call_number", "call_when", "created_at", "updated_at",
)  # fmt: skip
FREEZE = ("origin", "state", "account_masked", "requested_at", "active_at", "ended_at")
ESCALATION = ("target", "state", "at", "reason", "points", "filed_at", "filed_reference", "reference", "outcome", "answered_at")
CHILDREN = ("freezes", "order_references", "security_tasks", "submissions", "escalations", "evidence_requests", "ratings", "unsent_forms")
ITEM = (
    "id", "kind", "state", "reason", "uploaded_at", "original_name", "media_type", "size", "sha256", "fields", "text", "consent_at",
    "consent_version", "verdict", "verdict_reason", "verdict_at", "deleted_at",
)  # fmt: skip


def export_person(actor: User, subject: User, reason: str = "") -> Iterator[bytes]:
    """The ZIP in pieces: data.json, and the copies of the files. Written down, item by item, before the first piece is given.

    Identity documents are handed to their owner alone; for a privacy officer withheld.txt names them.
    Raises Forbidden, Invalid at reason.
    """
    check_may(actor, subject)
    check_factor(actor, subject)
    said, at = clean_reason(actor, subject, reason), timezone.now()
    with transaction.atomic():
        items = list(_items(subject))
        counted = {"items": len(items), "complaints": Ticket.objects.filter(owner=subject).count()}
        SubjectRequest.objects.create(kind=SubjectRequest.Kind.EXPORT, subject=subject, by=actor, at=at, reason=said, counted=counted)
        withheld = [item for item in items if item.kind in SENSITIVE and item.names] if actor.pk != subject.pk else []
        given = [item for item in items if item not in withheld]
        data = _everything(subject, items, {item.pk for item in given})
        custody.record(CustodyAction.EXPORTED, [item for item in given if item.names], by=actor, at=at, purpose=said)
    # In words now: the language is the request's, and the ZIP is read when that is over.
    return _zip_stream(data, given, "\n".join([str(WITHHELD_NOTE), *map(_name, withheld)]) if withheld else "")


def _items(subject: User) -> Iterable[EvidenceItem]:
    """Their own, and of the operator's what they may see anyway."""
    seen = EvidenceItem.objects.filter(ticket__owner=subject).visible_to(subject)
    return seen.select_related("ticket", "uploaded_by").order_by("ticket", "pk")


# ---- What we know
def _everything(subject: User, items: list[EvidenceItem], given: set[int]) -> dict[str, object]:
    by_ticket: dict[int, list[EvidenceItem]] = {}
    for item in items:
        by_ticket.setdefault(item.ticket_id, []).append(item)
    tickets = Ticket.objects.filter(owner=subject).order_by("pk")
    tickets = tickets.prefetch_related(*CHILDREN)
    return {
        "account": {**_pick_fields(subject, ACCOUNT), "phone": Phone.objects.filter(user=subject).values_list("number", flat=True).first()},
        "complaints": [_ticket(ticket, subject, by_ticket.get(ticket.pk, []), given) for ticket in tickets],
        "requests": list(SubjectRequest.objects.filter(subject=subject).values("kind", "at", "reason")),
    }


def _pick_fields(row: object, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}


def _ticket(ticket: Ticket, subject: User, items: list[EvidenceItem], given: set[int]) -> dict[str, object]:
    return {
        **_pick_fields(ticket, TICKET),
        "order_numbers": [_pick_fields(each, ("issuer", "number")) for each in ticket.order_references.all()],
        "freezes": [
            _pick_fields(each, ("origin", "state", "account_masked", "requested_at", "active_at", "ended_at"))
            for each in ticket.freezes.all()
        ],
        "security_steps": [_pick_fields(each, ("task", "at")) for each in ticket.security_tasks.all()],
        "submissions": [_pick_fields(each, ("number", "at", "statement", "demands", "items")) for each in ticket.submissions.all()],
        "requests_for_evidence": [_pick_fields(each, ("kinds", "reason", "at", "answered_at")) for each in ticket.evidence_requests.all()],
        "escalations": [_pick_fields(each, ESCALATION) for each in ticket.escalations.all()],
        "ratings": [_pick_fields(each, ("closed_at", "score", "in_time", "comment", "at", "changed_at")) for each in ticket.ratings.all()],
        "not_sent": [_pick_fields(each, ("typed", "at")) for each in ticket.unsent_forms.all()],
        "messages": [_message(each, subject, items) for each in _public(Message, ticket).order_by("created_at", "id")],
        "history": [_event(each, subject) for each in _public(Event, ticket).order_by("seq")],
        "decisions": [_decision(each) for each in Decision.objects.filter(ticket=ticket, state=Decision.State.EFFECTIVE).order_by("pk")],
        "evidence": [_item(item) if item.pk in given else _withheld_entry(item) for item in items],
        "custody": [_entry(each, subject) for each in CustodyEntry.objects.filter(item_id__in=[item.pk for item in items]).order_by("seq")],
    }


def _public(model: Any, ticket: Ticket) -> Any:
    return model.objects.filter(ticket=ticket, visibility=Visibility.PUBLIC)


def _message(message: Message, subject: User, items: list[EvidenceItem]) -> dict[str, object]:
    said = {"at": message.created_at, "by": _who(message.author_id, subject), "body": message.body, "eta_at": message.eta_at}
    said |= {"folded": message.folded} if message.folded else {}
    return {**said, "files": [item.pk for item in items if item.message_id == message.pk]}


def _event(event: Event, subject: User) -> dict[str, object]:
    return {"at": event.at, "by": _who(event.actor_id, subject), "kind": event.kind, "from": event.from_status, "to": event.to_status}


def _decision(decision: Decision) -> dict[str, object]:
    return _pick_fields(decision, ("verdict", "effective_at", "reason_code", "root_cause", "liability", "explanation", "answers"))


def _entry(entry: CustodyEntry, subject: User) -> dict[str, object]:
    return {"at": entry.at, "item": entry.item_id, "action": entry.action, "by": _who(entry.by_id, subject), "purpose": entry.purpose}


def _who(pk: int | None, subject: User) -> str:
    """Customers are not told who at the desk it was."""
    return "system" if pk is None else "you" if pk == subject.pk else "desk"


def _item(item: EvidenceItem) -> dict[str, object]:
    """With what was typed from inside a sensitive document: it is the person's own."""
    told = {**_pick_fields(item, ITEM), "file": _name(item) if _has_copy(item) else ""}
    return {**told, "number": _secret(item)} if item.secret else told


def _withheld_entry(item: EvidenceItem) -> dict[str, object]:
    """That it is there and what became of it, nothing from inside it."""
    return {**_pick_fields(item, ITEM), "fields": {}, "text": "", "file": ""}


def _secret(item: EvidenceItem) -> str:
    try:
        return str(json.loads(store.read(item.secret)).get("number", ""))
    except (SealBroken, OSError):
        log.exception("what was typed beside evidence %d cannot be opened", item.pk)
        return ""


# ---- The ZIP
def _has_copy(item: EvidenceItem) -> bool:
    return (bool(item.safe) or is_issued_statement(item)) and item.state != State.DELETED


def _name(item: EvidenceItem) -> str:
    suffix = suffix_of("application/pdf" if is_issued_statement(item) else item.safe_type)
    return f"{item.ticket.ref}/{item.kind}-{item.pk}.{suffix}"


class _Pipe(io.RawIOBase):
    """What a ZIP writes into, emptied piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        whole, self._pieces = b"".join(self._pieces), []
        return whole


def _zip_stream(data: dict[str, object], items: list[EvidenceItem], withheld: str) -> Iterator[bytes]:
    """One file in memory at a time. A file that cannot be opened is named in missing.txt: the rest is theirs all the same."""
    pipe, missing = _Pipe(), []
    with zipfile.ZipFile(pipe, "w") as archive:
        told = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", told, zipfile.ZIP_DEFLATED)
        yield pipe.take()
        for item in filter(_has_copy, items):
            try:
                archive.writestr(_name(item), render_statement(item) if is_issued_statement(item) else store.read(item.safe))
            except (SealBroken, OSError):
                log.exception("evidence %d cannot be exported", item.pk)
                missing.append(_name(item))
            yield pipe.take()
        if missing:
            archive.writestr("missing.txt", "\n".join(missing))
        if withheld:
            archive.writestr("withheld.txt", withheld)
    yield pipe.take()
