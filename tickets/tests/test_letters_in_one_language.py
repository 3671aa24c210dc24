"""Every notice as an e-mail: wholly in the language of its reader, whatever the language of who acts or of the process that sends."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import translation

from tickets.delivery.emails import compose_email
from tickets.models import Notification, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.words import EVIDENCE_KIND, NOTICE, TIMER

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# Data and names: addresses of pages, marks of HTML, abbreviations that are said the same in both languages.
WORD = re.compile(r"[A-Za-z]{2,}")
DATA = re.compile(r"https?://\S+|<[^>]*>|&\w+;")
SAME = {"POS", "ZIP", "PDF"}
AT = datetime(2026, 10, 9, tzinfo=UTC)
DUE = "2026-10-10T16:00:00+00:00"


@pytest.fixture
def ticket(clock, mei) -> Ticket:
    return file_ticket(mei, filing())


def variants(kind: str) -> Iterator[dict]:
    """What a notice of this kind may carry."""
    if kind.startswith("timer."):
        yield from ({"timer": timer, "due_at": DUE, "on_call": on_call} for timer in TIMER for on_call in (False, True))
    else:
        yield {"files": 1, "due_at": DUE, "eta_at": DUE, "kinds": list(EVIDENCE_KIND)}
        yield {"files": 2, "on_call": True, "evidence": "order_number"}
        yield {}


def letters(ticket: Ticket, person, kind: str) -> Iterator[str]:
    """Each variant, plain and HTML, without the data in it."""
    other = "zh-hans" if person.language == "en" else "en"
    for data in variants(kind):
        row = Notification(pk=1, ticket=ticket, recipient=person, kind=kind, data=data, urgent=True, created_at=AT, not_before=AT)
        with translation.override(other):
            message = compose_email(person, [row])
        whole = "\n".join([message.subject, message.body, *(str(part.content) for part in message.alternatives)])
        yield DATA.sub(" ", whole).replace(ticket.ref, "").replace(person.name, "")


@pytest.fixture(params=["to its owner", "to the desk"])
def reader(request, mei, lin):
    return mei if request.param == "to its owner" else lin


def test_a_letter_to_an_english_reader_holds_no_chinese(ticket, reader) -> None:
    reader.language = "en"
    assert [text for kind in NOTICE for text in letters(ticket, reader, kind) if CHINESE.search(text)] == []


def test_a_letter_to_a_chinese_reader_holds_no_english(ticket, reader) -> None:
    reader.language = "zh-hans"
    found = {(kind, word) for kind in NOTICE for text in letters(ticket, reader, kind) for word in WORD.findall(text)}
    assert sorted(each for each in found if each[1] not in SAME) == []
