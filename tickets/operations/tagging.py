"""Tags: put on and taken off by the desk, never seen by the customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from tickets.cases.case import Case
from tickets.cases.guards import not_own_case
from tickets.models import Tag, Tagging
from tickets.operations.engine import open_case
from tickets.workflow import Forbidden, Invalid

SORTERS = frozenset({Role.AGENT, Role.FREEZE_OPERATOR, Role.REVIEWER, Role.SUPERVISOR})


@dataclass(frozen=True)
class TagChange:
    """Names of what was really put on and taken off: what an undo has to turn back."""

    put_on: tuple[str, ...]
    taken_off: tuple[str, ...]


def tag(actor: User, ref: str, names: Iterable[str]) -> TagChange:
    """Put these tags on. One that is there already changes nothing, and then nothing is written.

    Raises NotFound, Forbidden (CONFLICT_OF_INTEREST on one's own complaint), Invalid at tags for one that is unknown or archived.
    """
    return _change_tags(actor, ref, on=frozenset(names), off=frozenset())


def untag(actor: User, ref: str, names: Iterable[str]) -> TagChange:
    """Take these tags off, archived ones too. Raises as `tag`."""
    return _change_tags(actor, ref, on=frozenset(), off=frozenset(names))


def _change_tags(actor: User, ref: str, *, on: frozenset[str], off: frozenset[str]) -> TagChange:
    with open_case(actor, ref) as case:
        return retag(case, on, off, tags_that_can_be_put_on(on))


def retag(case: Case, on: frozenset[str], off: frozenset[str], known: Mapping[str, Tag]) -> TagChange:
    """On an open case. One that has what it shall have is left as it is. `known` are tags to put on, by name. Raises as `tag`."""
    check_may_sort(case)
    change = _apply_tags(case, (_names(case) | on) - off, known)
    if not (change.put_on or change.taken_off):
        case.discarded = True
    return change


def tags_that_can_be_put_on(names: Collection[str]) -> dict[str, Tag]:
    return {tag.name: tag for tag in Tag.objects.filter(name__in=names, archived=False)} if names else {}


def check_may_sort(case: Case) -> None:
    """Raises Forbidden: tags and links are the desk's, and nobody sorts a case of their own."""
    if case.roles.isdisjoint(SORTERS):
        raise Forbidden
    if conflict := not_own_case(case, None):
        raise Forbidden(conflict.code)


def _names(case: Case) -> frozenset[str]:
    return frozenset(tagging.tag.name for tagging in case.taggings)


def put_tags(case: Case, names: Collection[str]) -> TagChange:
    """Let the ticket have these tags and no others, with one event. Raises Invalid."""
    wanted = frozenset(names)
    return _apply_tags(case, wanted, tags_that_can_be_put_on(wanted - _names(case)))


def _apply_tags(case: Case, wanted: frozenset[str], known: Mapping[str, Tag]) -> TagChange:
    has = _names(case)
    on, off = wanted - has, has - wanted
    if unknown := on - known.keys():
        raise Invalid({"tags": [_("There is no such tag: %(names)s.") % {"names": ", ".join(sorted(unknown))[:200]}]})
    gone = [tagging for tagging in case.taggings if tagging.tag.name in off]
    fresh = [Tagging(ticket=case.ticket, tag=known[name]) for name in sorted(on)]
    case.gone_rows.extend(gone)
    case.new_rows.extend(fresh)
    case.taggings = [*(tagging for tagging in case.taggings if tagging not in gone), *fresh]
    change = TagChange(tuple(sorted(on)), tuple(sorted(off)))
    if on or off:
        case.record("tagged", {"put_on": list(change.put_on), "taken_off": list(change.taken_off)}, internal=True)
    return change
