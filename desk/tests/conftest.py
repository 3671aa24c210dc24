"""What the tests of the desk start from: nothing remembered for a minute, one ticket in each status, somebody signed in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from desk import lexicon


@pytest.fixture(autouse=True)
def _nothing_remembered_for_a_minute():
    lexicon.forget()
    yield
    lexicon.forget()


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.fixture
def at():
    """`at(person)` is a browser in which that person is signed in."""

    def signed_in(person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in
