"""Real threads on PostgreSQL: one key answers once, and of two rivals exactly one gets through."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from api.models import IdempotencyKey
from api.tests.driving import ROOT
from tickets.models import Freeze, Ticket
from tickets.tests.making import approval, filing, under_review

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(5)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(30) for future in [pool.submit(run, call) for call in calls]]


def post(user: User, path: str, body: dict[str, Any], **extra: str) -> Any:
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client.post(ROOT + path, body, format="json", **extra)


def test_one_key_sent_eight_times_at_once_files_one_ticket(mei):
    answers = together(*[lambda: post(mei, "tickets/", filing(), HTTP_IDEMPOTENCY_KEY="k")] * 8)
    statuses = Counter(answer.status_code for answer in answers)
    assert Ticket.objects.count() == 1
    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"IDEMPOTENCY_KEY_RUNNING"}
    assert post(mei, "tickets/", filing(), HTTP_IDEMPOTENCY_KEY="k").json()["ref"] == Ticket.objects.get().ref


def test_while_the_first_runs_the_second_is_told_so(mei, monkeypatch):
    from api.views import tickets as views

    running, go_on = threading.Event(), threading.Event()
    original = views.file_ticket

    def slow(*args: Any, **named: Any) -> Ticket:
        running.set()
        assert go_on.wait(10)
        return original(*args, **named)

    monkeypatch.setattr(views, "file_ticket", slow)

    def second() -> Any:
        assert running.wait(10)
        answer = post(mei, "tickets/", filing(), HTTP_IDEMPOTENCY_KEY="k")
        go_on.set()
        return answer

    first, told = together(lambda: post(mei, "tickets/", filing(), HTTP_IDEMPOTENCY_KEY="k"), second)
    assert (first.status_code, told.status_code) == (201, 409)
    assert (told.json()["code"], told["Retry-After"]) == ("IDEMPOTENCY_KEY_RUNNING", "1")


def test_a_process_that_died_leaves_its_key_to_the_next(mei):
    """The row is there, without an answer and without a lock."""
    assert post(mei, "tickets/", filing(), HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    IdempotencyKey.objects.update(status_code=None, body="")
    assert post(mei, "tickets/", filing(), HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    assert Ticket.objects.count() == 2


def test_of_two_approvals_one_takes_effect_and_the_other_is_too_late(mei, chen):
    ref = under_review(mei, chen, amount="20.00").ref
    answers = together(*[lambda: post(chen, f"tickets/{ref}/actions/approve/", approval())] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Ticket.objects.get().decisions.count() == 1


def test_two_tickets_asking_for_one_freeze_get_one(mei):
    body = filing(request_freeze=True, account="douyin:13800000000")
    answers = together(*[lambda: post(mei, "tickets/", body)] * 2)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Freeze.objects.count() == Ticket.objects.count() == 1


def test_eight_filings_at_once_get_eight_references(mei):
    answers = together(*[lambda: post(mei, "tickets/", filing())] * 8)
    assert len({answer.json()["ref"] for answer in answers}) == 8
