"""Letters: in the reader's language and zone, with a way to the ticket and nothing that should not travel by mail."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from django.utils import translation

from tickets.delivery.emails import compose_email
from tickets.models import Notification, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.words import NOTICE, TIMER
from tickets.workflow import TIMERS
from tickets.workflow.recipients import OWNER

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
DUE = "2026-10-10T16:00:00+00:00"


@pytest.fixture
def ticket(clock, mei) -> Ticket:
    return file_ticket(mei, filing(amount="1280.00", account="douyin:13812345678"))


def row(ticket: Ticket, kind: str, recipient=None, **data) -> Notification:
    at = datetime(2026, 10, 9, tzinfo=UTC)
    person = recipient or ticket.owner
    return Notification.objects.create(ticket=ticket, recipient=person, kind=kind, data=data, urgent=True, created_at=at, not_before=at)


def texts(message) -> str:
    return "\n".join([message.subject, message.body, *(part.content for part in message.alternatives)])


def test_a_customer_reads_chinese_and_finds_the_complaint(ticket, mei, settings) -> None:
    settings.SITE_URL = "https://desk.example"
    message = compose_email(mei, [row(ticket, "approved")])
    assert message.to == ["mei@example.com"]
    assert message.subject == f"您的投诉已获支持 · {ticket.ref}"
    for text in (message.body, message.alternatives[0].content):
        assert f"https://desk.example/my/{ticket.ref}/" in text
        assert "Mei" in text
    assert message.alternatives[0].mimetype == "text/html"


def test_the_language_is_the_readers_and_not_the_threads(ticket, mei) -> None:
    mei.language = "en"
    with translation.override("zh-hans"):
        message = compose_email(mei, [row(ticket, "approved")])
        assert translation.get_language() == "zh-hans"
    assert message.subject == f"Your complaint has been approved · {ticket.ref}"
    assert "Hello Mei," in message.body
    assert '<html lang="en">' in message.alternatives[0].content


def test_staff_are_led_to_the_desk(ticket, lin) -> None:
    message = compose_email(lin, [row(ticket, "customer_message", lin)])
    assert f"/desk/{ticket.ref}/" in message.body
    assert "/my/" not in texts(message)


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("", "", "2026年10月10日（周六）24:00（北京时间）"),
        ("en", "", "Sat 10 Oct 2026 24:00 (Beijing time)"),
        ("en", "America/New_York", "Sat 10 Oct 2026 12:00 (America/New_York)"),
        ("en", "No/Where", "Sat 10 Oct 2026 24:00 (Beijing time)"),
    ],
)
def test_dates_come_with_weekday_and_zone(ticket, mei, language, zone, expected) -> None:
    mei.language, mei.timezone = language, zone
    message = compose_email(mei, [row(ticket, "timer.warned", timer="supplement", level="-1wd", due_at=DUE)])
    assert expected in message.body
    assert expected in message.alternatives[0].content


def test_a_passed_deadline_says_what_to_do_now(ticket, mei, zhao) -> None:
    mei.language = zhao.language = "en"
    said = compose_email(mei, [row(ticket, "timer.passed", timer="freeze_exec", due_at=DUE)])
    assert "freeze the account yourself" in said.body
    said = compose_email(zhao, [row(ticket, "timer.passed", zhao, timer="freeze_exec", due_at=DUE)])
    assert said.subject.startswith("A deadline was missed: Freeze the account")


def test_asked_for_evidence_is_named(ticket, mei) -> None:
    message = compose_email(mei, [row(ticket, "request_evidence", kinds=["payment_voucher", "no_such_kind"])])
    assert "- 付款凭证" in message.body
    assert "<li>付款凭证</li>" in message.alternatives[0].content


def test_a_file_that_could_not_be_used_is_named(ticket, mei) -> None:
    assert "- 付款凭证" in compose_email(mei, [row(ticket, "evidence_rejected", evidence="payment_voucher", item=7)]).body


def test_a_digest_is_one_letter(ticket, mei) -> None:
    mei.language = "en"
    message = compose_email(mei, [row(ticket, "start_review"), row(ticket, "escalate", target="l1_internal")])
    assert message.subject == "2 updates on your complaints"
    assert "Your appeal is being reviewed" in message.body
    assert "You asked us to take your complaint further" in message.body


def test_letters_of_one_ticket_hang_together(ticket, mei, wang, settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Desk <desk@mail.example>"
    other = file_ticket(mei, filing(order_numbers=[]))
    first, second, third = (compose_email(mei, [row(each, "reply")]).message() for each in (ticket, ticket, other))
    assert first["References"] == second["References"] == f"<{ticket.ref}@mail.example>" != third["References"]
    assert len({each["Message-ID"] for each in (first, second, third)}) == 3
    both = compose_email(mei, [row(ticket, "reply"), row(other, "reply")]).message()
    assert both["References"] is None


def test_the_same_notice_sent_twice_is_one_message(ticket, mei) -> None:
    notice = row(ticket, "reply")
    assert compose_email(mei, [notice]).message()["Message-ID"] == compose_email(mei, [notice]).message()["Message-ID"]


def test_no_sum_account_or_number_travels(ticket, mei) -> None:
    for kind in NOTICE:
        said = texts(compose_email(mei, [row(ticket, kind, amount="1280.00", reason="身份证 110101199003070000", account="13812345678")]))
        for secret in ("1280", "13812345678", "138****5678", "202603100001234", "110101", "盗用"):
            assert secret not in said.replace(ticket.ref, ""), (kind, secret)


def test_nothing_typed_can_add_a_header(ticket, mei) -> None:
    mei.name = "Mei\r\nBcc: all@example.com"
    message = compose_email(mei, [row(ticket, "reply")]).message()
    assert message["Bcc"] is None
    mei.email = "mei@example.com\nBcc: all@example.com"
    with pytest.raises(BadHeaderError):
        compose_email(mei, [row(ticket, "reply")]).message()


def test_markup_in_a_name_is_only_text(ticket, mei) -> None:
    mei.name = "<b>Mei</b> & co"
    message = compose_email(mei, [row(ticket, "reply")])
    assert "<b>Mei</b> & co" in message.body
    assert "&lt;b&gt;Mei&lt;/b&gt; &amp; co" in message.alternatives[0].content


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_notice_of_the_tables_makes_a_letter(ticket, mei, lin, language) -> None:
    mei.language = lin.language = language
    rows = [(kind, {}) for kind in NOTICE]
    rows += [(kind, {"timer": key, "due_at": DUE}) for kind in ("timer.warned", "timer.passed") for key in TIMER]
    for kind, data in rows:
        for reader in (mei, lin):
            message = compose_email(reader, [row(ticket, kind, reader, **data)])
            assert "\n" not in message.subject
            assert message.message()
    assert mail.outbox == []


def test_a_customer_is_warned_of_their_own_deadlines_only() -> None:
    assert OWNER not in {notice.to for timer in TIMERS.values() for notice in (*timer.warns, *timer.warns_again)}
