"""The pages of payment bills: who opens them, what a wrong file says, what a press of a button does."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tickets.bills.reading import Pressed
from tickets.models import Bill
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing
from tickets.tests.test_bills import OWN, TXN, TXN2, WECHAT, WECHAT_MERCHANT

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(clock, mei):
    clock("2026-03-12T10:00:00+08:00")
    orders = [{"issuer": "wechat_txn", "number": TXN}, {"issuer": "other", "number": "M20260310001"}]
    return file_ticket(mei, filing("billing_duplicate", amount="1280.00", order_numbers=orders))


def hand_in(client, text: str, key=None, encoding: str = "gb18030"):
    file = SimpleUploadedFile("三月.csv", text.encode(encoding), "text/csv")
    return client.post(reverse("desk:bills"), {"file": file, "key": str(key or uuid.uuid4())})


def test_a_bill_is_handed_in_compared_and_confirmed(at, lin, complaint):
    client = at(lin)
    answer = hand_in(client, WECHAT)
    bill = Bill.objects.get()
    assert answer.url == reverse("desk:bill", args=[bill.public_id])
    page = client.get(answer.url).content.decode()
    for text in (complaint.ref, "Charged twice", TXN, TXN2, "¥1,280.00"):
        assert text in page
    row = bill.findings.get()
    address = reverse("desk:bill_decide", args=[bill.public_id, row.pk, "confirm"])
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert "Confirmed" in client.get(answer.url).content.decode()


def test_a_second_press_reads_nothing_twice(at, lin, complaint):
    key = uuid.uuid4()
    for _press in range(2):
        assert hand_in(at(lin), WECHAT, key).status_code == 302
    assert Bill.objects.count() == 1


def test_columns_nobody_knows_are_asked_for(at, lin, complaint):
    client = at(lin)
    page = client.get(hand_in(client, OWN.format(TXN, TXN2)).url).content.decode()
    assert "Which column is which?" in page
    bill = Bill.objects.get()
    address = reverse("desk:bill_layout", args=[bill.public_id])
    refused = client.post(address, {"number": "1", "paid": "OK"})
    assert refused.status_code == 400
    assert 'value="OK"' in refused.content.decode()
    assert client.post(address, {"number": "1", "amount": "2", "status": "3", "paid": "OK", "failed": "NG"}).status_code == 302
    assert complaint.ref in client.get(hand_in(client, OWN.format(TXN, TXN2)).url).content.decode()
    assert client.post(reverse("desk:bill_layout", args=[Bill.objects.first().public_id]), {}).status_code == 404


@pytest.mark.parametrize("data", [{}, {"key": "x"}, {"key": str(uuid.uuid4())}, {"key": str(uuid.uuid4()), "file": "text"}])
def test_nothing_handed_in_is_told(at, lin, data):
    answer = at(lin).post(reverse("desk:bills"), data)
    assert answer.status_code == 400
    assert "alert" in answer.content.decode()


def test_an_empty_file_is_told(at, lin):
    assert hand_in(at(lin), "").status_code == 400


def test_a_picture_is_no_bill(at, lin):
    client = at(lin)
    page = client.get(hand_in(client, "\x89PNG\r\n\x1a\n" + "x" * 100, encoding="latin-1").url).content.decode()
    assert "This is no bill that we can read" in page


def test_a_form_without_its_token_is_refused(lin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lin)
    assert hand_in(client, WECHAT).status_code == 403
    assert not Bill.objects.exists()


def test_others_do_not_open_it(at, mei, chen, sun, lin, complaint):
    bill = hand_in(at(lin), WECHAT).url
    for other in (mei, chen, sun):
        for address in (reverse("desk:bills"), bill, f"{bill}progress/"):
            assert at(other).get(address).status_code == 403
        assert hand_in(at(other), WECHAT).status_code == 403
    assert Bill.objects.count() == 1


def test_the_progress_is_told(at, lin, complaint):
    client = at(lin)
    url = hand_in(client, WECHAT).url
    assert client.get(f"{url}progress/").json() == {"state": "done", "lines": 3}
    assert client.get(reverse("desk:bill_progress", args=[uuid.uuid4()])).json() == {"state": "reading", "lines": 0}


def test_the_pages_cost_the_same_however_much_was_found(at, lin, mei, complaint, django_assert_max_num_queries):
    client = at(lin)
    url = hand_in(client, WECHAT).url
    client.get(url)
    with django_assert_max_num_queries(7):
        client.get(url)
    with django_assert_max_num_queries(5):
        client.get(reverse("desk:bills"))


def test_of_a_file_from_people_who_may_not_send_it_nothing_is_kept(at, mei, client, monkeypatch):
    kept = []
    monkeypatch.setattr(Pressed, "add", lambda self, data: kept.append(len(data)))
    for browser in (client, at(mei)):
        assert hand_in(browser, WECHAT).status_code in (302, 403)
    assert kept == []


def test_a_page_takes_one_bill_at_a_time(at, lin, complaint, monkeypatch):
    kept = []
    add = Pressed.add
    monkeypatch.setattr(Pressed, "add", lambda self, data: (kept.append(len(data)), add(self, data)))
    files = [SimpleUploadedFile(f"{n}.csv", WECHAT.encode("gb18030")) for n in range(3)]
    at(lin).post(reverse("desk:bills"), {"file": files, "key": str(uuid.uuid4())})
    assert sum(kept) == len(WECHAT.encode("gb18030"))


def test_a_complaint_that_is_over_offers_no_confirmation_and_says_why(at, lin, mei, complaint):
    client = at(lin)
    url = hand_in(client, WECHAT).url
    row = Bill.objects.get().findings.get()
    confirm, dismiss = (reverse("desk:bill_decide", args=[row.bill.public_id, row.pk, deed]) for deed in ("confirm", "dismiss"))
    assert confirm in client.get(url).content.decode()
    perform(mei, complaint.ref, "withdraw", {})
    page = client.get(url).content.decode()
    assert "The complaint is over" in page
    assert confirm not in page
    assert dismiss in page
    assert client.post(confirm).status_code == 409
    assert client.post(dismiss).status_code == 302


def test_a_refund_is_an_agents_to_record(at, lin, zhao, complaint):
    url = hand_in(at(lin), WECHAT_MERCHANT).url
    assert "Confirming records the refund" in at(lin).get(url).content.decode()
    page = at(zhao).get(url).content.decode()
    assert "Only an agent can confirm this" in page
    assert "/confirm/" not in page
