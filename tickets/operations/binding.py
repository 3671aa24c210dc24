"""Whose complaint it is that somebody else files; one that was filed for a number goes to whoever proves that number."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Phone, PlatformIdentity, User
from accounts.phones import number_of
from accounts.sms import queue_to_stranger
from accounts.unproven import has_address, is_unproven, make_unproven, make_unverified
from lib.duties.setting_aside import each_row, name_of
from tickets.cases.case import Case, evidence_of
from tickets.cases.notices import notify
from tickets.cases.search import reindex
from tickets.models import Representation, Ticket
from tickets.operations.assigning import unassign_conflicted
from tickets.operations.expiry import settle
from tickets.workflow.vocabulary import SENSITIVE_KINDS

log = logging.getLogger(__name__)
EXTERNAL = "external:"
ONE_TEXT_IN = timedelta(days=1)


def person_of(contact: str) -> User:
    """Whose complaint it is that an agent files: by address; by a number that somebody has proven; else by a contact not proven yet,
    which stays on the complaint, the same person each time it is named."""
    if "@" in contact and not contact.startswith(EXTERNAL):
        return User.objects.filter(email=contact).first() or make_unverified(contact)
    proven = _owner_of(contact)
    earlier = Ticket.objects.filter(contact=contact).select_related("owner").order_by("pk").first()
    return proven or (earlier.owner if earlier else make_unproven(contact))


def contact_of(ticket: Ticket) -> str:
    """Whose complaint it is, as `person_of` finds them again."""
    owner = ticket.owner
    if ticket.contact or has_address(owner):
        return ticket.contact or owner.email
    named = owner.platform_identities.values_list("subject", flat=True).first()
    return number_of(owner) or f"{EXTERNAL}{named}"


def bind_proven_contacts(now: datetime) -> int:
    """How many complaints got their owner."""
    named = PlatformIdentity.objects.values(name=Concat(Value(EXTERNAL), "subject"))
    proven = Ticket.objects.exclude(contact="").filter(Q(contact__in=Phone.objects.values("number")) | Q(contact__in=named))
    return each_row(name_of(bind_proven_contacts), proven.order_by("pk"), lambda pk: _bind(pk, now), now)


def bind_contact(contact: str) -> int:
    """As `bind_proven_contacts`, of this one contact, now."""
    found = Ticket.objects.filter(contact=contact).order_by("pk").values_list("pk", flat=True)
    return sum(_bind(pk, timezone.now()) for pk in list(found))


def _owner_of(contact: str) -> User | None:
    """Whoever has proven that this number or name of the platform is theirs."""
    people = User.objects.filter(is_active=True, is_service=False)
    if contact.startswith(EXTERNAL):
        return people.filter(platform_identities__subject=contact.removeprefix(EXTERNAL)).first()
    return people.filter(phone__number=contact).first()


def _bind(pk: int, now: datetime) -> int:
    """1 when it is theirs now. Their live freeze of the same account keeps both apart: a person joins the two complaints first."""
    try:
        with transaction.atomic():
            ticket = Ticket.objects.select_related("owner").select_for_update(of=("self",)).get(pk=pk)
            person = _owner_of(ticket.contact)
            if person is None or not is_unproven(ticket.owner):
                return 0
            case = Case(ticket, now)
            settle(case)
            ticket.owner, ticket.contact = person, ""
            ticket.freezes.update(owner=person)
            case.record("contact_proven")
            notify(case, "contact_proven")
            unassign_conflicted(case)
            case.save()
            reindex(ticket)
    except IntegrityError:
        log.warning("complaint %s stays with its contact: its owner has a freeze of the same account", pk)
        return 0
    return 1


# ---- Filed by somebody for another
def hand_to_owner(case: Case) -> None:
    """A complaint that was filed for another is theirs, as the one who filed it said; that one sees no more than that the owner is asked.

    Their live freeze of the same account keeps it where it is: somebody of the desk joins the two.

    On a case that is filed by now; saved by whoever has opened it.
    """
    actor = case.actor
    if actor is None or actor.pk != case.ticket.owner_id or not actor.follows_others:
        return
    said = case.ticket.representations.filter(person=actor, asked_at=None).exclude(contact="").first()
    if said is None:
        return
    owner = person_of(said.contact)
    if not _give(case, owner):
        case.record("representation_waits", {"as": said.relation}, internal=True)
        return
    case.ticket.contact = said.contact if is_unproven(owner) else ""
    vars(case).pop("roles", None)
    said.asked_at = case.at
    said.save(update_fields=["asked_at"])
    withdraw_consents(case)
    case.search_words += [owner.email, owner.name, said.whom, said.contact]
    case.record("representative_named", {"as": said.relation, "representation": said.pk})
    notify(case, "representative_named")
    if is_unproven(owner):
        _ask_by_text(case, said)


def _give(case: Case, owner: User) -> bool:
    try:
        with transaction.atomic():
            case.ticket.freezes.update(owner=owner)
    except IntegrityError:
        return False
    for freeze in case.freezes:
        freeze.owner = owner
    case.ticket.owner = owner
    return True


def withdraw_consents(case: Case) -> None:
    """Nobody agrees for somebody else that an identity document is used: the owner is asked."""
    evidence_of(case.ticket).filter(kind__in=SENSITIVE_KINDS).update(consent_at=None, consent_version="")
    vars(case).pop("evidence", None)


def _ask_by_text(case: Case, said: Representation) -> None:
    """A number that nobody has proven gets one text in a day, without a name: whoever wrote it could write anything there."""
    lately = Representation.objects.filter(contact=said.contact, asked_at__gt=case.now - ONE_TEXT_IN).exclude(pk=said.pk)
    if "@" in said.contact or lately.exists():
        return
    words = _("%(site)s: somebody filed complaint %(ref)s for you. Who, and whether they may go on, you read and say here: %(url)s")
    url = settings.SITE_URL + reverse("portal:ticket", args=[case.ticket.ref])
    queue_to_stranger(said.contact, words % {"site": settings.SITE_URL.partition("://")[2], "ref": case.ticket.ref, "url": url})
