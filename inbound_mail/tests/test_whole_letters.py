"""Each letter of the corpus through the door: what is kept, what is folded, what its sender is told. No word of a person is dropped."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from evidence.intake.held_letters import OTHERS_BEGINNING, original_of
from evidence.models import EvidenceItem, HeldLetter
from evidence.sandbox.letter_text import TOKEN
from inbound_mail.ingest import ingest_email
from inbound_mail.tests.letter_corpus import Row, corpus
from tickets.models import Message, Notification, Ticket

pytestmark = pytest.mark.django_db
CORPUS = list(corpus())
IN_ONE = 12  # letters to one complaint: a world for each would cost more than they do


def words(text: str) -> Counter[str]:
    return Counter(TOKEN.findall(text.replace("&nbsp;", " ")))


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(CORPUS) >= 150
    assert len({row.build("desk+ts-20260310-000001-x@example.com") for row in CORPUS}) >= len(CORPUS) - 2, "boundaries alone are chance"
    assert [name for name, count in Counter(row.name for row in CORPUS).items() if count > 1] == []
    assert {row.outcome for row in CORPUS} >= {"taken", "refused", "held", "empty", "automatic", "stranger"}


@pytest.mark.parametrize("start", range(0, len(CORPUS), IN_ONE))
def test_what_is_kept_folded_and_told(start: int, ticket: Ticket, address: str, settings) -> None:
    settings.INBOUND_PER_HOUR = 0
    for row in CORPUS[start : start + IN_ONE]:
        look_at(row, address)


def look_at(row: Row, address: str) -> None:
    for model in (EvidenceItem, Notification, Message, HeldLetter):
        model.objects.all().delete()
    raw = row.build(address)
    assert ingest_email(raw, timezone.now()) == row.outcome, row.name
    message = Message.objects.first()
    told = sum(len(each.data["lines"]) for each in Notification.objects.filter(kind="letter_refused"))
    assert (told, EvidenceItem.objects.count()) == (row.told, row.files), row.name
    if message is None:
        held = HeldLetter.objects.get()
        assert original_of(held) == (raw[:OTHERS_BEGINNING] if held.reason in ("stranger", "automatic") else raw), row.name
        return
    if row.text is not None:
        assert message.body == row.text, row.name
    assert all(each in message.body for each in row.has), row.name
    assert all(each in message.folded for each in row.folded), row.name
    if row.words:
        assert words(message.body) + words(message.folded) == words(row.words), row.name
