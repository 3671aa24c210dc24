"""A clock that stands still is noticed: by whoever asks /readyz, on every page of the desk, by mail and by the missing ping."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from lib import memo
from lib.duties import alarms, watching
from lib.duties.models import DutyRun, Failure
from lib.duties.setting_aside import record_failure
from supportdesk import health, tasks
from supportdesk.fixed_settings import WATCHED

pytestmark = pytest.mark.sqlite


@pytest.fixture
def boss(db):
    return get_user_model().objects.create_superuser("boss@example.com", None, name="Boss", language="en")


@pytest.fixture
def running(settings, clock):
    """Everything was alive a moment ago."""
    settings.STANDSTILL_SECONDS = 120
    now = clock("2026-07-06T09:00:00+08:00")
    for name in WATCHED:
        watching.note_alive(name)
    return now


@pytest.fixture
def threads(monkeypatch):
    """A thread would see another database: what it is to do is done here."""

    class AtOnce:
        def __init__(self, target, **_):
            self.start = target

    monkeypatch.setattr(alarms, "Thread", AtOnce)
    monkeypatch.setattr(alarms.connection, "close", lambda: None)


@pytest.fixture
def here(monkeypatch):
    """The checks run in this thread."""

    class Now:
        def submit(self, work, check):
            future = health.Future()
            try:
                future.set_result(check())
            except (OperationalError, health.NotReady) as error:
                future.set_exception(error)
            return future

    readiness = health.Readiness()
    readiness._pool = Now()
    return readiness


def test_alive_and_ready_are_asked_by_address_and_without_https(client: Client, settings, monkeypatch) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["desk.example"], True
    assert client.get("/healthz", HTTP_HOST="10.0.0.7").json() == {"alive": True}
    monkeypatch.setattr(health.Readiness, "ask", lambda self: {"ready": False, "checks": {"clock": "ok", "database": "hangs"}})
    answer = client.get("/readyz", HTTP_HOST="10.0.0.7")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "hangs")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_when_all_answer_and_the_clock_ticks(running, here, clock) -> None:
    clock(running + timedelta(seconds=7))
    said = here.ask()
    assert said == {"ready": True, "checks": dict.fromkeys(health.CHECKS, "ok"), "last_tick_seconds": 7}


@pytest.mark.django_db
@pytest.mark.parametrize("what", sorted(set(health.CHECKS) - {"clock"}))
def test_what_is_wrong_is_named_without_its_secrets(running, here, monkeypatch, what: str) -> None:
    def broken() -> str:
        raise OperationalError("password=geheim host=db.internal")

    monkeypatch.setitem(health.CHECKS, what, broken)
    said = here.ask()
    assert not said["ready"]
    assert said["checks"][what] == "failed: OperationalError"
    assert "geheim" not in str(said)


def test_what_hangs_is_not_waited_for_and_not_begun_again(monkeypatch) -> None:
    import threading

    begun, release = [], threading.Event()

    def hangs() -> str:
        begun.append(1)
        release.wait(5)
        return "ok"

    monkeypatch.setattr(health, "WITHIN", 0.05)
    monkeypatch.setattr(health, "KEEP", 0)
    monkeypatch.setattr(health, "CHECKS", {"cache": hangs})
    monkeypatch.setattr(health, "_age_of_tick", lambda: 1)
    readiness = health.Readiness()
    for _n in range(3):
        assert readiness.ask()["checks"] == {"cache": "no answer within 0.05 s"}
    assert len(begun) == 1
    release.set()


@pytest.mark.django_db
def test_two_minutes_without_a_tick_are_a_standstill(running, here, clock) -> None:
    clock(running + timedelta(seconds=119))
    assert watching.find_standstill(timezone.now()) == ()
    clock(running + timedelta(seconds=121))
    watching.note_alive("queue clock")
    still = watching.find_standstill(timezone.now())
    assert "tickets.fire_due_timers" in still
    assert "queue clock" not in still
    assert "tickets.fire_due_timers" in here.ask()["checks"]["clock"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "投诉台的时钟停了"), ("en", "The clock of the desk stands still.")])
def test_every_page_of_the_desk_says_so_and_administrators_are_told_once(
    running, threads, clock, client, lin, boss, language: str, words: str
) -> None:
    lin.language = language
    lin.save(update_fields=["language"])
    client.force_login(lin)
    assert words not in client.get("/desk/").content.decode()
    clock(running + timedelta(seconds=131))
    for address in ("/desk/", "/desk/notices/", "/desk/file/"):
        assert words in client.get(address).content.decode(), address
    (letter,) = mail.outbox
    assert letter.to == ["boss@example.com"]
    assert letter.subject == "The clock of the desk stands still"
    assert "tickets.fire_due_timers" in letter.body


@pytest.mark.django_db
def test_the_next_outage_is_told_again(running, threads, clock, boss) -> None:
    for start in (running, running + timedelta(hours=1)):
        clock(start)
        for name in WATCHED:
            watching.note_alive(name)
        tasks.watch_task()
        clock(start + timedelta(seconds=200))
        memo.forget_all()
        alarms.notice_standstill()
        alarms.notice_standstill()
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_asked_again(running, threads, clock, boss, monkeypatch) -> None:
    clock(running + timedelta(seconds=200))

    def away(*_args, **_more):
        raise OSError

    monkeypatch.setattr(alarms, "send_mail", away)
    assert alarms.notice_standstill()
    assert Failure.objects.get().told_at is None
    monkeypatch.undo()
    assert alarms.tell_admins(timezone.now()) == 1


@pytest.mark.django_db
def test_administrators_are_told_once_of_a_row_that_was_set_aside(boss, clock) -> None:
    now = clock("2026-07-06T09:00:00+08:00")
    record_failure("tickets.fire_due_timers", "5", "TS-20260706-000001", IndexError("with words of a customer"), now)
    tasks.watch_task()
    record_failure("tickets.fire_due_timers", "5", "TS-20260706-000001", IndexError("with words of a customer"), now)
    tasks.watch_task()
    (letter,) = mail.outbox
    assert "TS-20260706-000001" in letter.body
    assert "IndexError" in letter.body
    assert "customer" not in letter.body


@pytest.mark.django_db
def test_what_may_pass_by_itself_has_to_fail_twice(boss, clock) -> None:
    now = clock("2026-07-06T09:00:00+08:00")
    record_failure("tickets.fire_due_timers", "5", "TS-1", OperationalError("deadlock"), now)
    assert alarms.tell_admins(now) == 0
    record_failure("tickets.fire_due_timers", "5", "TS-1", OperationalError("deadlock"), now)
    assert alarms.tell_admins(now) == 1


@pytest.mark.django_db
def test_the_ping_stays_away_when_the_clock_stands_still(running, clock, settings, monkeypatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(tasks, "post_ping", lambda url: called.append(url) or "")
    assert not tasks.ping(timezone.now()), "nobody waits for it"
    settings.PING_URL = "https://ping.example/abc"
    assert tasks.ping(timezone.now())
    clock(running + timedelta(seconds=121))
    assert not tasks.ping(timezone.now())
    assert called == ["https://ping.example/abc"]


@pytest.mark.django_db
def test_what_a_worker_has_done_shows_that_its_queue_is_worked_on() -> None:
    from types import SimpleNamespace

    from supportdesk import celery

    celery._signs.clear()
    for info in ({"routing_key": "urgent"}, {"routing_key": "mail", "is_eager": True}, {"routing_key": "elsewhere"}, None):
        celery.note_sign_of_life(SimpleNamespace(request=SimpleNamespace(delivery_info=info)))
    assert list(DutyRun.objects.values_list("name", flat=True)) == ["queue urgent"]


@pytest.mark.django_db
def test_the_admin_shows_what_was_set_aside(admin_client, clock) -> None:
    now = clock("2026-07-06T09:00:00+08:00")
    record_failure("tickets.fire_due_timers", "5", "TS-20260706-000001", IndexError(""), now)
    assert "TS-20260706-000001" in admin_client.get("/admin/duties/failure/").content.decode()
    assert admin_client.get("/admin/duties/dutyrun/").status_code == 200
