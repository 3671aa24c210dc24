"""The pages of payment bills: who opens them, what a wrong file says, what a press of a button does."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evidence.sandbox.client import SandboxUnavailable
from evidence.tests.test_bill_files import workbook
from tickets.bills.files import CompressedFile
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


def hand_in(client, text: str, key=None, encoding: str = "gb18030", name: str = "三月.csv"):
    file = SimpleUploadedFile(name, text.encode(encoding), "text/csv")
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
    assert re.search('name="amount"[^>]*aria-invalid="true"', refused.content.decode()), "the error stands at its field"
    told = client.post(address, {"number": "1", "amount": "2", "status": "3", "paid": "OK", "failed": "NG"}, follow=True)
    assert told.redirect_chain == [(reverse("desk:bills"), 302)]
    assert "The columns are remembered." in told.content.decode()
    assert complaint.ref in client.get(hand_in(client, OWN.format(TXN, TXN2)).url).content.decode()
    assert client.post(reverse("desk:bill_layout", args=[Bill.objects.first().public_id]), {}).status_code == 404


@pytest.mark.parametrize("data", [{}, {"key": "x"}, {"key": str(uuid.uuid4())}, {"key": str(uuid.uuid4()), "file": "text"}])
def test_nothing_handed_in_is_told(at, lin, data):
    answer = at(lin).post(reverse("desk:bills"), data)
    assert answer.status_code == 400
    assert "alert" in answer.content.decode()


def test_an_empty_file_is_told(at, lin):
    refused = hand_in(at(lin), "")
    assert refused.status_code == 400
    assert "The file is empty." in refused.content.decode()


def test_the_latest_bills_stand_first(at, lin, monkeypatch):
    monkeypatch.setattr("desk.bills.views.MOST_BILLS", 2)
    client = at(lin)
    for name in ("one.csv", "two.csv", "three.csv"):
        hand_in(client, WECHAT, name=name)
    page = client.get(reverse("desk:bills")).content.decode()
    assert page.index("three.csv") < page.index("two.csv")
    assert "one.csv" not in page


def test_the_complaint_says_what_its_bills_say(at, lin, chen, complaint):
    client, case = at(lin), reverse("desk:ticket", args=[complaint.ref])
    bill_page = hand_in(client, WECHAT).url
    row = Bill.objects.get().findings.get()
    waiting = client.get(case).content.decode()
    for text in ("The payment company says", "Charged twice", TXN2, "Waits for a person", f"{bill_page}?after={row.pk - 1}"):
        assert text in waiting
    client.post(reverse("desk:bill_decide", args=[row.bill.public_id, row.pk, "confirm"]))
    confirmed = client.get(case).content.decode()
    assert "Confirmed" in confirmed
    assert "charged_twice" not in confirmed, "the history has words for it"
    others = at(chen).get(case).content.decode()
    assert "Charged twice" in others
    assert bill_page not in others, "no way to a page that refuses"


def test_what_was_set_aside_is_not_said_of_the_complaint(at, lin, complaint):
    client = at(lin)
    hand_in(client, WECHAT)
    row = Bill.objects.get().findings.get()
    client.post(reverse("desk:bill_decide", args=[row.bill.public_id, row.pk, "dismiss"]))
    page = client.get(reverse("desk:ticket", args=[complaint.ref])).content.decode()
    assert "The payment company says" not in page
    assert "Set aside" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "This is a picture."), (b"%PDF-1.7", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "This is an old Excel file"), (b"Rar!\x1a\x07", "neither ZIP nor GZ"),
    ],
)  # fmt: skip
def test_what_is_no_bill_is_told_what_to_do(at, lin, data, words):
    refused = hand_in(at(lin), data.decode("latin-1"), encoding="latin-1", name="账单.csv")
    assert refused.status_code == 400
    assert words in refused.content.decode()
    assert not Bill.objects.exists()


def test_an_examiner_that_is_away_is_told(at, lin, monkeypatch):
    def away(_data: bytes) -> bytes:
        raise SandboxUnavailable

    monkeypatch.setattr("evidence.bill_files.unpack_bill", away)
    refused = hand_in(at(lin), "PK\x03\x04", encoding="latin-1")
    assert refused.status_code == 503
    assert "Try again in a minute" in refused.content.decode()


def test_a_workbook_is_compared_as_a_table_is(at, lin, complaint):
    file = SimpleUploadedFile("三月.xlsx", workbook(WECHAT))
    client = at(lin)
    answer = client.post(reverse("desk:bills"), {"file": file, "key": str(uuid.uuid4())})
    assert "Charged twice" in client.get(answer.url).content.decode()


def test_nothing_concerns_us_is_said_only_when_all_was_understood(at, lin):
    client = at(lin)
    whole = client.get(hand_in(client, WECHAT).url).content.decode()
    assert "None of our complaints stands in this bill." in whole
    spoilt = WECHAT.replace(TXN, "4.20000260310123E+27").replace("M20260310001", "/").replace("支付成功", "神秘状态")
    page = client.get(hand_in(client, spoilt).url).content.decode()
    assert "None of our complaints stands in this bill." not in page
    for words in ("numbers that a spreadsheet has shortened", "神秘状态", "has to be looked at by a person"):
        assert words in page


def test_money_proposed_elsewhere_is_named_with_the_way_there(at, lin, complaint):
    client = at(lin)
    first, second = hand_in(client, WECHAT, name="一.csv").url, hand_in(client, WECHAT, name="二.csv").url
    assert "Money is proposed once" not in client.get(first).content.decode()
    page = client.get(second).content.decode()
    assert "Money is proposed once for a transaction" in page
    assert f'href="{first}?after=' in page


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
    assert client.get(f"{url}progress/").json() == {"state": "done", "lines": 4}
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
    monkeypatch.setattr(CompressedFile, "add", lambda self, data: kept.append(len(data)))
    for browser in (client, at(mei)):
        assert hand_in(browser, WECHAT).status_code in (302, 403)
    assert kept == []


def test_a_page_takes_one_bill_at_a_time(at, lin, complaint, monkeypatch):
    kept = []
    add = CompressedFile.add
    monkeypatch.setattr(CompressedFile, "add", lambda self, data: (kept.append(len(data)), add(self, data)))
    files = [SimpleUploadedFile(f"{n}.csv", WECHAT.encode("gb18030")) for n in range(3)]
    at(lin).post(reverse("desk:bills"), {"file": files, "key": str(uuid.uuid4())})
    assert sum(kept) == len(WECHAT.encode("gb18030"))


def test_a_complaint_that_is_over_offers_no_confirmation_and_says_why(at, lin, mei, complaint):
    client = at(lin)
    url = hand_in(client, WECHAT).url
    row = Bill.objects.get().findings.get()
    confirm, dismiss = (reverse("desk:bill_decide", args=[row.bill.public_id, row.pk, action]) for action in ("confirm", "dismiss"))
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
