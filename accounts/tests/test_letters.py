"""Letters about signing in: no page waits for the mail server, none is lost while it is away, none lies open in the database."""

import re
import socket
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import letters, mail_outage
from accounts.models import Letter, MailOutage
from accounts.periodic import send_letters_task
from supportdesk.celery import app
from tickets.tests.mailing import Server

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
State = Letter.State
LOGIN = "/accounts/login/"


def ask_for_code(client):
    return client.post(LOGIN, {"login": "mei@example.com", "by": "code"})


@pytest.fixture
def lost_tasks():
    """Tasks are handed down to nobody: what is found again is found by the sweep."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


@pytest.fixture
def by_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.2
    return settings


class Greeter:
    """Takes connections and says one line, or nothing at all."""

    def __init__(self, line: bytes = b"") -> None:
        self.line, self.calls, self._open = line, 0, []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            self._open.append(line)
            line.sendall(self.line)

    def stop(self) -> None:
        for each in (self._socket, *self._open):
            each.close()


@pytest.fixture
def hung(by_smtp):
    server = Greeter()
    by_smtp.EMAIL_PORT = server.port
    yield server
    server.stop()


@pytest.fixture
def server(by_smtp):
    server = Server()
    by_smtp.EMAIL_PORT, by_smtp.EMAIL_TIMEOUT = server.port, 5
    yield server
    server.stop()


def the_letter() -> Letter:
    return Letter.objects.get()


# ---- The page
@pytest.mark.django_db(transaction=True)
def test_a_server_that_hangs_keeps_no_page_waiting(client, mei, hung, settings, lost_tasks) -> None:
    settings.EMAIL_TIMEOUT = 30
    begun = time.monotonic()
    answer = ask_for_code(client)
    assert time.monotonic() - begun < 2
    assert answer.url == "/accounts/login/code/confirm/"
    assert (the_letter().state, hung.calls) == (State.WAITING, 0)


def test_who_asks_while_it_is_known_to_be_away_hears_that_the_letter_is_late(client, mei, lost_tasks) -> None:
    mail_outage.note_away("refused", timezone.now())
    assert "邮件服务器暂时没有响应" in client.get(ask_for_code(client).url).text


# ---- The row
def test_neither_code_nor_address_lies_open_and_nothing_once_it_was_sent(client, mei, lost_tasks) -> None:
    ask_for_code(client)
    row = the_letter()
    assert "mei@example.com" not in row.sealed and row.sealed.startswith("gAAAA")
    send_letters_task()
    [letter] = mail.outbox
    assert letter.to == ["mei@example.com"]
    assert re.search(r"^\d{6}$", letter.body, re.MULTILINE)
    assert letter.alternatives
    row.refresh_from_db()
    assert (row.state, row.sealed) == (State.SENT, "")


def test_it_goes_out_once_whoever_finds_it(client, mei, lost_tasks) -> None:
    ask_for_code(client)
    assert [letters.send_letter(the_letter().pk, timezone.now()) for _ in range(2)] == [True, None]
    assert letters.send_waiting(timezone.now()) == 0
    assert len(mail.outbox) == 1


def test_a_code_that_does_not_work_any_more_is_not_sent(client, mei, lost_tasks) -> None:
    with time_machine.travel("2026-03-10T09:00:00+08:00", tick=False):
        ask_for_code(client)
    with time_machine.travel("2026-03-10T09:10:00+08:00", tick=False):
        send_letters_task()
    assert mail.outbox == []
    assert (the_letter().state, the_letter().sealed) == (State.FAILED, "")
    with time_machine.travel("2026-03-11T09:10:01+08:00", tick=False):
        send_letters_task()
    assert not Letter.objects.exists()


# ---- The server
@pytest.mark.parametrize("line", [b"", b"421 too many connections\r\n", b"451 not now\r\n", b"554 no service\r\n"], ids=repr)
def test_a_server_that_takes_no_letters_costs_no_try_and_is_told_once(line, client, mei, by_smtp, lost_tasks, caplog) -> None:
    away = Greeter(line)
    by_smtp.EMAIL_PORT = away.port
    ask_for_code(client)
    now = timezone.now()
    for seconds in (0, 16, 32, 300):
        assert letters.send_waiting(now + timedelta(seconds=seconds)) == 0
    away.stop()
    assert (the_letter().state, the_letter().attempts, bool(the_letter().error)) == (State.WAITING, 0, True)
    assert caplog.text.count("The mail server is away") == 1


def test_while_it_is_known_to_be_away_nobody_waits_for_it(client, mei, hung, lost_tasks) -> None:
    ask_for_code(client)
    now = timezone.now()
    for _ in range(3):
        letters.send_letter(the_letter().pk, now)
    assert hung.calls == 1


def test_all_leave_within_a_minute_of_its_return(client, mei, server, lost_tasks, caplog) -> None:
    server.stop()
    ask_for_code(client)
    now = timezone.now()
    letters.send_waiting(now)
    assert mail_outage.away_since() is not None
    server.start()
    assert letters.send_waiting(now) == 0, "it is left alone for a moment"
    assert letters.send_waiting(now + timedelta(seconds=30)) == 1
    assert len(server.inbox.to("mei@example.com")) == 1
    assert not MailOutage.objects.exists()
    assert "The mail server answers again" in caplog.text


@pytest.mark.parametrize("how", ["refuse", "hang_up_on"])
def test_a_letter_that_is_refused_itself_uses_up_its_tries(how, client, mei, server, lost_tasks) -> None:
    setattr(server.inbox, how, {"mei@example.com"})
    ask_for_code(client)
    assert letters.send_letter(the_letter().pk, timezone.now()) is False
    assert (the_letter().state, the_letter().attempts) == (State.WAITING, 1)
    assert mail_outage.away_since() is None
