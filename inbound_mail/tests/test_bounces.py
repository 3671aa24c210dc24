"""Our letters that come back mark the address and tell who has the complaint; what nobody of ours wrote marks nothing."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from django.utils import timezone

from inbound_mail.bounces import status_of
from inbound_mail.ingest import ingest_email
from tickets.models import Event, Notification

pytestmark = pytest.mark.django_db
FORMS = ("whole letter", "heads only", "base64", "no report", "digest")


def report(address: str, form: str = "whole letter", action: str = "failed", status: str = "5.1.1", to: str = "mei@example.com") -> bytes:
    """As mail servers send it, to whom our letters come from."""
    ours = f"From: desk@example.com\nTo: {to}\nReply-To: {address}\nMessage-ID: <notice.1.2@d>\nSubject: x\n\ntext\n"
    said = f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
    head = "From: MAILER-DAEMON@mx.example\nTo: desk@example.com\nSubject: Undelivered\nMIME-Version: 1.0\n"
    if form == "no report":
        return f"From: PostMaster@qq.com\nTo: desk@example.com\nSubject: x\n\n550 mailbox not found: {to}\n\n{ours}".encode()
    if form == "base64":
        parts = [("message/delivery-status", said, True), ("text/rfc822-headers", ours, True)]
    elif form == "digest":
        parts = [("message/delivery-status", said, False), ("multipart/digest; boundary=d", f"--d\n\n{ours}\n--d--\n", False)]
    else:
        parts = [("message/delivery-status", said, False), ({"heads only": "text/rfc822-headers"}.get(form, "message/rfc822"), ours, False)]
    body = "".join(
        f"--r\nContent-Type: {kind}\n"
        + (f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(text.encode()).decode()}" if wrapped else f"\n{text}")
        + "\n"
        for kind, text, wrapped in parts
    )
    return f"{head}Content-Type: multipart/report; boundary=r; report-type=delivery-status\n\n{body}--r--\n".encode()


def bounced(mei) -> str:
    mei.refresh_from_db()
    return mei.bounced_address


@pytest.mark.parametrize("form", FORMS)
def test_a_letter_that_comes_back_marks_the_address_and_is_told_once(form, ticket, address, mei, lin, client):
    for number in range(2):
        raw = report(address, form) + b"\n" * number
        assert ingest_email(raw, timezone.now()) == "automatic"
    assert bounced(mei) == "mei@example.com"
    assert Event.objects.filter(kind="letter_bounced", visibility="internal").count() == 1
    assert Notification.objects.filter(kind="letter_bounced").exclude(recipient=mei).exists()
    assert not Notification.objects.filter(kind="letter_bounced", recipient=mei).exists()
    client.force_login(lin)
    assert "（邮件被退回）" in client.get(f"/desk/tickets/{ticket.ref}/", headers={"accept-language": "zh-hans"}).content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed", "status": "4.4.1"}, {"action": "delivered", "status": "2.0.0"}, {"to": "wang@example.com"},
        {"address": "desk@example.com"},
    ],
)  # fmt: skip
def test_what_is_late_or_of_somebody_else_or_made_up_marks_nothing(changes, ticket, address, mei):
    assert ingest_email(report(**{"address": address, **changes}), timezone.now()) == "automatic"
    assert not bounced(mei) and not Event.objects.filter(kind="letter_bounced").exists()


def test_another_address_is_no_longer_marked(ticket, address, mei):
    ingest_email(report(address), timezone.now())
    mei.refresh_from_db()
    mei.email = "new@example.com"
    assert mei.bounced_address != mei.email


def test_an_answer_of_somebody_away_is_no_bounce(ticket, address, mei):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "mei@example.com", address, "Automatic reply: news"
    message.set_content("I am away until 550 people are back; mei@example.com")
    assert ingest_email(message.as_bytes(), timezone.now()) == "automatic" and not bounced(mei)


def test_reports_say_whether_it_is_for_good():
    assert status_of("Action: failed\nStatus: 5.7.1") == "5.7.1" and status_of("退信：收件人不存在") == ""
    assert status_of("Action: delayed\nStatus: 4.2.2") is None and status_of("hello") is None
