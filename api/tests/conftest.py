"""An empty vault, clients in the name of the cast, and the desk that drives scenarios."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.core.context import request_context
from django.core.files.storage import storages
from django.test import RequestFactory
from rest_framework.test import APIClient

from accounts.models import User
from api.tests.driving import Desk


@pytest.fixture(autouse=True)
def vault(settings, tmp_path):
    options = {**settings.STORAGES["evidence"]["OPTIONS"], "location": str(tmp_path / "vault")}
    settings.STORAGES = {**settings.STORAGES, "evidence": {**settings.STORAGES["evidence"], "OPTIONS": options}}
    storages._storages.clear()
    yield tmp_path / "vault"
    storages._storages.clear()


@pytest.fixture
def as_() -> Callable[..., APIClient]:
    """`as_(mei)`: a client in Mei's name; `as_()`: in nobody's."""

    def client(user: User | None = None) -> APIClient:
        made = APIClient()
        made.force_authenticate(user)
        return made

    return client


@pytest.fixture
def in_request():
    """Letters of an account are written while a request is answered."""
    with request_context(RequestFactory().get("/")):
        yield


@pytest.fixture
def desk(clock, mei, lin, zhou, chen, zhao, sun, adapter) -> Desk:
    """The whole cast at work, in frozen time."""
    people = {
        "user": mei,
        "agent": lin,
        "triage": lin,
        "operator": zhou,
        "reviewer": chen,
        "supervisor": zhao,
        "privacy": sun,
        "system": adapter,
    }
    return Desk(clock, people)
