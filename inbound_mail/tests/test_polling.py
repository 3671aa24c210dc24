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
from inbound_mail.models import Letter, MailFolder
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
    assert poll(timezone.now()) == 0
    assert Message.objects.count() == 1


def test_what_somebody_read_elsewhere_is_taken(server, ticket, address):
    server.letters, server.seen = [letter(address, "first").as_bytes()], {1}
    assert poll(timezone.now()) == 1
    server.letters.append(letter(address, "second").as_bytes())
    server.seen.add(2)
    assert poll(timezone.now()) == 1 and Message.objects.count() == 2


def test_where_the_numbers_begin_anew_nothing_is_lost_and_nothing_taken_twice(server, ticket, address):
    server.letters = [letter(address, str(n)).as_bytes() for n in range(3)]
    assert poll(timezone.now()) == 3
    server.validity, server.letters = 2, [server.letters[2], letter(address, "new").as_bytes()]
    assert poll(timezone.now()) == 2
    assert sorted(Message.objects.values_list("body", flat=True)) == ["0", "1", "2", "new"]
    row = MailFolder.objects.get()
    assert (row.uid_validity, row.last_uid, row.unsettled) == (2, 2, {})


def test_two_folders_are_looked_at_and_one_that_is_not_there_stops_nobody(server, ticket, address, settings):
    settings.INBOUND_URL += ",none,Junk"
    server.letters = [letter(address, "inbox").as_bytes()]
    server.others["Junk"] = [letter(address, "junk").as_bytes(), server.letters[0]]
    assert poll(timezone.now()) == 3
    assert sorted(Message.objects.values_list("body", flat=True)) == ["inbox", "junk"]
    assert MailFolder.objects.count() == 2 and poll(timezone.now()) == 0


def test_a_line_that_breaks_in_the_middle_of_a_letter_loses_nothing(server, ticket, address):
    server.letters = [letter(address, "small").as_bytes(), letter(address, "l" * 10_000 + "\n" * 90_000).as_bytes()]
    server.cut_after = len(server.letters[0]) + 65 * 1024 + 1_000  # the heads came, the large one does not
    assert take_letters(timezone.now()) == 0
    assert [message.body for message in Message.objects.all()] == ["small"]
    server.cut_after = None
    assert poll(timezone.now()) == 1 and Message.objects.count() == 2


def test_two_that_look_at_once_take_each_letter_once(server, ticket, address, monkeypatch):
    server.letters = [letter(address, str(n)).as_bytes() for n in range(3)]
    take, looks = polling.ingest_email, []

    def meanwhile(raw, now):
        if not looks:
            looks.append("begun")
            poll(now)
        return take(raw, now)

    monkeypatch.setattr(polling, "ingest_email", meanwhile)
    poll(timezone.now())
    assert Message.objects.count() == 3 and poll(timezone.now()) == 0


def test_what_raises_each_time_is_left_in_the_end(server, ticket, address, monkeypatch):
    monkeypatch.setattr(polling, "MOST_LOOKS", 2)
    monkeypatch.setattr(polling, "ingest_email", lambda raw, now: 1 / 0)
    server.letters = [letter(address).as_bytes()]
    assert poll(timezone.now()) == 0 and MailFolder.objects.get().unsettled == {"1": 1}
    assert poll(timezone.now()) == 0 and MailFolder.objects.get().unsettled == {}


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
