"""Delivery: every notice once, over a real mail server that fails; one digest a day; nothing lost, nothing stuck."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tickets.delivery.sending import BATCH, PAUSES, TRIES, deliver_waiting, next_digest
from tickets.models import Notification, Ticket
from tickets.operations import file_ticket
from tickets.tasks import deliver_notifications
from tickets.tests.cast import person
from tickets.tests.mailing import Server
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
State = Notification.State


@pytest.fixture
def server(settings):
    server = Server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.stop()


@pytest.fixture
def ticket(clock, mei) -> Ticket:
    made = file_ticket(mei, filing())
    made.notifications.all().delete()
    return made


def put(ticket: Ticket, recipient: User | None = None, *, urgent: bool = True, kind: str = "reply", **more) -> Notification:
    now = timezone.now()
    values = {"created_at": now, "not_before": now, "recipient": recipient, **more}
    return Notification.objects.create(ticket=ticket, kind=kind, urgent=urgent, **values)


def fresh(row: Notification) -> Notification:
    row.refresh_from_db()
    return row


# ---- Urgent notices
def test_an_urgent_notice_goes_out_as_a_letter_of_its_own(server, ticket, mei) -> None:
    rows = [put(ticket, mei), put(ticket, mei, kind="approved")]
    assert deliver_waiting(timezone.now()) == 2
    assert [fresh(row).state for row in rows] == [State.SENT, State.SENT]
    assert all(row.sent_at == timezone.now() and row.attempts == 1 for row in rows)
    letters = server.inbox.to("mei@example.com")
    assert len(letters) == 2
    assert ticket.ref in letters[0]["Subject"]
    assert letters[0].get_body(("plain",)) and letters[0].get_body(("html",))
    assert server.inbox.connections == 1, "one connection carries the batch"


def test_what_is_not_due_waits(server, ticket, mei) -> None:
    row = put(ticket, mei, not_before=timezone.now() + timedelta(minutes=1))
    assert deliver_waiting(timezone.now()) == 0
    assert fresh(row).state == State.PENDING
    assert server.inbox.letters == []


def test_what_was_sent_is_not_sent_again(server, ticket, mei) -> None:
    put(ticket, mei)
    assert [deliver_waiting(timezone.now()) for _ in range(2)] == [1, 0]
    assert len(server.inbox.letters) == 1


def test_more_than_one_batch_is_sent_in_one_go(server, ticket, mei) -> None:
    Notification.objects.bulk_create(
        Notification(ticket=ticket, recipient=mei, kind="reply", urgent=True, created_at=timezone.now(), not_before=timezone.now())
        for _ in range(BATCH + 5)
    )
    assert deliver_waiting(timezone.now()) == BATCH + 5
    assert len({letter["Message-ID"] for letter in server.inbox.letters}) == BATCH + 5


def test_the_task_sends_what_is_due_now(server, ticket, mei) -> None:
    put(ticket, mei)
    deliver_notifications.delay()
    assert len(server.inbox.letters) == 1


# ---- Groups
def test_a_notice_to_a_group_reaches_each_active_member(server, ticket, zhou, zhao) -> None:
    person("yang@example.com", Role.FREEZE_OPERATOR)
    person("left@example.com", Role.FREEZE_OPERATOR, is_active=False)
    row = put(ticket, audience=Role.FREEZE_OPERATOR, kind="request_freeze")
    assert deliver_waiting(timezone.now()) == 2
    assert {letter["To"] for letter in server.inbox.letters} == {"zhou@example.com", "yang@example.com"}
    assert fresh(row).state == State.SHOWN, "the group's own row stays for the desk"
    copies = Notification.objects.filter(ticket=ticket, recipient__isnull=False)
    assert {copy.audience for copy in copies} == {"freeze_operators"}


def test_a_member_whose_mailbox_refuses_does_not_alarm_the_others_twice(server, clock, ticket, zhou) -> None:
    person("yang@example.com", Role.FREEZE_OPERATOR)
    server.inbox.refuse = {"yang@example.com"}
    put(ticket, audience=Role.FREEZE_OPERATOR, kind="request_freeze")
    assert deliver_waiting(timezone.now()) == 1
    clock(timezone.now() + timedelta(hours=1))
    assert deliver_waiting(timezone.now()) == 0
    assert len(server.inbox.to("zhou@example.com")) == 1


def test_a_group_of_nobody_is_logged_and_still_shown(server, ticket, caplog) -> None:
    row = put(ticket, audience=Role.FREEZE_OPERATOR, kind="request_freeze")
    assert deliver_waiting(timezone.now()) == 0
    assert fresh(row).state == State.SHOWN
    assert "nobody is in the group freeze_operators" in caplog.text


# ---- Digests
def test_the_rest_of_a_day_comes_in_one_letter(server, ticket, mei, wang) -> None:
    rows = [put(ticket, mei, urgent=False, kind=kind) for kind in ("start_review", "escalate", "merge")]
    put(ticket, wang, urgent=False)
    assert deliver_waiting(timezone.now()) == 4
    assert len(server.inbox.to("mei@example.com")) == 1
    assert len(server.inbox.to("wang@example.com")) == 1
    assert {fresh(row).state for row in rows} == {State.SENT}


def test_a_person_gets_one_digest_a_day_where_they_live(server, clock, ticket, mei) -> None:
    clock("2026-03-11T09:00:00+08:00")
    put(ticket, mei, urgent=False)
    deliver_waiting(timezone.now())
    clock("2026-03-11T23:30:00+08:00")
    later = put(ticket, mei, urgent=False)
    assert deliver_waiting(timezone.now()) == 0
    assert fresh(later).state == State.PENDING
    assert later.not_before == datetime.fromisoformat("2026-03-12T09:00:00+08:00")
    assert deliver_waiting(clock("2026-03-12T09:00:00+08:00")) == 1
    assert len(server.inbox.letters) == 2


def test_a_warning_that_waited_until_it_was_over_is_not_sent(server, clock, ticket, mei) -> None:
    due = clock("2026-03-11T09:00:00+08:00").astimezone(UTC)
    over = put(ticket, mei, urgent=False, kind="timer.warned", data={"timer": "supplement", "due_at": due.isoformat()})
    still = put(ticket, mei, urgent=False, kind="timer.warned", data={"timer": "confirm", "due_at": (due + timedelta(days=1)).isoformat()})
    clock("2026-03-11T09:00:01+08:00")
    assert deliver_waiting(timezone.now()) == 1
    assert (fresh(over).state, fresh(still).state) == (State.SHOWN, State.SENT)


def test_the_day_is_the_readers_own(server, clock, ticket, mei) -> None:
    mei.timezone = "America/New_York"
    mei.save(update_fields=["timezone"])
    for day in ("2026-03-11", "2026-03-12"):
        clock(f"{day}T09:00:00+08:00")  # in the evening before, there
        put(ticket, mei, urgent=False)
        assert deliver_waiting(timezone.now()) == 0
        assert deliver_waiting(clock(f"{day}T21:00:00+08:00")) == 1  # 09:00 there


def test_urgent_letters_do_not_count_as_the_digest(server, ticket, mei) -> None:
    put(ticket, mei)
    put(ticket, mei, urgent=False)
    assert deliver_waiting(timezone.now()) == 2
    put(ticket, mei)
    assert deliver_waiting(timezone.now()) == 1


def test_a_digest_that_failed_is_tried_again_the_same_day(server, clock, ticket, mei) -> None:
    clock("2026-03-11T09:00:00+08:00")
    put(ticket, mei, urgent=False)
    server.inbox.refuse = {"mei@example.com"}
    assert deliver_waiting(timezone.now()) == 0
    server.inbox.refuse = set()
    assert deliver_waiting(clock("2026-03-11T09:05:00+08:00")) == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [("2026-03-10T08:59:00+08:00", "2026-03-10T09:00:00+08:00"), ("2026-03-10T09:00:00+08:00", "2026-03-11T09:00:00+08:00")],
)
def test_the_next_digest_is_at_nine(now: str, due: str) -> None:
    assert next_digest(datetime.fromisoformat(now).astimezone(UTC), "Asia/Shanghai") == datetime.fromisoformat(due)


# ---- Failure
def test_a_refused_letter_waits_longer_each_time_and_then_fails_visibly(server, clock, ticket, mei) -> None:
    server.inbox.refuse = {"mei@example.com"}
    row = put(ticket, mei)
    for pause in PAUSES:
        assert deliver_waiting(timezone.now()) == 0
        assert (fresh(row).state, row.not_before) == (State.PENDING, timezone.now() + pause)
        assert "no such mailbox" in row.last_error
        assert deliver_waiting(timezone.now()) == 0, "not before its time"
        clock(row.not_before)
    deliver_waiting(timezone.now())
    assert (fresh(row).state, row.attempts) == (State.FAILED, TRIES)
    assert deliver_waiting(clock(timezone.now() + timedelta(days=30))) == 0
    assert list(PAUSES) == sorted(PAUSES)


@pytest.mark.parametrize("how", ["refuse", "hang_up_on"])
def test_one_bad_mailbox_does_not_hold_up_the_others(server, ticket, mei, wang, how: str) -> None:
    setattr(server.inbox, how, {"mei@example.com"})
    bad, good = put(ticket, mei), put(ticket, wang)
    assert deliver_waiting(timezone.now()) == 1
    assert (fresh(bad).state, fresh(good).state) == (State.PENDING, State.SENT)
    assert len(server.inbox.to("wang@example.com")) == 1


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(server, ticket, mei, wang) -> None:
    bad, good = put(ticket, mei, kind="no_such_kind"), put(ticket, wang)
    assert deliver_waiting(timezone.now()) == 1
    assert (fresh(bad).state, fresh(good).state) == (State.PENDING, State.SENT)
    assert bad.last_error.startswith("KeyError")


def test_a_server_that_is_away_for_hours_costs_no_try_and_all_leave_within_a_minute_of_its_return(
    server, clock, ticket, mei, wang, caplog
) -> None:
    rows = [put(ticket, mei), put(ticket, wang), put(ticket, wang, urgent=False)]
    server.stop()
    for _ in range(8):
        assert deliver_waiting(timezone.now()) == 0
        clock(timezone.now() + timedelta(hours=1))
    assert {(fresh(row).state, row.attempts) for row in rows} == {(State.PENDING, 0)}
    assert "refused" in fresh(rows[0]).last_error.lower()
    assert caplog.text.count("The mail server is away") == 1
    deliver_waiting(timezone.now())
    server.start()
    assert deliver_waiting(clock(timezone.now() + timedelta(seconds=30))) == 3
    assert len(server.inbox.letters) == 3
    assert {fresh(row).last_error for row in rows} == {""}


def test_a_dead_senders_rows_are_found_again(server, ticket, mei) -> None:
    now = timezone.now()
    dead = put(ticket, mei, state=State.SENDING, claimed_at=now - timedelta(minutes=11), attempts=1)
    alive = put(ticket, mei, state=State.SENDING, claimed_at=now - timedelta(minutes=9), attempts=1)
    worn = put(ticket, mei, state=State.SENDING, claimed_at=now - timedelta(minutes=11), attempts=TRIES)
    assert deliver_waiting(now) == 1
    assert [fresh(row).state for row in (dead, alive, worn)] == [State.SENT, State.SENDING, State.FAILED]


def test_who_left_is_not_written_to(server, ticket, mei) -> None:
    row = put(ticket, mei)
    User.objects.filter(pk=mei.pk).update(is_active=False)
    assert deliver_waiting(timezone.now()) == 0
    assert fresh(row).state == State.FAILED


def test_a_slow_batch_gives_back_what_it_could_not_send(server, clock, ticket, mei, wang, monkeypatch) -> None:
    first, second = put(ticket, mei), put(ticket, wang)
    handle = type(server.inbox).handle_DATA

    async def slowly(self, *args):
        clock(timezone.now() + timedelta(minutes=6))
        return await handle(self, *args)

    monkeypatch.setattr(type(server.inbox), "handle_DATA", slowly)
    assert deliver_waiting(timezone.now()) == 1, "the other is given back: this run has had its time"
    assert deliver_waiting(timezone.now()) == 1
    assert [fresh(row).attempts for row in (first, second)] == [1, 1]
    assert server.inbox.connections == 2


# ---- Two at once
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_letter_once(server) -> None:
    call_command("seed_policy", verbosity=0)
    people = [person(f"p{number}@example.com") for number in range(40)]
    ticket = file_ticket(people[0], filing())
    ticket.notifications.all().delete()
    server.inbox.letters.clear()
    for each in people:
        put(ticket, each)
        for _ in range(3):
            put(ticket, each, urgent=False)
    start, told = threading.Barrier(4), []

    def send() -> None:
        try:
            start.wait()
            told.append(deliver_waiting(timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.vendor == "postgresql"
    assert sum(told) == 160
    assert len(server.inbox.letters) == 80
    assert all(len(server.inbox.to(each.email)) == 2 for each in people)
    assert set(Notification.objects.values_list("state", "attempts")) == {("sent", 1)}
