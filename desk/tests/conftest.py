"""What the tests of the desk start from: people of every role, and browsers in which they are signed in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.fixture
def at():
    """`at(person)` is a browser in which that person is signed in."""

    def signed_in(person) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return signed_in
