"""Work is handed down after the commit; a dead broker never turns saved work into an error."""

import time
from collections.abc import Iterator

import pytest
from celery import shared_task
from django.contrib.auth.models import Group
from django.db import transaction

from lib.background import RoomTask, enqueue
from supportdesk.celery import app
from supportdesk.tests.connections import forget_connections

pytestmark = pytest.mark.django_db(transaction=True)
ran: list[str] = []


@shared_task(name="supportdesk.tests.note")
def note(word: str) -> None:
    ran.append(word)


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


@pytest.fixture
def dead_broker() -> Iterator[None]:
    before = app.conf.broker_url
    app.conf.task_always_eager, app.conf.broker_url = False, "redis://127.0.0.1:1/0"
    forget_connections()
    yield
    app.conf.task_always_eager, app.conf.broker_url = True, before
    forget_connections()


def test_tasks_of_the_rooms_share_one_base() -> None:
    assert isinstance(note, RoomTask)
    assert note.acks_late
    assert note.ignore_result


def test_nothing_runs_before_the_commit() -> None:
    with transaction.atomic():
        enqueue(note, "late")
        assert ran == []
    assert ran == ["late"]


def test_nothing_runs_after_a_rollback() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(note, "never")
        raise RuntimeError
    assert ran == []


@pytest.mark.usefixtures("dead_broker")
def test_a_dead_broker_costs_neither_the_work_nor_the_users_time() -> None:
    started = time.monotonic()
    with transaction.atomic():
        Group.objects.create(name="saved")
        enqueue(note, "lost")
    assert Group.objects.filter(name="saved").exists()
    assert time.monotonic() - started < 10  # what celery retries by itself takes 20
    assert ran == []
