"""Files with a customer's message: under it, on the list of evidence, and the refused one named."""

import pytest

from evidence.models import EvidenceItem
from evidence.periodic import inspect_waiting
from evidence.tests import making
from portal.tests.conftest import text_of
from tickets.models import Message, Notification
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
NOON = "2026-03-10T20:53:00+08:00"


@pytest.fixture
def ref(clock, mei) -> str:
    return file_ticket(mei, filing()).ref


def write(client, ref, *files, **data):
    return client.post(f"/tickets/{ref}/messages/", {"body": "截图见附件。", "file": list(files), **data}, follow=True)


def test_files_stand_under_the_message_and_among_the_evidence(phone, ref, clock):
    shown = text_of(write(phone, ref, making.file(making.png(), "第一张.png"), making.file(making.pdf(), "第二份.pdf")))
    assert "第一张.png" in shown and "正在检查" in shown
    inspect_waiting(clock(NOON))
    items = EvidenceItem.objects.order_by("pk")
    assert [(item.kind, item.message, item.internal, item.state) for item in items] == [
        ("uncategorized_file", Message.objects.get(), False, "clean")
    ] * 2
    assert f"/evidence/{items[0].pk}/" in text_of(phone.get(f"/tickets/{ref}/"))
    assert Notification.objects.get(kind="customer_message").data == {"files": 2}


def test_a_file_that_is_refused_is_named_and_the_rest_is_sent(browser_of, mei, ref):
    shown = text_of(write(browser_of(mei, "en"), ref, making.file(b"PK\x03\x04", "x.zip"), making.file(making.png(), "ok.png")))
    assert "x.zip was not taken" in shown and "Your message is sent" in shown
    assert [item.original_name for item in EvidenceItem.objects.filter(message=Message.objects.get())] == ["ok.png"]


def test_what_is_wrong_with_the_words_is_said_before_a_file_is_taken(phone, ref):
    answer = write(phone, ref, making.file(making.png()), body=" ")
    assert answer.status_code == 400
    assert not EvidenceItem.objects.exists() and not Message.objects.exists()


def test_a_second_tap_sends_nothing_again(phone, ref):
    for _tap in range(2):
        write(phone, ref, making.file(making.png()), once="a")
    assert (Message.objects.count(), EvidenceItem.objects.count()) == (1, 1)


def test_a_closed_complaint_takes_words_and_no_files(phone, ref, mei):
    perform(mei, ref, "withdraw")
    assert 'name="file"' not in text_of(phone.get(f"/tickets/{ref}/")).partition('id="messages"')[2].partition("timeline")[0]
    write(phone, ref, making.file(making.png()))
    assert (Message.objects.count(), EvidenceItem.objects.count()) == (1, 0)


def test_the_page_costs_no_more_with_files(phone, ref, clock, django_assert_max_num_queries):
    for number in range(4):
        write(phone, ref, making.file(making.png((number, 1, 1)), f"{number}.png"))
    inspect_waiting(clock(NOON))
    with django_assert_max_num_queries(12):
        phone.get(f"/tickets/{ref}/")
