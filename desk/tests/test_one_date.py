"""One deadline has one date: the end of a day is its 24:00 in every place that tells of it, and never the next day's 00:00."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from tickets.admin.tables import TicketAdmin
from tickets.models import Ticket
from tickets.operations import perform
from tickets.periodic import fire_due_timers, send_notifications
from tickets.tests.making import submitted

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TAGS = re.compile(r"<(?:script|style).*?</(?:script|style)>|<[^>]+>", re.DOTALL)


def texts(people: SimpleNamespace, at: Any, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Whatever somebody reads about it, by the place where it stands."""
    for role in ("agent", "supervisor"):
        client = at(getattr(people, role))
        for address in (f"/desk/tickets/{ticket.ref}/", "/desk/notices/"):
            yield f"{role} {address}", unescape(TAGS.sub(" ", client.get(address).content.decode()))
    yield "the list taken along", b"".join(at(people.agent).get("/desk/queue.csv").streaming_content).decode()
    yield "the customer's page", unescape(TAGS.sub(" ", at(people.owner).get(f"/tickets/{ticket.ref}/").content.decode()))
    program = APIClient()
    program.force_authenticate(people.owner)
    for timer in program.get(f"/api/v1/tickets/{ticket.ref}/timers/", headers={"accept-language": "en"}).json():
        if timer["clock" if "clock" in timer else "key"] != "first_response":
            yield f"explanation of {timer['key']}", timer["explanation"]
    for letter in mail.outbox:
        yield f"letter {letter.subject}", str(letter.body)
    shown = TicketAdmin(Ticket, admin.site)
    column = next(each for each in shown.get_list_display(None) if callable(each) and "deadline" in str(each.short_description))
    yield "the admin", str(column(ticket))


def test_the_end_of_a_day_is_its_24_00_wherever_it_is_told(people, at, clock) -> None:
    clock("2026-07-06T09:30:00+08:00")
    ticket = submitted(people.owner)
    clock("2026-07-07T09:41:00+08:00")
    fire_due_timers(timezone.now())
    send_notifications(timezone.now())
    clock("2026-07-14T10:07:00+08:00")  # the review went to the second level at 24:00 of 8 July by itself
    fire_due_timers(timezone.now())
    send_notifications(timezone.now())
    ticket.refresh_from_db()
    assert ticket.status == "escalated"
    told = list(texts(people, at, ticket))
    assert len(told) > 12
    for where, text in told:
        assert not re.search(r"\b00:00\b", text), (where, re.findall(r".{60}\b00:00\b.{20}", text, re.DOTALL))
    assert sum("24:00" in text for _where, text in told) > 9


def test_what_the_clock_does_at_24_00_stands_at_that_day(people, at, clock) -> None:
    clock("2026-07-06T09:30:00+08:00")
    ticket = submitted(people.owner)
    perform(people.reviewer, ticket.ref, "start_review", {"eta_at": (timezone.now() + timedelta(days=1)).isoformat()})
    clock("2026-07-09T10:00:00+08:00")
    fire_due_timers(timezone.now())
    page = TAGS.sub(" ", at(people.supervisor).get(f"/desk/tickets/{ticket.ref}/").content.decode())
    assert "Wed 8 Jul 24:00" in page
    assert "Thu 9 Jul 00:00" not in page
