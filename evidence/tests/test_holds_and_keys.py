"""What a review found: holds that got lost, files deleted after all, keys that vanished, slots that stayed empty."""

import threading

import pytest
from django.core.files.storage import storages

from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.periodic import inspect_waiting, purge
from evidence.tests import making
from evidence.tests.conftest import stored
from evidence.vault import store
from evidence.vault.custody import CustodyEntry
from lib import keyring as keys
from lib.keyring import KeysMissing
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing

PASSPORT = {"kind": "passport", "consent": True}
pytestmark = pytest.mark.django_db


def states(ticket) -> list[str]:
    return list(ticket.evidence.order_by("pk").values_list("state", flat=True))


# ---- Holds and purges
def test_a_merge_takes_the_legal_hold_along(mei, lin, clock):
    clock("2026-03-10T20:00:00+08:00")
    kept, held = file_ticket(mei, filing()), file_ticket(mei, filing())
    item = upload(mei, held.ref, PASSPORT, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:10:00+08:00"))
    perform(mei, held.ref, "refer_to_police")
    perform(lin, held.ref, "merge", {"into": kept.ref})
    perform(mei, kept.ref, "withdraw")
    assert purge(clock("2026-06-10T12:00:00+08:00")) == 0
    item.refresh_from_db()
    kept.refresh_from_db()
    held.refresh_from_db()
    assert item.state == "clean"
    assert kept.legal_hold_until == held.legal_hold_until
    actions = CustodyEntry.objects.filter(item_id=item.pk).order_by("seq").values_list("action", flat=True)
    assert list(actions)[-2:] == ["moved", "held"]


def test_what_comes_after_the_purge_goes_too(ticket, mei, lin, clock):
    perform(mei, ticket.ref, "withdraw")
    purge(clock("2026-04-20T12:00:00+08:00"))
    late = upload(lin, ticket.ref, {"kind": "passport"}, making.file(making.png()))
    inspect_waiting(clock("2026-04-20T12:10:00+08:00"))
    assert purge(clock("2026-04-20T13:00:00+08:00")) == 1
    late.refresh_from_db()
    assert late.state == "deleted"


def test_a_released_hold_leaves_what_its_clock_still_gives(ticket, mei, sun, clock):
    upload(mei, ticket.ref, PASSPORT, making.file(making.png()))
    perform(mei, ticket.ref, "refer_to_police")
    perform(mei, ticket.ref, "withdraw")
    clock("2026-05-20T12:00:00+08:00")
    perform(sun, ticket.ref, "release_hold", {"reason": "结案"})
    due = ticket.timers.get(key="evidence_purge").due_at
    assert purge(clock("2026-05-20T12:01:00+08:00")) == 0
    assert purge(clock(due.isoformat())) == 1


# ---- Files
def test_what_an_item_took_up_is_not_removed(ticket, mei, vault):
    item = upload(mei, ticket.ref, {"kind": "transaction_screenshot"}, making.file(making.jpeg()))
    store.remove([item.original])
    assert len(stored(vault)) == 1
    assert store.read(item.original) == making.jpeg()


# ---- Replacing
def test_a_refused_replacement_gives_way_to_what_it_replaced_however_often(ticket, mei, clock):
    upload(mei, ticket.ref, PASSPORT, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    second = upload(mei, ticket.ref, PASSPORT, making.file(making.png((1, 2, 3))))
    upload(mei, ticket.ref, PASSPORT, making.file(making.png(size=(100, 100))))
    assert states(ticket) == ["superseded", "superseded", "scanning"]
    inspect_waiting(clock("2026-03-10T20:54:00+08:00"))
    assert states(ticket) == ["superseded", "clean", "rejected"]
    assert CustodyEntry.objects.filter(item_id=second.pk, action="restored").exists()


def test_when_both_replacements_are_refused_the_first_counts_again(ticket, mei, clock):
    upload(mei, ticket.ref, PASSPORT, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    for side in (100, 110):
        upload(mei, ticket.ref, PASSPORT, making.file(making.png(size=(side, side))))
    inspect_waiting(clock("2026-03-10T20:54:00+08:00"))
    assert states(ticket) == ["clean", "rejected", "rejected"]


# ---- Keys
def test_keys_that_are_gone_are_not_made_anew(ticket, mei, vault, settings, tmp_path):
    settings.EVIDENCE_KEY_FILE = tmp_path / "keys"
    name = store.put(b"x")
    (tmp_path / "keys").rename(tmp_path / "elsewhere")
    with pytest.raises(KeysMissing):
        store.put(b"y")
    assert not (tmp_path / "keys").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "keys")
    assert store.read(name) == b"x"


def test_keys_added_at_once_are_all_there(tmp_path):
    path, made = tmp_path / "keys", []
    keys.add_key(path)
    adders = [threading.Thread(target=lambda: made.append(keys.add_key(path))) for _ in range(8)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    held = keys.parse(path.read_text().split())
    assert set(made) <= set(held.keys)
    assert len(held.keys) == 9


def test_an_empty_vault_gets_its_first_key_by_itself(vault, settings, tmp_path):
    settings.EVIDENCE_KEY_FILE = tmp_path / "keys"
    assert store.read(store.put(b"x")) == b"x"
    assert storages["evidence"].listdir("")[0]
    assert EvidenceItem.objects.count() == 0
