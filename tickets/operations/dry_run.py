"""An action taken to be looked at and then undone: what a person confirms is exactly what would be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from accounts.models import User
from lib.types import Record
from tickets.models import Event, Ticket
from tickets.operations.engine import perform


@contextmanager
def dry_run_action(
    actor: User, ref: str, action: str, raw: Mapping[str, object] | None = None, *, expected_version: int | None = None
) -> Iterator[Ticket]:
    """Inside the block everything is as if `action` had been taken; afterwards nothing has. Raises as `perform` does.

    Nobody hears of it: what an operation hands down waits for a commit that never comes.
    """
    with transaction.atomic():
        yield perform(actor, ref, action, raw, expected_version=expected_version)
        transaction.set_rollback(True)


def preview_merge(actor: User, ref: str, raw: Mapping[str, object], *, expected_version: int | None = None) -> Record:
    """What joining would do, by trying it: survivor and closes (references), moves (how much, by sort), ends. Raises as `perform` does."""
    with dry_run_action(actor, ref, "merge", raw, expected_version=expected_version) as survivor:
        moves = dict(Event.objects.filter(ticket=survivor, kind="merged_from").order_by("-seq")[:1].get().data)
        gone = moves.pop("ref")
        told = Event.objects.filter(ticket__ref=gone, kind="merge").order_by("-seq")[:1].get().data
    return {"survivor": survivor.ref, "closes": gone, "moves": moves, "ends": told["ended"]}
