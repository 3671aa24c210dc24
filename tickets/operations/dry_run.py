"""An action taken to be looked at and then undone: what a person confirms is exactly what would be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from accounts.models import User
from tickets.models import Ticket
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
