"""An empty vault for every test, and tickets to put things into."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages

from accounts.models import User
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing


@pytest.fixture(autouse=True)
def vault(settings, tmp_path):
    """The folder of the store."""
    options = {**settings.STORAGES["evidence"]["OPTIONS"], "location": str(tmp_path / "vault")}
    settings.STORAGES = {**settings.STORAGES, "evidence": {**settings.STORAGES["evidence"], "OPTIONS": options}}
    storages._storages.clear()
    yield tmp_path / "vault"
    storages._storages.clear()


def stored(vault) -> list[bytes]:
    return [path.read_bytes() for path in sorted(vault.rglob("*")) if path.is_file()]


@pytest.fixture
def ticket(clock, mei: User) -> Ticket:
    """Mei's complaint, filed, collecting evidence."""
    return file_ticket(mei, filing())
