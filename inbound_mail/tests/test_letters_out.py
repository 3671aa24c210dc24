"""Our letters say where an answer goes, and hang together; what the answer's refusal says reads well in both languages."""

import pytest
from django.utils import timezone

from inbound_mail.ingest import ingest_email
from inbound_mail.tests.letters import letter as answer
from tickets.delivery.emails import compose_email
from tickets.models import Notification
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


def notice(ticket, person, kind="reply"):
    now = timezone.now()
    return Notification.objects.create(ticket=ticket, recipient=person, kind=kind, urgent=True, created_at=now, not_before=now)


def test_an_owner_may_answer(ticket, address, mei):
    sent = compose_email(mei, [notice(ticket, mei)])
    assert sent.reply_to == [address]
    assert sent.message()["References"] and sent.message()["Message-ID"].startswith("<notice.")
    for text in (sent.body, sent.alternatives[0].content):
        assert "您可以直接回复这封邮件" in text


def test_the_address_is_for_one_reader_and_one_complaint(ticket, mei, wang, lin):
    other = file_ticket(mei, filing(account="douyin:13700000000"))
    addresses = {compose_email(mei, [notice(each, mei)]).reply_to[0] for each in (ticket, other)}
    assert len(addresses) == 2
    assert compose_email(mei, [notice(ticket, mei), notice(other, mei)]).reply_to == []
    assert compose_email(lin, [notice(ticket, lin)]).reply_to == []


def test_where_answers_cannot_be_taken_none_is_asked_for(ticket, mei, settings):
    settings.REPLY_ADDRESS = ""
    sent = compose_email(mei, [notice(ticket, mei)])
    assert sent.reply_to == [] and "回复这封邮件" not in sent.body


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "邮件"), ("en", "Something in your e-mail could not be taken")])
def test_a_refusal_reaches_the_person_in_words(ticket, address, mei, language, said):
    mei.language = language
    mei.save()
    ingest_email(answer(address, "验证码 483920").as_bytes(), timezone.now())
    row = Notification.objects.select_related("ticket", "recipient").get(kind="letter_refused")
    sent = compose_email(mei, [row])
    assert said in sent.subject
    assert row.data["lines"][0] in sent.body and "483920" not in sent.body
