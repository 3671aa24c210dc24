"""Files on their way in: nothing of them touches a disk unsealed, and memory stays bounded whatever is sent."""

from __future__ import annotations

import gc
import io
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from rest_framework.test import APIClient

from evidence.files import MEGA
from evidence.intake.upload_handler import MemoryUploadHandler
from evidence.models import EvidenceItem
from evidence.tests import making

watched: list[str] | None = None


def _listen(event: str, args: tuple[object, ...]) -> None:
    """Every file that Python opens for writing, by whatever way (`open`, `os.open`, `tempfile`)."""
    if watched is None:
        return
    opened = event == "open" and isinstance(args[2], int) and args[2] & 3 and not isinstance(args[0], int)
    if opened or event.startswith("tempfile."):
        watched.append(str(args[0]))


sys.addaudithook(_listen)


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Paths opened for writing while the test runs."""
    global watched
    watched = []
    yield watched
    watched = None


@pytest.fixture
def no_temporary_files(monkeypatch) -> None:
    def refuse(*args, **kwargs):
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)


def large(size: int = 9 * MEGA) -> bytes:
    return making.jpeg() + bytes(size - len(making.jpeg()))


def api(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def send_by_api(person, ticket, *data: bytes, **fields):
    body = {"kind": "transaction_screenshot", "file": [making.file(each) for each in data], **fields}
    return api(person).post(f"/api/v1/tickets/{ticket.ref}/evidence/", body, format="multipart", headers={"accept-language": "en"})


def send_by_page(person, ticket, *data: bytes, kind: str = "transaction_screenshot", **fields):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    body = {"file": [making.file(each) for each in data], **fields}
    return client.post(f"/tickets/{ticket.ref}/evidence/{kind}/", body)


def test_a_large_document_touches_no_disk_but_the_store(ticket, mei, vault, written, no_temporary_files):
    assert send_by_api(mei, ticket, large(), kind="id_card_front", consent="true").status_code == 201
    assert send_by_page(mei, ticket, large(), kind="id_card_back", consent="on").status_code == 302
    assert EvidenceItem.objects.filter(size=9 * MEGA).count() == 2
    assert written
    assert [path for path in written if not Path(path).is_relative_to(vault)] == []


def test_the_watch_would_have_seen_a_temporary_file(written):
    with tempfile.NamedTemporaryFile():
        assert any(tempfile.gettempdir() in path for path in written)


@pytest.mark.parametrize("size", [10 * MEGA + 1, 25 * MEGA])
def test_what_is_too_large_is_said_in_the_usual_words(ticket, mei, size):
    answer = send_by_api(mei, ticket, bytes(size))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])
    assert "larger than 10 MB" in answer.json()["errors"]["file"][0]
    page = send_by_page(mei, ticket, bytes(size))
    assert page.status_code == 400
    assert "larger than 10 MB" in page.content.decode()


def test_ten_megabytes_to_the_byte_come_through_both_doors(ticket, mei):
    assert send_by_api(mei, ticket, large(10 * MEGA)).status_code == 201
    assert send_by_page(mei, ticket, large(10 * MEGA)).status_code == 302
    assert list(EvidenceItem.objects.values_list("size", flat=True)) == [10 * MEGA] * 2


def test_what_does_not_fit_into_a_request_is_named_and_the_rest_is_kept(ticket, mei, monkeypatch):
    monkeypatch.setattr(MemoryUploadHandler, "_room", 5 * MEGA)
    page = send_by_page(mei, ticket, large(3 * MEGA), large(3 * MEGA), making.png(), once="1")
    assert page.status_code == 400
    assert "too many files to send at once" in page.content.decode()
    assert EvidenceItem.objects.get().size == 3 * MEGA


def test_a_request_that_calls_itself_absurd_is_not_read(ticket, mei):
    with pytest.raises(RequestDataTooBig):
        MemoryUploadHandler().handle_raw_input(io.BytesIO(), {}, 2**31, b"b")
    unread = api(mei).generic(
        "POST", f"/api/v1/tickets/{ticket.ref}/evidence/", b"", content_type=MULTIPART_CONTENT, CONTENT_LENGTH=str(2**31)
    )
    assert (unread.status_code, unread.json()["code"]) == (413, "too_large")


class Endless(io.RawIOBase):
    """A multipart body of so many megabytes that are never all in memory."""

    def __init__(self, megabytes: int) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode()
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(head) + megabytes * MEGA + len(tail)
        self._pieces = iter([head, *[bytes(MEGA)] * megabytes, tail])
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._left += piece
        found, self._left = self._left[:size], self._left[size:]
        return found


def test_memory_stays_bounded_while_a_giant_comes_in(ticket, mei):
    body = Endless(300)
    client = api(mei)
    gc.collect()
    tracemalloc.start()
    try:
        answer = client.generic(
            "POST",
            f"/api/v1/tickets/{ticket.ref}/evidence/",
            content_type=MULTIPART_CONTENT,
            **{"wsgi.input": body, "CONTENT_LENGTH": str(body.length)},
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code == 400
    assert peak < 40 * MEGA


def test_the_fields_beside_a_file_are_bounded_too(ticket, mei):
    assert send_by_api(mei, ticket, making.png(), text="x" * 3_000_000).status_code == 413
