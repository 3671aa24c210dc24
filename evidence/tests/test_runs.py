"""The privacy officer's runs: begun by officers alone, one of a kind at a time, taken up again when a worker died."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evidence.intake import upload
from evidence.models import VaultRun
from evidence.periodic import inspect_waiting, purge, resume_runs
from evidence.tests import making
from evidence.vault import jobs
from evidence.vault.start_job import begin_run
from lib.duties.models import Failure
from tickets.operations import perform
from tickets.workflow.errors import Forbidden, Invalid, Refusal


@pytest.fixture
def held(ticket, mei, clock):
    upload(mei, ticket.ref, {"kind": "id_card_front", "consent": True}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))


def test_an_officer_begins_it_and_a_worker_carries_it_out(held, sun, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = begin_run(sun, "verification")
    run.refresh_from_db()
    assert (run.by, run.findings, run.done) == (sun, [], run.total)
    assert run.ended_at is not None


def test_nobody_else_does(lin, zhao, chen, zhou, mei, admin_person, adapter, db):
    for person in (lin, zhao, chen, zhou, mei, admin_person, adapter):
        with pytest.raises(Forbidden):
            begin_run(person, "rotation")
    assert not VaultRun.objects.exists()


def test_only_rotation_and_proof_are_begun_by_hand(sun):
    for kind in ("purge", "nonsense", ""):
        with pytest.raises(Invalid):
            begin_run(sun, kind)


def test_a_second_of_its_kind_waits_until_the_first_has_ended(sun, django_capture_on_commit_callbacks):
    first = begin_run(sun, "rotation")
    with pytest.raises(Refusal) as refused:
        begin_run(sun, "rotation")
    assert refused.value.code == "RUN_GOES_ON"
    with pytest.raises(CommandError):
        call_command("rotate_keys")
    begin_run(sun, "verification")  # of another kind
    VaultRun.objects.filter(pk=first.pk).update(ended_at=timezone.now())
    begin_run(sun, "rotation")


def test_the_sweep_takes_up_what_a_dead_worker_left_and_leaves_the_living_alone(held, sun, clock):
    run = begin_run(sun, "verification")
    now = clock("2026-03-10T21:00:00+08:00")
    VaultRun.objects.filter(pk=run.pk).update(heard_at=now - jobs.SILENCE + timedelta(seconds=1), attempts=1)
    assert resume_runs(now) == 0
    assert resume_runs(clock(now + timedelta(seconds=2))) == 1
    run.refresh_from_db()
    assert (run.attempts, run.findings) == (2, [])
    assert run.ended_at is not None
    assert resume_runs(now) == 0


def test_what_never_comes_to_an_end_is_given_up_in_words(sun, clock, monkeypatch):
    def dies(progress):
        raise OSError("the store is away")

    monkeypatch.setattr(jobs, "WORK", {**jobs.WORK, "verification": dies})
    run, now = begin_run(sun, "verification"), timezone.now()
    for _attempt in range(3):
        assert resume_runs(now) == 0, "set aside, so that the others are taken up"
        assert "away" in Failure.objects.get().error
        now = clock(now + timedelta(minutes=16))
    resume_runs(now)
    run.refresh_from_db()
    assert run.ended_at == now
    assert run.findings[0].startswith("given up")
    begin_run(sun, "verification")


def test_a_purge_that_deleted_something_leaves_a_run(held, mei, ticket, clock):
    purge(clock("2026-03-11T10:00:00+08:00"))
    assert not VaultRun.objects.exists()
    perform(mei, ticket.ref, "withdraw", {"keep_freeze": None})
    now = clock("2026-05-01T00:00:00+08:00")
    assert purge(now) == 1
    run = VaultRun.objects.get()
    assert (run.kind, run.done, run.total, run.started_at, run.by) == ("purge", 1, 1, now, None)
