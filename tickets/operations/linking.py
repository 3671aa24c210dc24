"""Links between complaints, and a new complaint split off an old one. For the desk; told in both histories among colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from tickets.cases.case import Case, Item, evidence_of
from tickets.cases.checklist import REMOVED_STATES, take_stock
from tickets.models import Ticket, TicketLink
from tickets.operations.assigning import bar
from tickets.operations.closing import hold_along
from tickets.operations.engine import open_case
from tickets.operations.filing import file_ticket
from tickets.operations.tagging import check_may_sort
from tickets.references import as_reference
from tickets.workflow import Data, Forbidden, Input, Invalid, NotFound, clean_fields
from tickets.workflow.vocabulary import DESK_FILE, SENSITIVE_KINDS, STATEMENT_SLOTS

Kind = TicketLink.Kind
EVIDENCE = Input("evidence", "ids")
LINK = (Input("other", "reference", required=True, limit=20), Input("kind", "code", choices=("related", "duplicate", "child", "parent")))
# Nobody nests complaints deeper; it only stops a loop made by two people at once.
DEEPEST = 20


def link(actor: User, ref: str, raw: Mapping[str, object]) -> bool:
    """Join two complaints: `other` is a reference, `kind` says what it is to this one (related, duplicate, child, parent).

    False when they were joined in that way already; another kind of link between the two is replaced. Raises NotFound,
    Forbidden (CONFLICT_OF_INTEREST on one's own complaint, either of them), Invalid at other.
    """
    data = _clean(ref, raw)
    with open_case(actor, ref, also=[data["other"]]) as case:
        other = _other(case, data["other"])
        joined = join(case, other, data["kind"] or Kind.RELATED, _between(case.ticket, other.ticket))
        if joined:
            other.save()
    return joined


def join(case: Case, other: Case, kind: str, between: Sequence[TicketLink]) -> bool:
    """Two open cases the actor may sort; `between` is what links them now. Raises Invalid."""
    kind, source, target = _link_ends(kind, case.ticket, other.ticket)
    if any((found.kind, found.source_id, found.target_id) == (kind, source.pk, target.pk) for found in between):
        case.discarded = True
        return False
    _check_parent(kind, source, target)
    case.gone_rows.extend(between)
    case.new_rows.append(TicketLink(kind=kind, source=source, target=target, by=case.actor, at=case.at))
    _tell(case, other, "linked")
    return True


def unlink(actor: User, ref: str, raw: Mapping[str, object]) -> bool:
    """Take the link with `other` away. False when there was none. Raises as `link`."""
    data = _clean(ref, raw)
    with open_case(actor, ref, also=[data["other"]]) as case:
        other = _other(case, data["other"])
        parted = part(case, other, _between(case.ticket, other.ticket))
        if parted:
            other.save()
    return parted


def part(case: Case, other: Case, between: Sequence[TicketLink]) -> bool:
    """As `join`: what is between them goes."""
    if not between:
        case.discarded = True
        return False
    case.gone_rows.extend(between)
    _tell(case, other, "unlinked")
    return True


def _clean(ref: str, raw: Mapping[str, object]) -> Data:
    data = clean_fields(LINK, raw)
    data["other"] = as_reference(data["other"])
    if data["other"] == ref:
        raise itself()
    return data


def itself() -> Invalid:
    return Invalid({"other": [_("A complaint cannot be linked with itself.")]})


def no_such_ticket() -> Invalid:
    return Invalid({"other": [_("There is no complaint with this reference.")]})


def _other(case: Case, ref: str) -> Case:
    """The other ticket, locked with this one. Both are asked whether the actor may sort them."""
    check_may_sort(case)
    ticket = Ticket.objects.visible_to(case.person).select_related("owner").filter(ref=ref).first()
    if ticket is None:
        raise no_such_ticket()
    other = Case(ticket, case.now, case.actor)
    check_may_sort(other)
    return other


def _link_ends(kind: str, this: Ticket, other: Ticket) -> tuple[str, Ticket, Ticket]:
    """What holds both ways is kept in the order of keys, so that it is kept once."""
    if kind == "parent":
        return Kind.CHILD, this, other
    if kind == Kind.CHILD:
        return Kind.CHILD, other, this
    first, second = sorted((this, other), key=lambda ticket: ticket.pk)
    return kind, first, second


def _between(one: Ticket, two: Ticket) -> list[TicketLink]:
    return list(TicketLink.objects.filter(Q(source=one, target=two) | Q(source=two, target=one)))


def _check_parent(kind: str, child: Ticket, parent: Ticket) -> None:
    """Raises Invalid: one parent each, and nobody is among their own ancestors."""
    if kind != Kind.CHILD:
        return
    if TicketLink.objects.filter(kind=Kind.CHILD, source=child).exclude(target=parent).exists():
        raise Invalid({"other": [_("%(ref)s is part of another complaint already.") % {"ref": child.ref}]})
    above: int | None = parent.pk
    for _step in range(DEEPEST):
        above = TicketLink.objects.filter(kind=Kind.CHILD, source=above).values_list("target", flat=True).first()
        if above == child.pk:
            raise Invalid({"other": [_("%(ref)s is itself part of this complaint.") % {"ref": parent.ref}]})
        if above is None:
            return


def _tell(case: Case, other: Case, kind: str) -> None:
    case.record(kind, {"ref": other.ticket.ref}, internal=True)
    other.record(kind, {"ref": case.ticket.ref}, internal=True)


def split_ticket(actor: User, ref: str, raw: Mapping[str, object]) -> Ticket:
    """File a new complaint of the same customer from this one, and link the two.

    `raw` names what the new one is about (category, amount) and which evidence goes over to it (evidence: ids among `movable`);
    facts, statement and order numbers come along. Raises NotFound, Forbidden (agents only), Invalid at evidence and as a filing does.
    """
    moved = clean_fields((EVIDENCE,), {"evidence": raw.get("evidence")})["evidence"] or []
    with transaction.atomic():
        ticket = Ticket.objects.visible_to(actor).select_related("owner").filter(ref=ref).first()
        if ticket is None:
            raise NotFound
        with open_case(actor, ref) as case:
            if Role.AGENT not in case.roles:
                raise Forbidden
            check_may_sort(case)
            fresh = file_ticket(actor, _split_off(ticket, raw))
            TicketLink.objects.create(kind=Kind.RELATED, source=ticket, target=fresh, by=actor, at=case.at)
            case.record("split", {"ref": fresh.ref}, internal=True)
            with open_case(actor, fresh.ref) as split_off:
                bar(split_off, case.complained_about)
                if moved:
                    _move(case, split_off, set(moved))
    return split_off.ticket


def movable(case: Case) -> list[Item]:
    """What may go over to a complaint split off. Statement and order numbers come along anyway; a proof of identity was agreed to for
    this complaint alone; what a decision stands on, and what we sent ourselves, stays with it."""
    stays = SENSITIVE_KINDS | STATEMENT_SLOTS | {"order_number", DESK_FILE}
    decided = {pk for decision in case.decisions for pk in decision.evidence_ids}
    return [item for item in case.evidence if item.kind not in stays and item.state not in REMOVED_STATES and item.pk not in decided]


def _move(case: Case, other: Case, ids: set[int]) -> None:
    """The items themselves, with their files and all that the log tells of them. Raises Invalid at evidence."""
    items = [item for item in movable(case) if item.pk in ids]
    if len(items) != len(ids):
        raise Invalid({"evidence": [_("Some of this cannot go over to another complaint.")]})
    told = {"items": [item.pk for item in items], "kinds": list(dict.fromkeys(item.kind for item in items))}
    chosen = evidence_of(case.ticket).filter(pk__in=ids)
    chosen.log("moved", by=case.actor, at=case.at, to=other.ticket.ref)
    chosen.update(ticket=other.ticket)
    case.evidence = [item for item in case.evidence if item.pk not in ids]
    case.record("evidence.moved", {**told, "into": other.ticket.ref})
    other.record("evidence.moved_in", {**told, "out_of": case.ticket.ref})
    hold_along(case, other)
    take_stock(other)


def _split_off(ticket: Ticket, raw: Mapping[str, object]) -> dict[str, object]:
    orders = [{"issuer": order.issuer, "number": order.number} for order in ticket.order_references.all()]
    said = {name: value for name, value in raw.items() if name in ("category", "amount") and value}
    kept = {
        "on_behalf_of": ticket.owner.email,
        "channel": ticket.channel,
        "category": ticket.category,
        "amount": str(ticket.amount) if ticket.amount is not None else None,
        "currency": ticket.currency,
        "incident_at": ticket.incident_at,
        "discovered_at": ticket.discovered_at,
        "facts": ticket.facts,
        "statement": ticket.statement,
        "demands": ticket.demands,
        "order_numbers": orders,
    }
    return {name: value for name, value in {**kept, **said}.items() if value not in (None, "", [], {})}
