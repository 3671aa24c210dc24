"""The inspection: crashes, dead workers, lost files, and rivals. Nothing is left waiting."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from evidence.intake import inspection, upload
from evidence.intake.inspection import inspect
from evidence.models import EvidenceItem
from evidence.operations import delete
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import stored
from tickets.models import Event

pytestmark = pytest.mark.sqlite


@pytest.fixture
def photo(ticket, mei) -> EvidenceItem:
    return upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))


class Killed(BaseException):
    """What a kill -9 looks like from inside: nothing after it runs."""


def die(*args, **kwargs):
    raise Killed


def test_a_parsers_crash_is_a_refusal_in_words(photo, monkeypatch):
    def crash(*args):
        raise RecursionError("deep")

    monkeypatch.setattr(inspection, "safe_copy", crash)
    assert inspect(photo.pk, timezone.now())
    photo.refresh_from_db()
    assert (photo.state, photo.reason, photo.claimed_at) == ("rejected", "check_failed", None)


@pytest.mark.parametrize("step", ["safe_copy", "_accept", "_finish"])
def test_a_killed_workers_item_is_taken_up_again(photo, monkeypatch, clock, step, vault):
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(inspection, step, die)
        inspect(photo.pk, timezone.now())
    photo.refresh_from_db()
    assert photo.state == "scanning"
    soon = clock("2026-03-10T20:54:00+08:00")
    assert inspect_waiting(soon) == 0
    later = clock("2026-03-10T20:58:00+08:00")
    assert inspect_waiting(later) == 1
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == ("clean", 2)
    assert set(photo.names) <= {f"{path.parent.name}/{path.name}" for path in vault.rglob("*") if path.is_file()}


def test_a_file_that_keeps_killing_its_worker_is_refused_in_the_end(photo, monkeypatch, clock):
    monkeypatch.setattr(inspection, "safe_copy", die)
    now = timezone.now()
    for _attempt in range(3):
        with pytest.raises(Killed):
            inspect(photo.pk, now)
        now = clock(now + timedelta(minutes=6))
    assert inspect(photo.pk, now)
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "check_failed")


def test_of_two_workers_one_gets_it(photo, monkeypatch):
    rivals = []
    real = inspection.safe_copy

    def meanwhile(*args):
        rivals.append(inspect(photo.pk, timezone.now()))
        return real(*args)

    monkeypatch.setattr(inspection, "safe_copy", meanwhile)
    assert inspect(photo.pk, timezone.now())
    assert rivals == [False]
    assert not inspect(photo.pk, timezone.now())
    assert Event.objects.filter(kind="evidence.clean").count() == 1


def test_a_worker_that_comes_too_late_changes_nothing_and_leaves_nothing(photo, monkeypatch, vault, mei):
    real = inspection.safe_copy

    def meanwhile(*args):
        delete(mei, photo.pk)
        return real(*args)

    monkeypatch.setattr(inspection, "safe_copy", meanwhile)
    inspect(photo.pk, timezone.now())
    photo.refresh_from_db()
    assert (photo.state, photo.safe) == ("deleted", "")
    assert len(stored(vault)) <= 1  # the original goes with the commit


def test_a_file_that_is_gone_is_refused_in_words(photo, vault):
    for path in vault.rglob("*"):
        if path.is_file():
            path.unlink()
    inspect(photo.pk, timezone.now())
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "lost")


def test_while_the_store_is_away_the_item_waits(photo, monkeypatch):
    def away(name):
        raise ConnectionResetError("bucket")

    with monkeypatch.context() as patched:
        patched.setattr(inspection.store, "read", away)
        for _attempt in range(5):
            assert inspect(photo.pk, timezone.now()) is False
    photo.refresh_from_db()
    assert (photo.state, photo.attempts, photo.claimed_at) == ("scanning", 0, None)
    assert inspect_waiting(timezone.now()) == 1


def test_the_file_is_read_outside_any_transaction(transactional_db, lasting, clock, monkeypatch):
    from django.db import connection

    from tickets.operations import file_ticket
    from tickets.tests.cast import person
    from tickets.tests.making import filing

    monkeypatch.setattr("evidence.intake.uploads.enqueue", lambda *args: None)
    owner = person("owner@example.com")
    ticket = file_ticket(owner, filing())
    inside = []
    real = inspection.safe_copy

    def watched(*args):
        inside.append(connection.in_atomic_block)
        return real(*args)

    monkeypatch.setattr(inspection, "safe_copy", watched)
    put = inspection.store.put
    monkeypatch.setattr(inspection.store, "put", lambda data: (inside.append(connection.in_atomic_block), put(data))[1])
    item = upload(owner, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    assert inspect(item.pk, timezone.now())
    assert inside == [False, False, False, False]


def test_after_one_tick_everything_is_clean_or_refused(ticket, mei, clock, capsys):
    good = [making.png(), making.jpeg(), making.webp(), making.HEIC, making.pdf(), making.armed_pdf()]
    bad = [making.bomb(), making.locked_pdf(), making.pdf(51), making.jpeg()[:500], b"%PDF-1.4 nothing", making.png(size=(20, 20))]
    for data in good + bad:
        upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(data))
    call_command("tick")
    states = list(EvidenceItem.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["clean"] * len(good) + ["rejected"] * len(bad)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"items inspected: {len(good + bad)}"
    assert any(line.startswith("timers fired: ") for line in printed)
    assert any(line.startswith("items purged: 0") for line in printed)
    call_command("tick")
    assert Event.objects.filter(kind__in=["evidence.clean", "evidence.rejected"]).count() == len(states)


def test_a_key_that_is_not_at_hand_is_no_fault_of_the_file(photo, monkeypatch):
    from evidence.vault.sealing import SealBroken

    def locked(name):
        raise SealBroken("unknown_key", name)

    with monkeypatch.context() as patched:
        patched.setattr(inspection.store, "read", locked)
        assert not inspect(photo.pk, timezone.now())
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == ("scanning", 0)
    assert inspect(photo.pk, timezone.now())
