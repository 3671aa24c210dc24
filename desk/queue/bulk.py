"""One act on many rows of the queue: what one of them is refused stops no other, and each is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.refusals import errors_of
from tickets.operations import Results, Wish, assign_all, link_all, tag_all, unlink_all, untag_all
from tickets.workflow import Refusal, Stale

# As many as a page shows.
MOST = 200


class SelectedRow(NamedTuple):
    """A row as the page showed it: who had it then, and, where an undo says so, who shall have it."""

    ref: str
    was: int
    to: int | None = None


@dataclass
class BulkOutcome:
    """What became of it. `undo` is the act that turns it back, as (do, rows, with what); empty where nothing changed."""

    done: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    undo: tuple[str, list[str], str] | None = None


def parse_rows(values: Sequence[str]) -> list[SelectedRow]:
    """Rows as a form names them (`ref.was` or `ref.was.to`), each once; what names none is left out."""
    found: dict[str, SelectedRow] = {}
    for value in values[: 2 * MOST]:
        ref, _dot, rest = value.partition(".")
        numbers = rest.split(".")
        if ref and len(numbers) <= 2 and all(number.isdecimal() and len(number) < 12 for number in numbers):
            found.setdefault(ref, SelectedRow(ref, *map(int, numbers)))
    return list(found.values())[:MOST]


def _outcome(results: Results) -> BulkOutcome:
    outcome = BulkOutcome()
    for ref, result in results.items():
        if isinstance(result, Refusal):
            outcome.refused.append((ref, _why(result)))
        else:
            (outcome.done if result else outcome.same).append(ref)
    return outcome


def _why(refusal: Refusal) -> str:
    if isinstance(refusal, Stale):
        return _("Somebody else has taken it or passed it on since this page was shown.")
    return " ".join(text for texts in errors_of(refusal).values() for text in texts)


def assign(actor: User, rows: Sequence[SelectedRow], to: int, addresses: Mapping[int, str]) -> BulkOutcome:
    """To the person with this key, 0: to nobody. Whoever was given a complaint since the page was shown keeps it."""
    wishes = {row.ref: Wish(row.was, to if row.to is None else row.to) for row in rows}
    outcome = _outcome(assign_all(actor, wishes, addresses))
    if outcome.done:
        outcome.undo = ("assign", [f"{ref}.{wishes[ref].to}.{wishes[ref].was}" for ref in outcome.done], str(to))
    return outcome


def add_tag(actor: User, rows: Sequence[SelectedRow], name: str) -> BulkOutcome:
    """A tag."""
    return _with_undo("untag", name, tag_all(actor, _refs(rows), name))


def remove_tag(actor: User, rows: Sequence[SelectedRow], name: str) -> BulkOutcome:
    """A tag."""
    return _with_undo("tag", name, untag_all(actor, _refs(rows), name))


def relate(actor: User, rows: Sequence[SelectedRow], hub: str = "") -> BulkOutcome:
    """Link each as related with the first of them, or with `hub`."""
    hub = hub or (rows[0].ref if rows else "")
    return _with_undo("unlink", hub, link_all(actor, [ref for ref in _refs(rows) if ref != hub], hub))


def part(actor: User, rows: Sequence[SelectedRow], hub: str) -> BulkOutcome:
    """Take the links with `hub` away."""
    return _with_undo("link", hub, unlink_all(actor, _refs(rows), hub))


def _refs(rows: Sequence[SelectedRow]) -> list[str]:
    return [row.ref for row in rows]


def _with_undo(act: str, what: str, results: Results) -> BulkOutcome:
    outcome = _outcome(results)
    outcome.undo = (act, [f"{ref}.0" for ref in outcome.done], what) if outcome.done else None
    return outcome
