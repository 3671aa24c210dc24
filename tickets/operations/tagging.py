"""Tags: put on and taken off by the desk, never seen by the customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from tickets.case import Case
from tickets.errors import Forbidden, Invalid
from tickets.guards import not_own_case
from tickets.models import Tag, Tagging
from tickets.operations.performing import opened

SORTERS = frozenset({Role.AGENT, Role.FREEZE_OPERATOR, Role.REVIEWER, Role.SUPERVISOR})


@dataclass(frozen=True)
class Change:
    """Names of what was really put on and taken off: what an undo has to turn back."""

    put_on: tuple[str, ...]
    taken_off: tuple[str, ...]


def tag(actor: User, ref: str, names: Iterable[str]) -> Change:
    """Put these tags on. One that is there already changes nothing, and then nothing is written.

    Raises NotFound, Forbidden (CONFLICT_OF_INTEREST on one's own complaint), Invalid at tags for one that is unknown or archived.
    """
    return _changed(actor, ref, on=frozenset(names), off=frozenset())


def untag(actor: User, ref: str, names: Iterable[str]) -> Change:
    """Take these tags off, archived ones too. Raises as `tag`."""
    return _changed(actor, ref, on=frozenset(), off=frozenset(names))


def _changed(actor: User, ref: str, *, on: frozenset[str], off: frozenset[str]) -> Change:
    with opened(actor, ref) as case:
        check_may_sort(case)
        has = frozenset(_names(case))
        change = put_tags(case, (has | on) - off)
        if not (change.put_on or change.taken_off):
            case.discarded = True
    return change


def check_may_sort(case: Case) -> None:
    """Raises Forbidden: tags and links are the desk's, and nobody sorts a case of their own."""
    if case.roles.isdisjoint(SORTERS):
        raise Forbidden
    if conflict := not_own_case(case, None):
        raise Forbidden(conflict.code)


def _names(case: Case) -> list[str]:
    return list(Tagging.objects.filter(ticket=case.ticket).values_list("tag__name", flat=True))


def put_tags(case: Case, names: Collection[str]) -> Change:
    """Let the ticket have these tags and no others, with one event. Raises Invalid."""
    wanted, has = frozenset(names), frozenset(_names(case))
    on, off = wanted - has, has - wanted
    tags = {tag.name: tag for tag in Tag.objects.filter(name__in=on, archived=False)} if on else {}
    if unknown := on - tags.keys():
        raise Invalid({"tags": [_("There is no such tag: %(names)s.") % {"names": ", ".join(sorted(unknown))[:200]}]})
    if off:
        Tagging.objects.filter(ticket=case.ticket, tag__name__in=off).delete()
    case.new_rows.extend(Tagging(ticket=case.ticket, tag=tags[name]) for name in sorted(on))
    change = Change(tuple(sorted(on)), tuple(sorted(off)))
    if on or off:
        case.record("tagged", {"put_on": list(change.put_on), "taken_off": list(change.taken_off)}, internal=True)
    return change
