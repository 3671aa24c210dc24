"""The custody log: everything that happens to an item is in it, and whoever changes it or a file is found."""

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from evidence.intake import give_consent, upload
from evidence.models import EvidenceItem, SealedFile
from evidence.operations import content, delete, reclassify, review
from evidence.operations.viewing import document_number
from evidence.periodic import inspect_waiting, purge
from evidence.tests import making
from evidence.vault import store
from evidence.vault.custody import GENESIS, CustodyChain, CustodyEntry, CustodyHead, digest_of, seal_of
from evidence.vault.job_findings import in_words
from tickets.operations import discard_draft, file_ticket, perform, start_draft
from tickets.tests.making import filing

PHOTO = {"kind": "transaction_screenshot"}
CARD = {"kind": "id_card_front", "number": "11010519491231002X"}
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def told(item) -> list[tuple[str, str | None]]:
    """What the log says of an item: what happened, and by whom (the clock is None)."""
    return list(CustodyEntry.objects.filter(item_id=item.pk).order_by("seq").values_list("action", "by__email"))


@pytest.fixture
def history(ticket, mei, sun, clock, lin):
    """Two items with a history: a photograph and an identity card somebody looked at."""
    photo = upload(mei, ticket.ref, PHOTO, making.file(making.jpeg()))
    card = upload(mei, ticket.ref, {**CARD, "consent": True}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    content(sun, card.pk, "核对身份")
    return [EvidenceItem.objects.get(pk=each.pk) for each in (photo, card)]


# ---- What is told
def test_an_item_is_told_from_its_arrival_to_its_purge(ticket, mei, lin, sun, zhou, clock):
    card = upload(mei, ticket.ref, CARD, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    give_consent(mei, card.pk)
    content(sun, card.pk, "核对身份")
    assert document_number(zhou, card.pk, "冻结前核对") == "11010519491231002X"
    perform(mei, ticket.ref, "refer_to_police")
    perform(sun, ticket.ref, "release_hold", {"reason": "警方已结案"})
    perform(mei, ticket.ref, "withdraw", {})
    purge(clock("2026-05-20T12:00:00+08:00"))
    assert told(card) == [
        ("arrived", mei.email), ("cleared", None), ("consented", mei.email), ("viewed", sun.email), ("number", zhou.email),
        ("held", mei.email), ("released", sun.email), ("purged", None),
    ]  # fmt: skip
    looked = CustodyEntry.objects.get(action="viewed")
    assert (looked.purpose, looked.kind, looked.sha256) == ("核对身份", "id_card_front", card.sha256)


def test_judgements_replacements_and_withdrawals_are_told(ticket, mei, lin, chen, clock):
    photo = upload(mei, ticket.ref, {"kind": "uncategorized_file"}, making.file(making.jpeg()))
    old = upload(mei, ticket.ref, CARD, making.file(making.png()))
    new = upload(mei, ticket.ref, {**CARD, "consent": True}, making.file(making.png((9, 9, 9))))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    reclassify(lin, photo.pk, "payment_voucher")
    review(lin, photo.pk, "rejected", "看不清")
    review(lin, photo.pk, "accepted")
    delete(mei, new.pk)
    assert [action for action, _by in told(photo)] == ["arrived", "cleared", "reclassified", "rejected", "accepted"]
    assert [action for action, _by in told(old)] == ["arrived", "superseded", "withdrawn"]
    assert [action for action, _by in told(new)] == ["arrived", "cleared", "withdrawn"]


def test_a_refused_file_is_told_with_its_reason(ticket, mei, clock):
    item = upload(mei, ticket.ref, PHOTO, making.file(making.png(size=(100, 100))))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    assert CustodyEntry.objects.get(item_id=item.pk, action="refused").detail == {"reason": "too_small"}


def test_what_moves_with_a_merge_is_told(mei, lin, clock):
    first, second = file_ticket(mei, filing()), file_ticket(mei, filing())
    item = upload(mei, second.ref, {"kind": "cs_conversation", "text": "客服说会处理"})
    perform(lin, first.ref, "merge", {"into": second.ref})
    assert CustodyEntry.objects.get(item_id=item.pk, action="moved").detail == {"to": first.ref}


def test_a_discarded_draft_leaves_its_trace_and_nothing_else(clock, mei, vault):
    draft = start_draft(mei, filing())
    item = upload(mei, draft.ref, PHOTO, making.file(making.jpeg()))
    discard_draft(mei, draft.ref)
    assert [action for action, _by in told(item)] == ["arrived", "deleted"]
    call_command("verify_custody")


# ---- Who can change it
@pytest.mark.parametrize("change", ["UPDATE evidence_custodyentry SET purpose = 'x'", "DELETE FROM evidence_custodyentry"])
def test_the_database_refuses_to_change_the_log(history, change):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def proof(capsys) -> list[str]:
    """The findings of a proof."""
    capsys.readouterr()
    try:
        call_command("verify_custody")
    except CommandError:
        found = capsys.readouterr().err.split("\n")[:-1]
        with override("zh-hans"):
            assert not [line for line in found if in_words(line) == line]
        return found
    assert "All is in order" in capsys.readouterr().out
    return []


@pytest.fixture
def as_intruder():
    """Somebody who owns the database, triggers and all, but not the key."""

    def execute(sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("ALTER TABLE evidence_custodyentry DISABLE TRIGGER USER")
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'evidence_custodyentry'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(sql, values)

    return execute


def test_an_untouched_vault_is_in_order(history, capsys):
    assert proof(capsys) == []


def test_a_changed_entry_is_named(history, as_intruder, capsys):
    looked = CustodyEntry.objects.get(action="viewed")
    as_intruder("UPDATE evidence_custodyentry SET purpose = 'x' WHERE seq = %s", looked.seq)
    assert proof(capsys) == [f"custody entry {looked.seq} (viewed, item {looked.item_id}): changed"]


def test_a_removed_entry_is_named(history, ticket, as_intruder, capsys):
    gone = CustodyEntry.objects.order_by("seq")[3]
    as_intruder("DELETE FROM evidence_custodyentry WHERE seq = %s", gone.seq)
    assert f"custody lines {gone.number} to {gone.number} of {ticket.ref}: removed" in proof(capsys)


def test_entries_cut_off_at_the_end_are_named(history, ticket, as_intruder, capsys):
    last = CustodyEntry.objects.first()
    as_intruder("DELETE FROM evidence_custodyentry WHERE seq = %s", last.seq)
    assert proof(capsys) == [f"custody lines {last.number} to {last.number} of {ticket.ref}: removed"]
    before = CustodyEntry.objects.first()
    CustodyChain.objects.update(number=before.number, digest=before.digest)
    assert proof(capsys) == [f"custody of {ticket.ref}: the record of its end was changed"]
    CustodyChain.objects.all().delete()
    assert f"custody of {ticket.ref}: its end is not recorded" in proof(capsys)


@pytest.fixture
def log_of_before(history, as_intruder):
    """The same log as it was kept before complaints had chains of their own: one chain, with one end."""
    previous, change = GENESIS, "UPDATE evidence_custodyentry SET seq = %s, number = NULL, previous = %s, digest = %s WHERE seq = %s"
    for place, entry in enumerate(CustodyEntry.objects.order_by("seq"), start=1):
        seq, entry.seq, entry.number, entry.previous = entry.seq, place, None, previous
        previous = digest_of(entry)
        as_intruder(change, place, entry.previous, previous, seq)
    CustodyChain.objects.all().delete()
    head = CustodyHead(pk=1, seq=entry.seq, digest=previous)
    head.seal = seal_of(head)
    head.save()


def test_a_log_of_before_is_proven_as_it_was_written(log_of_before, history, sun, as_intruder, capsys):
    content(sun, history[1].pk, "再次核对")
    assert proof(capsys) == []
    gone = CustodyEntry.objects.filter(number=None).order_by("seq")[3].seq
    as_intruder("DELETE FROM evidence_custodyentry WHERE seq = %s", gone)
    assert f"custody entries {gone} to {gone}: removed" in proof(capsys)


def test_an_entry_written_without_the_key_is_named(history, as_intruder, capsys):
    looked = CustodyEntry.objects.get(action="viewed")
    as_intruder("UPDATE evidence_custodyentry SET purpose = 'x', digest = %s WHERE seq = %s", "f" * 64, looked.seq)
    found = proof(capsys)
    assert f"custody entry {looked.seq} (viewed, item {looked.item_id}): changed" in found


@pytest.mark.parametrize("place", [20, 60, -1])
def test_a_changed_file_is_named_with_its_item(history, capsys, place):
    photo = history[0]
    path = storages["evidence"].path(photo.original)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[place] ^= 1
    with open(path, "wb") as file:
        file.write(data)
    found = proof(capsys)
    assert len(found) == 1
    assert found[0].startswith(f"file {photo.original} of item {photo.pk}: ")


def test_a_missing_file_is_named(history, capsys):
    photo = history[0]
    storages["evidence"].delete(photo.safe)
    assert proof(capsys) == [f"file {photo.safe} of item {photo.pk}: missing"]


def test_a_changed_hash_is_named_at_the_item_and_at_the_file(history, capsys):
    photo = history[0]
    EvidenceItem.objects.filter(pk=photo.pk).update(sha256="0" * 64)
    assert proof(capsys) == [
        f"item {photo.pk}: its hash is not that of its arrival",
        f"item {photo.pk}: its file (original) is not the one that was kept",
    ]


def test_an_item_that_vanished_is_named(history, capsys):
    photo = history[0]
    EvidenceItem.objects.filter(pk=photo.pk).delete()
    assert f"item {photo.pk}: gone without a word" in proof(capsys)


def test_an_item_slipped_in_is_named(history, ticket, mei, capsys):
    item = EvidenceItem.objects.create(ticket=ticket, kind="payment_voucher", uploaded_by=mei, state="clean")
    assert proof(capsys) == [f"item {item.pk}: nothing tells of its arrival"]


def test_a_strange_file_in_the_store_is_named(history, vault, capsys):
    (vault / "zz").mkdir()
    (vault / "zz" / "planted").write_bytes(b"x")
    assert proof(capsys) == ["file zz/planted: nobody put it there"]


def test_bytes_that_were_to_be_gone_are_named(history, mei, capsys):
    photo = history[0]
    delete(mei, photo.pk)  # its bytes go after the commit, which this test never reaches
    assert sorted(proof(capsys)) == sorted(f"file {row.name}: erased, but still there" for row in SealedFile.objects.filter(item=photo))
    assert store.remove_erased(list(store.still_there())) == 3
    assert proof(capsys) == []


# ---- Rows changed by somebody who knows the tables
def swap(history, column: str) -> None:
    photo, card = history
    names = getattr(photo, column), getattr(card, column)
    EvidenceItem.objects.filter(pk=photo.pk).update(**{column: names[1]})
    EvidenceItem.objects.filter(pk=card.pk).update(**{column: names[0]})


@pytest.mark.parametrize("column", ["original", "safe", "thumbnail"])
def test_files_swapped_between_two_items_are_named(history, capsys, column):
    swap(history, column)
    assert proof(capsys) == [f"item {each.pk}: its file ({column}) is not its own any more" for each in history]


@pytest.mark.parametrize("column", ["original", "safe"])
def test_files_swapped_with_their_owners_are_named_too(history, capsys, column):
    photo, card = history
    swap(history, column)
    SealedFile.objects.filter(name=getattr(card, column)).update(item=photo)
    SealedFile.objects.filter(name=getattr(photo, column)).update(item=card)
    assert proof(capsys) == [f"item {each.pk}: its file ({column}) is not the one that was kept" for each in history]


def test_a_key_taken_from_a_living_item_is_named(history, capsys):
    photo = history[0]
    storages["evidence"].delete(photo.safe)
    SealedFile.objects.filter(name=photo.safe).update(wrapped_key=b"", erased_at=photo.uploaded_at)
    assert f"item {photo.pk}: its file (safe) is not its own any more" in proof(capsys)
    SealedFile.objects.filter(name=photo.safe).delete()
    assert f"item {photo.pk}: its file (safe) is not its own any more" in proof(capsys)


def test_an_item_deleted_without_a_word_is_named(history, capsys):
    photo = history[0]
    EvidenceItem.objects.filter(pk=photo.pk).update(state="deleted")
    assert proof(capsys) == [f"item {photo.pk}: deleted without a word"]


def test_a_verdict_nobody_gave_is_named(history, capsys):
    photo = history[0]
    EvidenceItem.objects.filter(pk=photo.pk).update(verdict="accepted")
    assert proof(capsys) == [f"item {photo.pk}: its verdict is not the one the log tells"]
