"""Files are sealed one by one; a seal that does not hold is refused by name, and keys change without touching a file."""

import threading

import pytest
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from evidence.intake import upload
from evidence.models import EvidenceItem, SealedFile, VaultRun
from evidence.operations import content, delete
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import opened, stored
from evidence.vault import store
from evidence.vault.sealing import SealBroken
from lib import keyring as keys
from tickets.workflow.errors import Refusal

OLD = "a1:" + "A" * 43
NEW = "b2:" + "B" * 42 + "E"
PHOTO = {"kind": "transaction_screenshot"}
pytestmark = pytest.mark.django_db


def spoil(name: str, change) -> None:
    """What somebody with access to the store alone can do."""
    path = storages["evidence"].path(name)
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(change(data))


def flip(place: int):
    return lambda data: data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def refused(name: str) -> str:
    with pytest.raises(SealBroken) as broken:
        store.read(name)
    assert broken.value.name == name
    return broken.value.code


# ---- The seal
def test_what_lies_in_the_store_tells_nothing(vault):
    data = b"\x89PNG and the name of a victim" * 40
    name = store.put(data)
    assert store.read(name) == data
    assert b"victim" not in stored(vault)[0]
    assert store.put(data) != name
    first, second = stored(vault)
    assert first[28:] != second[28:]


@pytest.mark.parametrize("place", [30, 45, 100, -1, -16])
def test_a_changed_bit_is_found_wherever_it_is(vault, place):
    name = store.put(b"x" * 200)
    spoil(name, flip(place))
    assert refused(name) == "tampered"


def test_a_changed_length_is_found(vault):
    name = store.put(b"x" * 200)
    spoil(name, flip(27))
    assert refused(name) in ("truncated", "tampered")


@pytest.mark.parametrize("kept", [28, 40, 100, 255])
def test_a_file_cut_short_is_called_so(vault, kept):
    name = store.put(b"x" * 200)
    spoil(name, lambda data: data[:kept])
    assert refused(name) == "truncated"


def test_something_hung_on_is_found(vault):
    name = store.put(b"x" * 200)
    spoil(name, lambda data: data + b"y")
    assert refused(name) == "tampered"


def test_two_files_swapped_are_called_so(vault):
    one, other = store.put(b"one"), store.put(b"other")
    with open(storages["evidence"].path(other), "rb") as file:
        another = file.read()
    spoil(one, lambda _: another)
    assert refused(one) == "swapped"
    assert store.read(other) == b"other"


def test_keys_swapped_between_two_rows_open_nothing(vault):
    one, other = store.put(b"one"), store.put(b"other")
    SealedFile.objects.filter(name=one).update(wrapped_key=SealedFile.objects.get(name=other).wrapped_key)
    assert refused(one) == "tampered"


def test_another_file_under_its_name_is_not_sealed_by_us(vault):
    name = store.put(b"x")
    spoil(name, lambda _: making.jpeg())
    assert refused(name) == "not_sealed"


def test_a_file_that_is_not_there_is_missing(vault):
    name = store.put(b"x")
    storages["evidence"].delete(name)
    assert refused(name) == "missing"
    assert refused("no/such") == "missing"


def test_a_key_this_install_does_not_have_is_named(vault, settings):
    settings.EVIDENCE_KEYS = [OLD]
    name = store.put(b"x")
    settings.EVIDENCE_KEYS = [NEW]
    assert refused(name) == "unknown_key"


def test_another_key_under_the_same_id_opens_nothing(vault, settings):
    settings.EVIDENCE_KEYS = [OLD]
    name = store.put(b"x")
    settings.EVIDENCE_KEYS = ["a1:" + NEW[3:]]
    assert refused(name) == "wrong_key"


def test_a_broken_seal_is_said_to_the_viewer_in_words(ticket, mei, vault, clock):
    item = upload(mei, ticket.ref, PHOTO, making.file(making.jpeg()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item.refresh_from_db()
    spoil(item.safe, flip(-3))
    with pytest.raises(Refusal) as refusal:
        content(mei, item.pk)
    assert refusal.value.code == "EVIDENCE_BROKEN"


def test_an_upload_spoilt_before_its_check_is_refused_as_lost(ticket, mei, vault, clock):
    item = upload(mei, ticket.ref, PHOTO, making.file(making.jpeg()))
    spoil(item.original, flip(60))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item.refresh_from_db()
    assert (item.state, item.reason) == ("rejected", "lost")


# ---- What is typed from inside a document
def test_a_document_number_is_sealed_and_compared_by_its_digest(ticket, mei, vault):
    card = {"kind": "id_card_front", "number": "11010519491231002X", "consent": True}
    item = upload(mei, ticket.ref, card, making.file(making.png()))
    assert item.fields == {"number": "110****002X"}
    assert b'{"number": "11010519491231002X"}' in opened()
    assert all(b"11010519491231002X" not in data for data in stored(vault))
    again = upload(mei, ticket.ref, card, making.file(making.png((1, 2, 3))))
    assert again.number_digest == item.number_digest != ""
    assert "002X" not in item.number_digest


# ---- Erasing
def test_what_is_deleted_has_no_key_and_no_bytes(ticket, mei, vault, django_capture_on_commit_callbacks):
    item = upload(mei, ticket.ref, PHOTO, making.file(making.jpeg()))
    with django_capture_on_commit_callbacks(execute=True):
        delete(mei, item.pk)
    row = SealedFile.objects.get(item=item)
    assert (bytes(row.wrapped_key), stored(vault)) == (b"", [])
    assert row.erased_at
    assert row.gone_at
    assert refused(row.name) == "erased"


# ---- Keys
def test_an_install_makes_one_key_and_keeps_it_to_itself(settings, tmp_path):
    settings.EVIDENCE_KEY_FILE = tmp_path / "keys"
    with pytest.raises(keys.KeysMissing):
        keys.keyring()
    first = keys.first_keyring()
    assert keys.first_keyring() == keys.keyring() == first
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    second = keys.add_key(tmp_path / "keys")
    assert keys.keyring().current == second
    assert set(keys.keyring().keys) == {first.current, second}


@pytest.mark.parametrize("line", ["", "a1", "a1:short", "a1:" + "A" * 60, "a1:" + "!" * 43, ":" + "A" * 43, "a b:" + "A" * 43])
def test_a_key_that_is_none_is_refused_without_showing_it(line):
    with pytest.raises(ImproperlyConfigured) as error:
        keys.parse([NEW, line])
    assert "entry 2" in str(error.value)
    assert not line or line not in str(error.value)


def test_two_keys_do_not_share_an_id(settings):
    settings.EVIDENCE_KEYS = [OLD, OLD]
    assert [type(found) for found in keys.check_keys()] == [Error]


def test_a_rotation_wraps_keys_anew_and_rewrites_no_file(settings, vault, capsys):
    settings.EVIDENCE_KEYS = [OLD]
    names = [store.put(f"file {number}".encode()) for number in range(12)]
    before = stored(vault)
    settings.EVIDENCE_KEYS = [NEW, OLD]
    call_command("rotate_keys")
    assert "12 of 12" in capsys.readouterr().out
    assert stored(vault) == before
    settings.EVIDENCE_KEYS = [NEW]
    assert [store.read(name) for name in names] == [f"file {number}".encode() for number in range(12)]
    assert SealedFile.objects.exclude(key_id="b2").count() == 0
    run = VaultRun.objects.get()
    assert (run.kind, run.done, run.total, run.findings) == ("rotation", 12, 12, [])
    assert run.ended_at


def test_a_rotation_names_what_it_could_not_unwrap_and_does_the_rest(settings, vault, capsys):
    settings.EVIDENCE_KEYS = [OLD]
    lost = store.put(b"lost")
    settings.EVIDENCE_KEYS = ["c3:" + "C" * 42 + "A"]
    found = store.put(b"found")
    settings.EVIDENCE_KEYS = [NEW, "c3:" + "C" * 42 + "A"]
    with pytest.raises(CommandError):
        call_command("rotate_keys")
    assert f"{lost}: unknown_key" in capsys.readouterr().err
    assert store.read(found) == b"found"


def test_a_new_key_is_made_only_where_the_file_is_ours(settings, tmp_path, vault, capsys):
    settings.EVIDENCE_KEY_FILE = tmp_path / "keys"
    name = store.put(b"x")
    call_command("rotate_keys", new=True)
    assert len(keys.keyring().keys) == 2
    assert store.read(name) == b"x"
    settings.EVIDENCE_KEYS = [OLD]
    with pytest.raises(CommandError):
        call_command("rotate_keys", new=True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_thousand_files_are_rotated_while_uploads_go_on(lasting, settings, vault):
    settings.EVIDENCE_KEYS = [OLD]
    for number in range(1000):
        store.put(b"%d" % number)
    settings.EVIDENCE_KEYS = [NEW, OLD]
    done, wrong = threading.Event(), []

    def go_on_uploading() -> None:
        try:
            while not done.is_set():
                name = store.put(b"meanwhile")
                if store.read(name) != b"meanwhile":
                    wrong.append(name)
        finally:
            connection.close()

    uploader = threading.Thread(target=go_on_uploading)
    uploader.start()
    call_command("rotate_keys", verbosity=0)
    done.set()
    uploader.join()
    settings.EVIDENCE_KEYS = [NEW]
    rows = list(SealedFile.objects.order_by("pk"))
    assert len(rows) > 1000
    assert [store.read_row(row) for row in rows[:1000]] == [b"%d" % number for number in range(1000)]
    assert not wrong
    assert EvidenceItem.objects.count() == 0
