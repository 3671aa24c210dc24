"""One person's files keep two workers busy and no more; the one that ends sends the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from evidence import tasks
from evidence.intake.inspection import OF_ONE_PERSON, has_turn
from evidence.models import EvidenceItem
from evidence.tests import making
from evidence.vault import store

pytestmark = pytest.mark.django_db


def item(ticket, person, **more) -> EvidenceItem:
    name = store.put(making.png())
    values = {"kind": "payment_voucher", "state": "scanning", "media_type": "image/png", "original": name, "uploaded_by": person}
    return EvidenceItem.objects.create(ticket=ticket, **{**values, **more})


def test_a_person_with_files_in_hand_waits_and_others_do_not(ticket, mei, wang):
    for _ in range(OF_ONE_PERSON):
        item(ticket, mei, claimed_at=timezone.now())
    third, other = item(ticket, mei), item(ticket, wang)
    tasks.inspect_item(third.pk)
    third.refresh_from_db()
    assert (third.state, third.attempts) == ("scanning", 0)
    assert has_turn(other.pk, timezone.now())


def test_the_one_that_ends_sends_the_next(ticket, mei, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, pk: sent.append(pk))
    monkeypatch.setattr(tasks, "inspect", lambda pk, now: EvidenceItem.objects.filter(pk=pk).update(state="clean"))
    before = item(ticket, mei, uploaded_at=timezone.now() - timedelta(seconds=30))
    now = item(ticket, mei)
    tasks.inspect_item(now.pk)
    tasks.inspect_item(before.pk)
    assert sent == [before.pk]


def test_what_is_gone_has_no_turn(db):
    tasks.inspect_item(0)
