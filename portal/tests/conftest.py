"""What the tests of the customer's pages share: a browser for each person, tickets in every status, English on demand."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from evidence.tests.conftest import vault
from tickets.models import Event, Ticket
from tickets.tests.stages import MAKERS
from tickets.workflow import Status

__all__ = ["vault"]


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


@pytest.fixture
def in_status(people) -> Callable[[str], Ticket]:
    """Mei's ticket in that status, by operations alone."""
    return lambda status: MAKERS[Status(status)](people)


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    def opened(person: User | None, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        if person is not None:
            client.force_login(person)
        return client

    return opened


@pytest.fixture
def phone(browser_of, mei) -> Client:
    """Mei's, in Chinese."""
    return browser_of(mei)


def text_of(response: Any) -> str:
    return response.content.decode()


def main_of(response: Any) -> str:
    """The part of the page that differs from page to page, without tokens."""
    return re.sub(r'value="[\w-]{20,}"', "", text_of(response).partition("<main")[2].partition("</main>")[0])


def footprint() -> tuple[Any, ...]:
    """What a look must not change."""
    return (Ticket.objects.count(), list(Ticket.objects.order_by("pk").values_list("version", "status", "last_seq")), Event.objects.count())
