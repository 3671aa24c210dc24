"""Words for tests of courses: what was refused, how a timer stands, what the local clock shows."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from tickets.models import Ticket
from tickets.operations import perform
from tickets.periodic import fire_due_timers
from tickets.tests.stages import BODY
from tickets.workflow.errors import Refusal

THEFT = {**BODY, "request_freeze": True}


def refused(code: str, *act, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        perform(*act, **kwargs)
    assert caught.value.code == code
    return caught.value


def timer(ticket: Ticket, key: str, cycle: int | None = None):
    rows = ticket.timers.filter(key=key).order_by("-cycle")
    return (rows.filter(cycle=cycle) if cycle else rows).first()


def state(ticket: Ticket, key: str) -> str | None:
    found = timer(ticket, key)
    return str(found.state(timezone.now())) if found else None


def local(moment: datetime) -> str:
    return moment.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo).strftime("%m-%d %H:%M")


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def sweep() -> None:
    fire_due_timers(timezone.now())
