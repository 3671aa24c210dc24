"""A virus scanner beside the vault: a real server that speaks clamd's protocol. A find locks the file away; a silent one makes it wait."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone

from evidence.intake import inspection, scanner, upload
from evidence.intake.inspection import inspect
from evidence.models import EvidenceItem
from evidence.operations import content
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.vault.custody import CustodyEntry
from tickets.models import Event
from tickets.workflow.errors import Refusal

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(threading.Thread):
    """INSTREAM and nothing else. `answer` overrides what it says; `seen` is what it was sent."""

    def __init__(self, server: socket.socket) -> None:
        super().__init__(daemon=True)
        self.server, self.answer, self.seen = server, "", b""

    def run(self) -> None:
        while True:
            try:
                asking, _address = self.server.accept()
            except OSError:
                return
            with asking, asking.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                data = b""
                while length := struct.unpack(">I", said.read(4))[0]:
                    data += said.read(length)
                self.seen = data
                found = "stream: Eicar-Test-Signature FOUND" if EICAR in data else "stream: OK"
                asking.sendall((self.answer or found).encode() + b"\0")

    def stop(self) -> None:
        self.server.close()


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path) -> Iterator[Clamd]:
    if request.param == "tcp":
        server = socket.create_server(("127.0.0.1", 0))
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    else:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(tmp_path / "clamd.ctl"))
        server.listen()
        settings.CLAMD_URL = f"unix://{tmp_path}/clamd.ctl"
    thread = Clamd(server)
    thread.start()
    yield thread
    thread.stop()


def sent(mei, ticket, data: bytes) -> EvidenceItem:
    return upload(mei, ticket.ref, {"kind": "transaction_screenshot"}, making.file(data))


def test_a_find_locks_the_file_away_and_staff_are_told(clamd, ticket, mei, lin, monkeypatch):
    monkeypatch.setattr(inspection, "safe_copy", lambda *args: pytest.fail("it was parsed"))
    item = sent(mei, ticket, making.png() + EICAR)
    assert inspect(item.pk, timezone.now())
    item.refresh_from_db()
    assert (item.state, item.reason, item.safe, item.thumbnail) == ("rejected", "malware", "", "")
    assert item.original
    for person in (mei, lin):
        with pytest.raises(Refusal) as refusal:
            content(person, item.pk)
        assert refusal.value.code == "WRONG_STATUS"
    assert Event.objects.get(kind="evidence.quarantined").visibility == "internal"
    assert Event.objects.get(kind="evidence.rejected").data["reason"] == "malware"
    assert "malware" in str(CustodyEntry.objects.filter(item_id=item.pk).latest("seq").detail)


def test_a_clean_file_is_scanned_whole_and_then_taken(clamd, ticket, mei):
    data = making.jpeg() + bytes(700_000)
    item = sent(mei, ticket, data)
    assert inspect(item.pk, timezone.now())
    item.refresh_from_db()
    assert item.state == "clean"
    assert clamd.seen == data


@pytest.mark.parametrize("answer", ["INSTREAM size limit exceeded. ERROR", "nonsense", "stream: lost"])
def test_no_clear_answer_is_no_answer(clamd, ticket, mei, answer):
    clamd.answer = answer
    item = sent(mei, ticket, making.png())
    assert not inspect(item.pk, timezone.now())
    clamd.answer = ""
    assert inspect_waiting(timezone.now()) == 1


def test_while_it_is_away_files_wait_and_their_owner_reads_that_they_are_checked(clamd, ticket, mei, settings, client):
    address = settings.CLAMD_URL
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    item = sent(mei, ticket, making.png())
    for _attempt in range(5):
        assert inspect_waiting(timezone.now()) == 0
    item.refresh_from_db()
    assert (item.state, item.attempts, item.claimed_at) == ("scanning", 0, None)
    client.force_login(mei)
    page = client.get(f"/tickets/{ticket.ref}/", headers={"accept-language": "en"}).content.decode()
    assert "Being checked" in page
    settings.CLAMD_URL = address
    assert inspect_waiting(timezone.now()) == 1


def test_a_scanner_that_never_answers_is_away(settings, monkeypatch):
    monkeypatch.setattr(scanner, "ANSWER_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(scanner.ScannerUnavailable):
            scanner.scan_for_viruses(b"hello")


CARD = {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}


def test_an_identity_document_is_scanned_on_this_machine(clamd, ticket, mei):
    item = upload(mei, ticket.ref, CARD, making.file(making.png() + EICAR))
    assert inspect(item.pk, timezone.now())
    item.refresh_from_db()
    assert (item.state, item.reason) == ("rejected", "malware")


@pytest.mark.parametrize("address", ["tcp://clamd.example:3310", "tcp://10.0.0.5:3310", "tcp://[2001:db8::1]:3310"])
def test_an_identity_document_never_travels_to_a_scanner_elsewhere(settings, ticket, mei, address, monkeypatch):
    settings.CLAMD_URL = address
    asked = []
    monkeypatch.setattr(scanner, "_connect", lambda url: asked.append(url) or pytest.fail("it was sent"))
    item = upload(mei, ticket.ref, CARD, making.file(making.png()))
    assert inspect(item.pk, timezone.now())
    item.refresh_from_db()
    assert (item.state, asked) == ("clean", [])


@pytest.mark.parametrize(("address", "local"), [
    ("unix:///run/clamav/clamd.ctl", True), ("/run/clamav/clamd.ctl", True), ("tcp://localhost:3310", True),
    ("tcp://127.0.0.9:3310", True), ("tcp://[::1]:3310", True), ("tcp://localhost.example:3310", False), ("tcp://192.168.1.2", False),
])  # fmt: skip
def test_an_address_is_of_this_machine_or_not(settings, address, local):
    settings.CLAMD_URL = address
    assert scanner.is_local() is local


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMD_URL = ""
    assert scanner.scan_for_viruses(EICAR) == ""
