"""Links between complaints. For the desk; told in both histories among colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.cases.case import Case
from tickets.models import Ticket, TicketLink
from tickets.operations.engine import open_case
from tickets.operations.tagging import check_may_sort
from tickets.references import as_reference
from tickets.workflow import Data, Input, Invalid, clean_fields

Kind = TicketLink.Kind
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
