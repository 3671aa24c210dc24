"""Real threads, one file: a double tap, two tabs, a part sent again because its answer was lost."""

import threading
from collections import Counter

import pytest
from django.db import connections

from evidence.intake import begin, receive
from evidence.intake.resumable_uploads import MOST_OPEN
from evidence.models import EvidenceItem, PartialUpload, SealedFile, UploadPart
from evidence.tests import making
from evidence.tests.conftest import stored
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.workflow.errors import Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DATA = making.png()
HALF = len(DATA) // 2
RAW = {"kind": "payment_voucher", "name": "a.png", "size": len(DATA)}


@pytest.fixture
def filed(lasting, mei, monkeypatch):
    """A ticket whose uploads wait: no task runs in this process."""
    monkeypatch.setattr("evidence.intake.uploads.enqueue", lambda *args: None)
    return file_ticket(mei, filing(incident_at=None))


def at_once(count, work) -> Counter:
    """What each of `count` threads got: what `work` gives, or the code of the refusal."""
    answers: list = []
    start = threading.Barrier(count)

    def one() -> None:
        try:
            start.wait()
            answers.append(work())
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return Counter(answers)


def test_of_rivals_with_the_same_part_one_is_taken(filed, mei, vault):
    found = begin(mei, filed.ref, RAW)
    assert at_once(4, lambda: receive(mei, found.pk, 0, DATA[:HALF]).offset) == {HALF: 1, "UPLOAD_OFFSET": 3}
    assert UploadPart.objects.get().file.size == HALF
    assert len(stored(vault)) == SealedFile.objects.count() == 2
    assert receive(mei, found.pk, HALF, DATA[HALF:]).item is not None


def test_rivals_with_the_last_part_make_one_item(filed, mei, vault):
    found = begin(mei, filed.ref, RAW)
    receive(mei, found.pk, 0, DATA[:HALF])
    answers = at_once(4, lambda: receive(mei, found.pk, HALF, DATA[HALF:]).item_id)
    item = EvidenceItem.objects.get()
    assert answers.keys() <= {item.pk, "UPLOAD_OFFSET"} and answers[item.pk] >= 1
    assert receive(mei, found.pk, HALF, DATA[HALF:]).item == item
    assert [row.name for row in SealedFile.objects.all()] == [item.original]
    assert len(stored(vault)) == 1


def test_rivals_who_ask_for_the_item_of_a_whole_that_waits_get_one_item(filed, mei, vault, monkeypatch):
    found = begin(mei, filed.ref, RAW)
    with monkeypatch.context() as broken:
        broken.setattr("evidence.intake.resumable_uploads.upload_then", lambda *args: (_ for _ in ()).throw(OSError("power")))
        with pytest.raises(OSError, match="power"):
            receive(mei, found.pk, 0, DATA)
    answers = at_once(4, lambda: receive(mei, found.pk, len(DATA), b"").item_id)
    assert answers == {EvidenceItem.objects.get().pk: 4}
    assert len(stored(vault)) == SealedFile.objects.count() == 1


def test_of_rivals_for_the_last_place_among_ones_own_one_begins(filed, mei):
    for _number in range(MOST_OPEN - 1):
        begin(mei, filed.ref, RAW)
    assert at_once(4, lambda: bool(begin(mei, filed.ref, RAW))) == {True: 1, "UPLOADS_OPEN": 3}
    assert PartialUpload.objects.count() == MOST_OPEN
