"""Names and claims that mean harm: what is kept of a name is harmless, and what a browser claims of the type counts for nothing."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.tests import making
from evidence.tests.test_uploads import send_by_api, send_by_page

PHOTO = {"kind": "transaction_screenshot"}
NAMES = {
    "path": "../../../etc/passwd",
    "path of windows": "C:\\Windows\\System32\\cmd.exe",
    "nul": "photo.png\x00.exe",
    "right to left": "photo\u202egnp.exe",
    "isolates and joiners": "a\u2066b\u200dc\u200f.png",
    "control characters": "a\r\nSet-Cookie: b=c\x1b[31m.png",
    "five thousand characters": "照" * 5000 + ".png",
    "dots alone": "....",
    "blanks alone": "   ",
    "markup": "<img src=x onerror=alert(1)>.png",
    "quotes": "a\"b'c;d.png",
    "half a character": "a\ud800b.png",
}


class Named(SimpleUploadedFile):
    """With the very name that is given: Django's own would tidy it up."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__("x", data)
        self._name = name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_of_a_name_is_harmless(ticket, mei, name):
    upload(mei, ticket.ref, PHOTO, Named(NAMES[name], making.png()))
    kept = EvidenceItem.objects.get().original_name
    assert len(kept) <= 120
    assert not any(sign in kept for sign in "/\\")
    assert not any(unicodedata.category(char)[0] == "C" for char in kept)
    kept.encode()  # no half characters


@pytest.mark.parametrize(("name", "claimed"), [("a.svg", "image/svg+xml"), ("a.html", "text/html"), ("a.exe", "application/x-msdownload")])
def test_a_claimed_type_counts_for_nothing(ticket, mei, name, claimed):
    item = upload(mei, ticket.ref, PHOTO, making.file(making.png(), name, claimed))
    assert item.media_type == "image/png"


def test_a_page_that_claims_to_be_a_picture_is_refused_at_both_doors(ticket, mei):
    page = b"<html><script>alert(1)</script></html>"
    assert send_by_api(mei, ticket, page).json()["errors"].keys() == {"file"}
    assert send_by_page(mei, ticket, page).status_code == 400
    assert not EvidenceItem.objects.exists()


def test_a_name_with_markup_is_shown_as_text(ticket, mei):
    upload(mei, ticket.ref, PHOTO, Named(NAMES["markup"], making.png()))
    from django.test import Client

    client = Client()
    client.force_login(mei)
    page = client.get(f"/tickets/{ticket.ref}/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
