"""The mailbox: what was not read is taken, then marked; a server that is away is tried again."""

from __future__ import annotations

import ssl
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from inbound_mail import polling
from inbound_mail.ingest import forget_letters
from inbound_mail.models import Letter
from inbound_mail.periodic import take_letters
from inbound_mail.polling import poll
from inbound_mail.tests.letters import OWN, PLAIN, letter
from inbound_mail.tests.server import IMAP
from tickets.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    server = IMAP()
    settings.INBOUND_URL = server.url
    yield server
    server.shutdown()
    server.server_close()


def test_what_is_unread_is_taken_and_marked(server, ticket, address):
    server.letters = [letter(address, PLAIN["gmail"]).as_bytes(), letter("desk@example.com").as_bytes()]
    assert poll(timezone.now()) == 2
    assert [message.body for message in Message.objects.all()] == [OWN]
    assert server.seen == {1, 2}
    assert poll(timezone.now()) == 0
    assert Message.objects.count() == 1


def test_a_mailbox_that_forgets_what_was_read_changes_nothing(server, ticket, address):
    server.letters = [letter(address).as_bytes()]
    poll(timezone.now())
    server.seen.clear()
    assert poll(timezone.now()) == 1
    assert Message.objects.count() == 1


def test_one_that_cannot_be_taken_stays_unread_and_stops_nobody(server, ticket, address, monkeypatch):
    server.letters = [letter(address, "bad").as_bytes(), letter(address, "good").as_bytes()]
    take = polling.ingest_email

    def fails(raw, now):
        if b"bad" in raw:
            raise OSError("the store is away")
        return take(raw, now)

    monkeypatch.setattr(polling, "ingest_email", fails)
    assert poll(timezone.now()) == 1
    assert server.seen == {2} and Message.objects.get().body == "good"


def test_a_server_that_is_away_or_refuses_us_is_no_error(server, ticket, settings, caplog):
    settings.INBOUND_URL = server.url.replace("pass%40word", "wrong-secret")
    assert take_letters(timezone.now()) == 0
    settings.INBOUND_URL = "imap://desk:wrong-secret@127.0.0.1:1/INBOX"
    assert take_letters(timezone.now()) == 0
    assert "wrong-secret" not in caplog.text


def test_without_an_address_nothing_is_asked(settings):
    settings.INBOUND_URL = ""
    assert poll(timezone.now()) == 0


@pytest.mark.parametrize(("url", "reply"), [("http://a:s3cret@b/", "desk@example.com"), ("imap://a:s3cret@b/", "")])
def test_a_setting_that_cannot_work_fails_by_name_and_keeps_the_password(settings, url, reply):
    settings.INBOUND_URL, settings.REPLY_ADDRESS = url, reply
    with pytest.raises(ImproperlyConfigured, match="INBOUND_URL") as error:
        poll(timezone.now())
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(("scheme", "kind"), [("imap+ssl", "MailBox"), ("imap+tls", "MailBoxStartTls")])
def test_certificates_are_checked(settings, monkeypatch, scheme, kind):
    asked = {}

    def box(host, port, **options):
        asked.update(options, port=port)
        raise OSError("away")

    monkeypatch.setattr(polling, kind, box)
    settings.INBOUND_URL = f"{scheme}://a:b@mail.example.com/INBOX"
    assert take_letters(timezone.now()) == 0
    assert asked["ssl_context"].verify_mode == ssl.CERT_REQUIRED and asked["ssl_context"].check_hostname
    assert asked["port"] == (993 if scheme == "imap+ssl" else 143)


def test_the_tick_names_it(server, ticket, address):
    server.letters = [letter(address).as_bytes()]
    said = StringIO()
    call_command("tick", stdout=said)
    assert "letters taken: 1" in said.getvalue()


def test_which_letters_came_is_forgotten_in_time(db):
    now = timezone.now()
    Letter.objects.create(digest="a", at=now - timedelta(days=91))
    Letter.objects.create(digest="b", at=now)
    assert forget_letters(now) == 1 and Letter.objects.get().digest == "b"


def test_a_good_letter_behind_two_hundred_hostile_ones_is_taken_at_the_first_look(server, ticket, address):
    """Of strangers' letters only the heads are read: neither their trees nor their HTML are ever fetched."""
    tree = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_400))
    deep, long = tree, b"Content-Type: text/html\n\n" + b"<!--" * 20_000
    hostile = [b"From: x@example.net\nTo: desk@example.com\nMessage-ID: <%d@x>\n" % n + (deep, long)[n % 2] for n in range(200)]
    server.letters = [*hostile, letter(address, "good").as_bytes()]
    assert poll(timezone.now()) == 201
    assert Message.objects.get().body == "good" and len(server.seen) == 201
    assert server.sent < 201 * 65 * 1024


def test_hostile_letters_with_a_good_address_are_set_aside_and_the_next_is_taken(server, ticket, address):
    tree = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_400))
    bad = b"From: mei@example.com\nTo: %s\nMessage-ID: <1@x>\n" % address.encode() + tree
    large = letter(address, "x" * 70_000).as_bytes()
    server.letters = [bad, large, letter(address, "good").as_bytes()]
    assert poll(timezone.now()) == 3
    assert list(Letter.objects.order_by("pk").values_list("outcome", "reason")) == [("held", "unreadable"), ("refused", ""), ("taken", "")]


def test_what_raises_at_each_look_never_keeps_the_rest_waiting(server, ticket, address, monkeypatch):
    server.letters = [b"Subject: bad\n\nx"] * 120 + [letter(address, "good").as_bytes()]
    take = polling.ingest_email

    def fails(raw, now):
        if b"bad" in raw:
            raise RecursionError
        return take(raw, now)

    monkeypatch.setattr(polling, "ingest_email", fails)
    assert poll(timezone.now()) == 1 and Message.objects.get().body == "good"


def test_the_look_ends_in_time_and_goes_on_later(server, ticket, address, monkeypatch):
    server.letters = [letter(address, str(n)).as_bytes() for n in range(3)]
    monkeypatch.setattr(polling, "BUDGET", timedelta())
    assert poll(timezone.now()) == 0 and not server.seen
