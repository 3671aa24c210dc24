"""The desk's small acts on many tickets at once: as one by one, but a batch of at most fifty in each transaction.

What one ticket is refused stops no other. A test proves each equal to its single form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from tickets.cases.case import Case
from tickets.cases.intake import colleague
from tickets.models import Tag, TicketLink
from tickets.operations.engine import finish_all, open_all
from tickets.operations.filing import amend_case
from tickets.operations.linking import itself, join, no_such_ticket, part
from tickets.operations.tagging import check_may_sort, retag, tags_that_can_be_put_on
from tickets.workflow import NotFound, Refusal, Stale

BATCH = 50
# Says whether it changed anything; raises Refusal.
Act = Callable[[Case], bool]
# The same of a ticket, a hub, and what links them now.
Join = Callable[[Case, Case, Sequence[TicketLink]], bool]
Results = dict[str, bool | Refusal]


class Wish(NamedTuple):
    """Who shall have a ticket, where `was` had it (keys; 0: nobody)."""

    was: int
    to: int


def tag_all(actor: User, refs: Sequence[str], name: str) -> Results:
    """Put a tag on each. False where it is on already, else what `tag` raises."""
    names = frozenset({name})
    return _each(actor, refs, lambda _cases: partial(_retag_case, on=names, off=frozenset(), known=tags_that_can_be_put_on(names)))


def untag_all(actor: User, refs: Sequence[str], name: str) -> Results:
    """Take a tag off each. False where it is not on, else what `untag` raises."""
    return _each(actor, refs, lambda _cases: partial(_retag_case, on=frozenset(), off=frozenset({name}), known={}))


def assign_all(actor: User, wishes: Mapping[str, Wish], people: Mapping[int, str]) -> Results:
    """Assign each. `people` are addresses by key. False where they have it already, Stale where somebody else than the
    wish says was given it meanwhile, else what `amend` raises."""
    return _each(
        actor, list(wishes), lambda _cases: partial(_assign_case, wishes=wishes, people=people, known=_find_colleagues(wishes, people))
    )


def link_all(actor: User, refs: Sequence[str], hub: str) -> Results:
    """Link each with `hub` as related. False where they were so already, else what `link` raises."""
    return _with_hub(actor, refs, hub, _relate_cases)


def unlink_all(actor: User, refs: Sequence[str], hub: str) -> Results:
    """Take the link of each with `hub` away. False where there was none, else what `unlink` raises."""
    return _with_hub(actor, refs, hub, part)


def _with_hub(actor: User, refs: Sequence[str], hub: str, act: Join) -> Results:
    others = [ref for ref in refs if ref != hub]
    results = _each(actor, others, lambda cases: partial(_act_with_hub, hub=cases.get(hub), act=act, links=_links(cases, hub)), hub)
    return {ref: itself() if ref == hub else results[ref] for ref in refs}


def _each(actor: User, refs: Sequence[str], begin: Callable[[Mapping[str, Case]], Act], *also: str) -> Results:
    """`begin` reads what a batch needs to know together. `also` are locked and written with every batch."""
    results: Results = {}
    for batch in _batches(list(dict.fromkeys(refs))):
        with transaction.atomic():
            cases = open_all(actor, {*batch, *also})
            act = begin(cases)
            for ref in batch:
                results[ref] = _try_act(cases.get(ref), act)
            acted = [cases[ref] for ref in batch if results[ref] is True]
            besides = [cases[ref] for ref in also if ref in cases and cases[ref].events]
            finish_all(dict.fromkeys([*acted, *besides]))
    return results


def _batches(refs: list[str]) -> Iterator[list[str]]:
    return (refs[start : start + BATCH] for start in range(0, len(refs), BATCH))


def _try_act(case: Case | None, act: Act) -> bool | Refusal:
    try:
        if case is None:
            raise NotFound
        return act(case)
    except Refusal as refusal:
        return refusal


def _retag_case(case: Case, on: frozenset[str], off: frozenset[str], known: Mapping[str, Tag]) -> bool:
    change = retag(case, on, off, known)
    return bool(change.put_on or change.taken_off)


def _find_colleagues(wishes: Mapping[str, Wish], people: Mapping[int, str]) -> dict[str, User]:
    addresses = {people[wish.to] for wish in wishes.values() if wish.to in people}
    return {address: person for address in sorted(addresses) if (person := colleague(address)) is not None}


def _assign_case(case: Case, wishes: Mapping[str, Wish], people: Mapping[int, str], known: Mapping[str, User]) -> bool:
    wish, has = wishes[case.ticket.ref], case.ticket.assignee_id or 0
    if has == wish.to:
        return False
    if has != wish.was:
        raise Stale
    amend_case(case, {"assignee": people.get(wish.to, str(wish.to)) if wish.to else ""}, known=known)
    return True


def _links(cases: Mapping[str, Case], hub: str) -> dict[int, list[TicketLink]]:
    """What links the others with the hub, by the other's key."""
    if hub not in cases:
        return {}
    pk, others = cases[hub].ticket.pk, [case.ticket.pk for case in cases.values()]
    found: dict[int, list[TicketLink]] = {}
    for row in TicketLink.objects.filter(Q(source=pk, target__in=others) | Q(target=pk, source__in=others)):
        found.setdefault(row.target_id if row.source_id == pk else row.source_id, []).append(row)
    return found


def _act_with_hub(case: Case, hub: Case | None, act: Join, links: Mapping[int, list[TicketLink]]) -> bool:
    check_may_sort(case)
    if hub is None:
        raise no_such_ticket()
    check_may_sort(hub)
    return act(case, hub, links.get(case.ticket.pk, []))


def _relate_cases(case: Case, hub: Case, links: Sequence[TicketLink]) -> bool:
    return join(case, hub, TicketLink.Kind.RELATED, links)
