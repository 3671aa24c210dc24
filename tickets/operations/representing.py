"""For somebody else: whom a complaint is for, what its owner says to that, and how it ends. The owner's say is the owner's alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import is_staff_member
from tickets.cases.case import Case
from tickets.cases.intake import reachable_contact
from tickets.models import Notification, Representation
from tickets.operations.binding import hand_to_owner
from tickets.operations.engine import open_case
from tickets.workflow import Block, Forbidden, Input, Invalid, NotFound, Refusal, Status, WrongStatus, clean_fields
from tickets.workflow.inputs import REQUIRED
from tickets.workflow.vocabulary import REPRESENTING

# Nobody is there who could agree: a child, or somebody who has died.
IN_THEIR_PLACE = frozenset({"guardian", "heir"})
MALFORMED = _("Enter an e-mail address such as mei@example.com or a number such as +8613800138000.")
NAMED = (Input("relation", "code", True, REPRESENTING), Input("whom", required=True, limit=150), Input("contact", "as_said", limit=254))
SAID = (Input("answer", "code", True, ("agree", "end")), Input("letters", "bool"))


def name_represented(actor: User, ref: str, raw: Mapping[str, object]) -> Representation:
    """Say that one's own complaint is somebody else's: `relation`, `whom` (a name), `contact` (an address or a number; not of a guardian
    or an heir, who own it). A filed one becomes theirs at once, a draft when it is filed.

    Raises NotFound, Forbidden (not one's own; colleagues of the desk), WrongStatus once it is handed in, Invalid.
    """
    with open_case(actor, ref) as case:
        if case.ticket.owner_id != actor.pk or is_staff_member(actor):
            raise Forbidden
        if case.ticket.ever_submitted or case.status in (Status.CLOSED, Status.RESOLVED):
            raise WrongStatus(case.ticket.status)
        said = _clean(actor, raw)
        row, _new = Representation.objects.update_or_create(ticket=case.ticket, person=actor, defaults=said)
        case.ticket.represented_by = {"name": actor.get_full_name(), "as": said["relation"], "document": None}
        if said["contact"] and not actor.follows_others:
            actor.follows_others = True
            User.objects.filter(pk=actor.pk).update(follows_others=True)
        if case.status != Status.DRAFT:
            hand_to_owner(case)
            row.refresh_from_db()
            if not said["contact"]:
                case.record("representative_named", {"as": row.relation, "representation": row.pk})
    return row


def take_back(actor: User, ref: str) -> None:
    """It is one's own after all, as long as it is a draft. Raises as `name_represented`."""
    with open_case(actor, ref) as case:
        if case.ticket.owner_id != actor.pk:
            raise Forbidden
        if case.status != Status.DRAFT:
            raise WrongStatus(case.ticket.status)
        case.ticket.representations.filter(person=actor).delete()
        case.ticket.represented_by = None


def _clean(actor: User, raw: Mapping[str, object]) -> dict[str, str]:
    data = clean_fields(NAMED, raw)
    if data["relation"] in IN_THEIR_PLACE:
        return {"relation": data["relation"], "whom": data["whom"], "contact": ""}
    if not data["contact"]:
        raise Invalid({"contact": [REQUIRED]})
    contact, wrong = reachable_contact(data["contact"], MALFORMED)
    if wrong:
        raise Invalid({"contact": [wrong]})
    known = User.objects.filter(email=contact).first() or User.objects.filter(phone__number=contact).first()
    if known is not None and known.pk == actor.pk:
        raise Invalid({"contact": [_("This is your own. Enter the address or number of the person you act for.")]})
    if known is not None and is_staff_member(known):
        raise Invalid({"contact": [_("Nobody can be helped under this address. Ask for another one.")]})
    return {"relation": data["relation"], "whom": data["whom"], "contact": contact}


def answer_representative(actor: User, ref: str, pk: int, raw: Mapping[str, object]) -> Representation:
    """The owner lets somebody follow and act (agree; with `letters` they get copies), or ends it (end): before or after they agreed.

    Whoever acts may end it too. Raises NotFound, Forbidden, Refusal (409) for what is over, Invalid.
    """
    data = clean_fields(SAID, raw)
    with open_case(actor, ref) as case:
        row = case.ticket.representations.exclude(asked_at=None).filter(pk=pk).first()
        if row is None:
            raise NotFound
        if actor.pk != case.ticket.owner_id and not (data["answer"] == "end" and row.person_id == actor.pk):
            raise Forbidden("OWNERS_ALONE")
        if row.ended_at is not None:
            raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
        kind = _answer(case, row, str(data["answer"]), bool(data["letters"]))
        case.record(kind, {"as": row.relation, "representation": row.pk})
        if row.person_id != actor.pk:
            case.notices.append(_letter(case, row, kind))
    return row


def _answer(case: Case, row: Representation, answer: str, letters: bool) -> str:
    if answer == "agree":
        row.agreed_at, row.letters = row.agreed_at or case.at, letters
        row.save(update_fields=["agreed_at", "letters"])
        return "representative_agreed"
    refused = row.agreed_at is None
    row.ended_at = case.at
    row.save(update_fields=["ended_at"])
    case.ticket.represented_by = None
    return "representative_refused" if refused else "representative_ended"


def _letter(case: Case, row: Representation, kind: str) -> dict[str, object]:
    """At once, to whoever acts."""
    told = {"ticket_id": case.ticket.pk, "recipient_id": row.person_id, "audience": "", "kind": kind, "data": {"to_representative": True}}
    sent = {"urgent": True, "state": Notification.State.PENDING, "to_channels": False, "created_at": case.now, "not_before": case.now}
    return {**told, **sent}


def forget_representations(person: User) -> None:
    """Of one whose account goes: with the rows goes the name that stands on complaints of others. In the caller's transaction."""
    for row in Representation.objects.of(person).select_for_update(of=("ticket",)).order_by("ticket"):
        if row.ticket.represented_by is not None:
            row.ticket.represented_by = None
            row.ticket.save(update_fields=["represented_by"])
    Representation.objects.filter(person=person).delete()
