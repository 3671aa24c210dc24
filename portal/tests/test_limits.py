"""One person cannot ring everybody on duty all night, and is told until when. A victim with a handful of accounts is never stopped."""

import pytest

from portal.tests.conftest import text_of
from portal.tests.test_double_submission import rivals
from tickets.models import Freeze, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.FREEZES_PER_HOUR, settings.FILINGS_PER_HOUR = 12, 60


def body(number):
    return {"account": f"douyin:1380000{number:04}", "category": "billing_unauthorized", "not_me": "on", "once": f"form-{number}"}


def test_a_handful_of_accounts_is_frozen_and_then_it_is_said_from_when_it_goes_on(browser_of, mei, clock):
    client = browser_of(mei, "en")
    clock("2026-03-10T20:00:00+08:00")
    for number in range(12):
        assert client.post("/freeze/", body(number)).status_code == 302
    clock("2026-03-10T20:30:00+08:00")
    answer = client.post("/freeze/", body(12))
    page = text_of(answer)
    assert answer.status_code == 429
    assert "12 freezes within an hour" in page
    assert "21:00" in page
    assert "douyin:13800000012" in page  # what was typed is kept
    assert Freeze.objects.count() == Ticket.objects.count() == 12
    clock("2026-03-10T21:00:00+08:00")
    assert client.post("/freeze/", body(12)).status_code == 302


def test_the_button_on_a_complaint_counts_too(browser_of, mei, settings):
    settings.FREEZES_PER_HOUR = 1
    client = browser_of(mei, "en")
    ref = file_ticket(mei, filing("billing_unauthorized", account="douyin:13900001111")).ref
    client.post("/freeze/", body(1))
    answer = client.post(f"/tickets/{ref}/do/request_freeze/", {"once": "another"})
    assert answer.status_code == 429
    assert "freezes within an hour" in text_of(answer)
    assert Freeze.objects.count() == 1


def test_a_form_sent_before_still_leads_to_its_answer(phone, settings):
    settings.FREEZES_PER_HOUR = 1
    assert phone.post("/freeze/", body(1)).url == phone.post("/freeze/", body(1)).url


def test_complaints_are_counted_by_themselves_and_others_do_not_count(browser_of, mei, wang, settings):
    settings.FILINGS_PER_HOUR = 2
    client = browser_of(mei, "en")
    for number in range(2):
        assert client.post("/file/", {"category": "billing_duplicate", "once": str(number)}).status_code == 302
    answer = client.post("/file/", {"category": "billing_duplicate", "once": "3"})
    assert answer.status_code == 429
    assert "begun 2 complaints" in text_of(answer)
    assert client.post("/freeze/", body(1)).status_code == 302
    assert browser_of(wang).post("/file/", {"category": "billing_duplicate"}).status_code == 302


def test_no_number_no_limit(phone, settings):
    settings.FREEZES_PER_HOUR = 0
    assert {phone.post("/freeze/", body(number)).status_code for number in range(3)} == {302}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rivals_count_each_other(lasting, mei, settings):
    settings.FREEZES_PER_HOUR = 2
    numbers = iter(range(6))
    answers = rivals(mei, lambda client: client.post("/freeze/", body(next(numbers))))
    assert sorted(answer.status_code for answer in answers) == [302, 302, 429, 429, 429, 429]
    assert Freeze.objects.count() == 2
