"""A complaint of Mei's, the address her letters are answered to, and an empty vault."""

from __future__ import annotations

import pytest

from evidence.tests.conftest import vault
from tickets.delivery.reply_addresses import reply_address
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing

__all__ = ["vault"]


@pytest.fixture(autouse=True)
def _answered(settings) -> None:
    settings.REPLY_ADDRESS = "desk@example.com"


@pytest.fixture
def ticket(clock, mei) -> Ticket:
    return file_ticket(mei, filing())


@pytest.fixture
def address(ticket, mei) -> str:
    return reply_address(ticket.ref, mei.pk)
