"""A person's data erased: what can go goes at once, what must stay is named with its reason and its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.anonymising import anonymise, is_anonymous
from accounts.correspondence import contacts_of, forget_files_to, forget_rows_to
from accounts.models import User
from accounts.phone_numbers import international, looks_like_one
from accounts.phones import owner_of
from accounts.roles import Role, is_staff_member, roles_of
from evidence.intake.held_letters import forget_letters_of
from evidence.intake.letter_beginnings import forget_beginnings_of
from evidence.intake.resumable_uploads import discard
from evidence.models import DeletionRequest, ErasureProposal, EvidenceItem, PartialUpload, SubjectRequest
from evidence.operations.removing import erase
from evidence.vault.custody import CustodyAction
from lib.background import enqueue
from tickets.cases.case import Case
from tickets.models import Message, Ticket
from tickets.operations.erase_texts import forget_texts
from tickets.operations.expiry import settle
from tickets.operations.representing import forget_representations
from tickets.workflow import Block, Forbidden, Invalid, NotFound, Refusal, Status
from tickets.workflow.vocabulary import FILED_BY_DESK

State = EvidenceItem.State
REASON_LIMIT = 200


@dataclass(frozen=True)
class ErasablePart:
    """What of one complaint can be erased now. `is_draft`: the complaint itself goes too."""

    ref: str
    items: int
    messages: int
    is_draft: bool


@dataclass(frozen=True)
class RetainedPart:
    """What cannot: open_complaint, legal_hold, live_freeze (each of one complaint), history or account. `until` where it is known;
    `held_for`: where its owner went with it, for which it is held.
    """

    why: str
    ref: str = ""
    until: datetime | None = None
    held_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Before the act: what would go and what would stay. The account goes last, when no complaint needs it any more."""

    subject: User
    goes: Sequence[ErasablePart]
    stays: Sequence[RetainedPart]

    @property
    def account_goes(self) -> bool:
        return not any(stay.ref for stay in self.stays)


def subject_of(actor: User, contact: str) -> User:
    """The person with this address or mobile number, for themselves and for privacy officers. Raises Forbidden, NotFound."""
    found = _person_with(contact)
    if Role.PRIVACY_OFFICER not in roles_of(actor) and found != actor:
        raise Forbidden
    if found is None:
        raise NotFound
    return found


def _person_with(contact: str) -> User | None:
    if not looks_like_one(contact):
        return User.objects.filter(email=User.objects.normalize_email(contact)).first()
    try:
        return owner_of(international(contact))
    except ValidationError:
        return None


def check_may(actor: User, subject: User) -> None:
    """The person and privacy officers. Raises Forbidden."""
    if actor.pk != subject.pk and Role.PRIVACY_OFFICER not in roles_of(actor):
        raise Forbidden


def check_factor(actor: User, subject: User) -> None:
    """Somebody else's data, in a browser: the second factor was shown just now. Raises Refusal."""
    if actor.pk != subject.pk and not actor.is_factor_fresh:
        raise Refusal(Block("FRESH_FACTOR_REQUIRED"))


def clean_reason(actor: User, subject: User, reason: str) -> str:
    """Others than the person say why. Raises Invalid at reason."""
    said = " ".join(str(reason or "").replace("\x00", "").split())[:REASON_LIMIT]
    if not said and actor.pk != subject.pk:
        raise Invalid({"reason": [_("Say why. It is written down.")]})
    return said


def plan_erasure(actor: User, subject: User) -> Plan:
    """What would happen. Changes nothing. Raises Forbidden."""
    check_may(actor, subject)
    now, goes, stays = timezone.now(), [], []
    for ticket in Ticket.objects.filter(owner=subject).order_by("pk").prefetch_related("freezes", "evidence", "escalations"):
        reasons = _why_it_stays(ticket, now)
        stays += reasons
        if not reasons:
            goes.append(_erasable_part(ticket))
    stays.append(RetainedPart("history"))
    if any(stay.ref for stay in stays):
        stays.append(RetainedPart("account"))
    return Plan(subject, goes, stays)


def _why_it_stays(ticket: Ticket, now: datetime) -> list[RetainedPart]:
    if ticket.status == Status.DRAFT:
        return []
    found = [] if ticket.status == Status.CLOSED else [RetainedPart("open_complaint", ticket.ref)]
    if ticket.legal_hold_until is not None and ticket.legal_hold_until > now:
        found.append(RetainedPart("legal_hold", ticket.ref, ticket.legal_hold_until, _held_for(ticket)))
    if any(freeze.is_live for freeze in ticket.freezes.all()):
        found.append(RetainedPart("live_freeze", ticket.ref))
    return found


def _held_for(ticket: Ticket) -> tuple[str, ...]:
    """Whom it is kept for because its owner went there: places by code, the police among them."""
    there = [each.target for each in ticket.escalations.all() if each.filed_at is not None and each.target not in FILED_BY_DESK]
    return tuple(dict.fromkeys([*there, *(["police"] if ticket.police_referred_at else [])]))


def _erasable_part(ticket: Ticket) -> ErasablePart:
    items = sum(item.state != State.DELETED for item in ticket.evidence.all())
    return ErasablePart(ticket.ref, items, Message.objects.filter(ticket=ticket).count(), ticket.status == Status.DRAFT)


def erase_person(actor: User, subject: User, reason: str = "") -> Plan:
    """Erase all that can go: files and their keys at once, free texts, and the account once no complaint needs it.

    One transaction for each complaint and one for the account: begun again after a crash, it goes on. Everything is logged.
    An officer needs the person's own request or another officer's word (a proposal), which is used up.
    Raises Forbidden, Invalid at reason, Refusal (STAFF_ACCOUNT: 409, SAME_SIGNATORY: 403). Gives what there was to do.
    """
    _check_erasable(actor, subject)
    said, plan = clean_reason(actor, subject, reason), plan_erasure(actor, subject)
    if actor.pk != subject.pk and not (is_wanted_by_subject(subject) or _has_word_of_another(actor, subject)):
        raise Forbidden("SAME_SIGNATORY")
    counts = [_erase_ticket(actor, pk, said) for pk in Ticket.objects.filter(owner=subject).order_by("pk").values_list("pk", flat=True)]
    contacts = contacts_of(subject)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=subject.pk)
        goes = not any(_needing(locked))
        proposed = ErasureProposal.objects.filter(subject=locked).first()
        if goes and not is_anonymous(locked):
            forget_beginnings_of(locked)
            forget_representations(locked)
            anonymise(locked)
            forget_rows_to(contacts)
            transaction.on_commit(lambda: forget_files_to(contacts), robust=True)
        enqueue("evidence.drop_traces")
        erased = [count for count in counts if count is not None]
        told: dict[str, object] = {"items": sum(erased), "complaints": len(erased), "account": goes}
        if proposed is not None:
            told["proposed_by"] = proposed.by_id
        ErasureProposal.objects.filter(subject=locked).delete()
        SubjectRequest.objects.create(
            kind=SubjectRequest.Kind.ERASURE, subject=locked, by=actor, at=timezone.now(), reason=said, counted=told
        )
    return plan


def propose_erasure(actor: User, subject: User, reason: str) -> ErasureProposal:
    """An officer's word. Said twice, the first counts. Raises Forbidden, Invalid at reason, Refusal (STAFF_ACCOUNT)."""
    _check_erasable(actor, subject)
    said = {"by": actor, "at": timezone.now(), "reason": clean_reason(actor, subject, reason)}
    return ErasureProposal.objects.get_or_create(subject=subject, defaults=said)[0]


def withdraw_proposal(actor: User, subject: User) -> None:
    """By any officer. Raises Forbidden."""
    check_may(actor, subject)
    ErasureProposal.objects.filter(subject=subject).delete()


def is_wanted_by_subject(subject: User) -> bool:
    return DeletionRequest.objects.filter(owner=subject).exists()


def _check_erasable(actor: User, subject: User) -> None:
    check_may(actor, subject)
    if is_staff_member(subject) or subject.is_staff or subject.is_superuser:
        raise Refusal(Block("STAFF_ACCOUNT"))
    check_factor(actor, subject)


def _has_word_of_another(actor: User, subject: User) -> bool:
    """Of an officer who still is one."""
    proposed = ErasureProposal.objects.filter(subject=subject, by__is_active=True, by__groups__name=Role.PRIVACY_OFFICER)
    return proposed.exclude(by=actor).exists()


def _needing(subject: User) -> Iterator[RetainedPart]:
    """Read again under the account's lock: nothing can be filed for it meanwhile that would be missed for long."""
    now = timezone.now()
    for ticket in Ticket.objects.filter(owner=subject).prefetch_related("freezes"):
        yield from _why_it_stays(ticket, now)


def _erase_ticket(actor: User, pk: int, reason: str) -> int | None:
    """How many items; None when it must stay. Everything is looked at again under the lock."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if ticket is None:
            return None
        case = Case(ticket, timezone.now(), actor)
        settle(case)
        if _why_it_stays(ticket, case.now):
            return None
        doomed = [item for item in case.evidence if item.state != State.DELETED]
        erase(doomed, case.now, CustodyAction.ERASED, actor, reason)
        for coming in PartialUpload.objects.filter(ticket=ticket, item=None):
            discard(coming)
        forget_letters_of(ticket)
        if ticket.status == Status.DRAFT:
            ticket.delete()
            return len(doomed)
        messages = forget_texts(case)
        case.record("person_erased", {"items": [item.pk for item in doomed], "messages": messages}, internal=True)
        case.save()
    return len(doomed)
