"""HEIC=0: no such picture reaches a decoder, at any door, and whoever brought it hears the way that works."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.files import FileRefused, Limits
from evidence.intake import upload
from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from evidence.sandbox import client
from evidence.tests import making
from portal.forms.evidence import WITHOUT_HEIC, files_field
from tickets.workflow import Invalid

pytestmark = pytest.mark.django_db
LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=300, pages=50)


@pytest.fixture
def switched_off(settings: Any, monkeypatch: Any) -> None:
    settings.HEIC = False
    monkeypatch.setattr(client, "_ask", lambda *args: pytest.fail("it reached the examiner"))


def test_an_upload_is_refused_in_words(switched_off: None, ticket: Any, mei: Any) -> None:
    with pytest.raises(Invalid) as refused:
        upload(mei, ticket.ref, {"kind": "transaction_screenshot"}, making.file(making.HEIC, "photo.heic"))
    assert "JPEG" in str(refused.value.errors)
    assert not EvidenceItem.objects.exists()


def test_one_that_was_brought_in_before_does_not_reach_the_decoder(switched_off: None) -> None:
    with pytest.raises(FileRefused) as refused:
        client.safe_copy(making.HEIC, "image/heic", LIMITS)
    assert (refused.value.code, refused.value.of) == ("type_not_allowed", "heic")


def test_pages_ask_a_phone_for_jpeg(settings: Any) -> None:
    kind = KINDS["payment_voucher"]
    assert ".heic" in files_field(kind, "").widget.attrs["accept"]
    settings.HEIC = False
    assert files_field(kind, "").widget.attrs["accept"].startswith(WITHOUT_HEIC)
