"""Whoever reads traditional characters meets no simplified one of ours: pages, letters, papers; their own words stay as they wrote them."""

from __future__ import annotations

import re
from datetime import timedelta

import polib
import pypdfium2
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from lib.traditional import in_traditional
from portal.tests.conftest import main_of, text_of
from scripts.messages import CATALOGUE
from tickets.delivery.sending import deliver_waiting
from tickets.operations import post_message
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db
VISITED = ("/", "/freeze/", "/file/", "/follow/", "/accounts/login/", "/categories/", "/calendar/")
OWN = "我的手机里的话"  # in simplified characters, like what the tests let customers and reviewers write
WRITTEN = (OWN, "手机收到月付充值成功的短信，但我本人没有进行任何充值操作，账户被人盗用。", "核实为系统重复扣款。")


def only_simplified() -> set[str]:
    """Characters of our texts that no text has after the conversion."""
    texts = "".join(entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete)
    return set(texts) - set(in_traditional(texts))


@pytest.fixture
def reader(mei):
    mei.language = "zh-hant"
    mei.save(update_fields=["language"])
    return mei


def check(text: str, place: str) -> None:
    """`lang` marks what is cited as it stands: the source of an advice, the button to the other script."""
    text = re.sub(r'<(\w+)[^>]* lang="zh-Hans".*?</\1>', "", text)
    for own in WRITTEN:
        text = text.replace(own, "")
    wrong = only_simplified()
    assert [part.strip() for part in re.findall(r"[^<>\"]+", text) if set(part) & wrong] == [], place


@pytest.mark.parametrize("asked", ["zh-TW", "zh-HK,zh;q=0.8", "zh-Hant"])
def test_a_browser_that_asks_for_it_gets_it(asked):
    page = Client().get("/", headers={"accept-language": asked})
    assert '<html lang="zh-Hant"' in text_of(page)
    assert "凍結" in text_of(page)


def test_pages_for_visitors():
    client = Client(headers={"accept-language": "zh-TW"})
    for place in VISITED:
        answer = client.get(place, follow=True)
        if answer.status_code == 200:
            check(text_of(answer), place)


@pytest.mark.parametrize("status", ["evidence_collection", "under_review", "rejected", "remedy_pending", "closed"])
def test_a_complaint_in_it(reader, phone, in_status, status):
    ticket = in_status(status)
    for place in (f"/tickets/{ticket.ref}/", f"/tickets/{ticket.ref}/further/", "/tickets/"):
        check(main_of(phone.get(place)), f"{place} {status}")


def test_what_they_wrote_is_as_they_wrote_it(reader, phone):
    ref = submitted(reader).ref
    post_message(reader, ref, {"body": OWN})
    assert OWN in text_of(phone.get(f"/tickets/{ref}/"))


def test_letters(reader):
    submitted(reader)
    deliver_waiting(timezone.now() + timedelta(days=2))
    assert mail.outbox
    for letter in mail.outbox:
        check(f"{letter.subject}{letter.body}", letter.subject)


def test_a_receipt_on_paper(reader, phone):
    paper = b"".join(phone.get(f"/tickets/{submitted(reader).ref}/receipt/1.pdf"))
    with pypdfium2.PdfDocument(paper) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "回執" in text
    check(text.replace("\r\n", ""), "receipt")


def test_it_is_chosen_and_left_again(phone, mei):
    phone.post("/i18n/setlang/", {"language": "zh-hant", "next": "/"})
    mei.refresh_from_db()
    assert mei.language == "zh-hant"
    with translation.override("zh-hant"):
        assert 'value="zh-hans"' in text_of(phone.get("/"))
