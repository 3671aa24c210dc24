"""What every guard is, and the refusal most of them share."""

from __future__ import annotations

from collections.abc import Callable

from tickets.cases.case import Case
from tickets.workflow import Block, Data

Guard = Callable[[Case, "Data | None"], "Block | None"]


def wrong_status(case: Case) -> Block:
    return Block("WRONG_STATUS", extra={"current_status": case.ticket.status})
