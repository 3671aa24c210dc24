"""One act on many rows of the queue: each complaint in a transaction of its own, and told of one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from desk.showing.blocks import errors_of
from tickets.errors import NotFound, Refusal, Stale
from tickets.models import Ticket
from tickets.operations import amend, link, tag, unlink, untag

# As many as a page shows.
MOST = 200


class Picked(NamedTuple):
    """A row as the page showed it: who had it then, and, where an undo says so, who shall have it."""

    ref: str
    was: int
    to: int | None = None


@dataclass
class Outcome:
    """What became of it. `undo` is the act that turns it back, as (do, rows, with what); empty where nothing changed."""

    done: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    undo: tuple[str, list[str], str] | None = None


def picked(values: Sequence[str]) -> list[Picked]:
    """Rows as a form names them (`ref.was` or `ref.was.to`), each once; what names none is left out."""
    found: dict[str, Picked] = {}
    for value in values[: 2 * MOST]:
        ref, _dot, rest = value.partition(".")
        numbers = rest.split(".")
        if ref and len(numbers) <= 2 and all(number.isdecimal() and len(number) < 12 for number in numbers):
            found.setdefault(ref, Picked(ref, *map(int, numbers)))
    return list(found.values())[:MOST]


def _each(rows: Sequence[Picked], act: Callable[[Picked], bool]) -> Outcome:
    """`act` says whether it changed anything. What one row is refused stops no other."""
    outcome = Outcome()
    for row in rows:
        try:
            (outcome.done if act(row) else outcome.same).append(row.ref)
        except Refusal as refusal:
            outcome.refused.append((row.ref, _why(refusal)))
    return outcome


def _why(refusal: Refusal) -> str:
    if isinstance(refusal, Stale):
        return _("Somebody else has taken it or passed it on since this page was shown.")
    return " ".join(text for texts in errors_of(refusal).values() for text in texts)


def assign(actor: User, rows: Sequence[Picked], to: int, addresses: Mapping[int, str]) -> Outcome:
    """To the person with this key, 0: to nobody. Whoever was given a complaint since the page was shown keeps it."""

    def act(row: Picked) -> bool:
        return _assign(actor, row, to if row.to is None else row.to, addresses)

    outcome = _each(rows, act)
    by_ref = {row.ref: row for row in rows}
    turned = [by_ref[ref] for ref in outcome.done]
    if turned:
        outcome.undo = ("assign", [f"{row.ref}.{to if row.to is None else row.to}.{row.was}" for row in turned], str(to))
    return outcome


@transaction.atomic
def _assign(actor: User, row: Picked, to: int, addresses: Mapping[int, str]) -> bool:
    """Raises NotFound, Stale, and what `amend` raises."""
    seen = Ticket.objects.visible_to(actor).select_for_update(of=("self",)).filter(ref=row.ref)
    has = seen.values_list("assignee", flat=True)[:1]
    found = list(has)
    if not found:
        raise NotFound
    if (found[0] or 0) == to:
        return False
    if (found[0] or 0) != row.was:
        raise Stale
    amend(actor, row.ref, {"assignee": addresses.get(to, str(to)) if to else ""})
    return True


def put_on(actor: User, rows: Sequence[Picked], name: str) -> Outcome:
    """A tag."""
    outcome = _each(rows, lambda row: bool(tag(actor, row.ref, [name]).put_on))
    outcome.undo = ("untag", [f"{ref}.0" for ref in outcome.done], name) if outcome.done else None
    return outcome


def take_off(actor: User, rows: Sequence[Picked], name: str) -> Outcome:
    """A tag."""
    outcome = _each(rows, lambda row: bool(untag(actor, row.ref, [name]).taken_off))
    outcome.undo = ("tag", [f"{ref}.0" for ref in outcome.done], name) if outcome.done else None
    return outcome


def relate(actor: User, rows: Sequence[Picked], hub: str = "") -> Outcome:
    """Link each as related with the first of them, or with `hub`."""
    hub = hub or (rows[0].ref if rows else "")
    outcome = _each([row for row in rows if row.ref != hub], lambda row: link(actor, row.ref, {"other": hub, "kind": "related"}))
    outcome.undo = ("unlink", [f"{ref}.0" for ref in outcome.done], hub) if outcome.done else None
    return outcome


def part(actor: User, rows: Sequence[Picked], hub: str) -> Outcome:
    """Take the links with `hub` away."""
    outcome = _each(rows, lambda row: unlink(actor, row.ref, {"other": hub}))
    outcome.undo = ("link", [f"{ref}.0" for ref in outcome.done], hub) if outcome.done else None
    return outcome
