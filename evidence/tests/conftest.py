"""An empty vault for every test, and tickets to put things into."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.db.models import QuerySet

from accounts.models import User
from evidence.intake import upload
from evidence.models import SealedFile
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.vault import store
from evidence.vault.custody import CustodyAction, CustodyEntry
from evidence.vault.ownership import MARK
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
    return [path.read_bytes() for path in sorted(vault.rglob("*")) if path.is_file() and path.name != MARK]


def opened() -> list[bytes]:
    """What lies in the store, with its seals opened, oldest first."""
    return [store.read_row(row) for row in SealedFile.objects.filter(erased_at=None).order_by("pk")]


def looks() -> QuerySet[CustodyEntry]:
    """Who looked at something, first look first."""
    return CustodyEntry.objects.filter(action__in=[CustodyAction.VIEWED, CustodyAction.THUMBNAIL]).order_by("seq")


@pytest.fixture
def ticket(clock, mei: User) -> Ticket:
    """Mei's complaint, filed, collecting evidence."""
    return file_ticket(mei, filing())


@pytest.fixture
def full(ticket, mei, clock) -> Ticket:
    """Two pictures, an identity card, a typed number: everything clean."""
    for kind, more in (
        ("transaction_screenshot", {}),
        ("payment_voucher", {"order_no": "4200000404202603109117582536", "amount": "600.00"}),
    ):
        upload(mei, ticket.ref, {"kind": kind, **more}, making.file(making.png((len(kind), 9, 9)), "../../我的.png"))
    upload(mei, ticket.ref, {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}, making.file(making.png((1, 2, 3))))
    upload(mei, ticket.ref, {"kind": "bank_card_masked", "text": "招商银行 1234"})
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return ticket
