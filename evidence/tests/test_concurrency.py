"""Real processes and real threads: a worker killed at its work, and two uploads for one last place."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.tests import making
from evidence.tests.conftest import stored
from tickets.models import Event
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.workflow.errors import Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
VOUCHER = {"kind": "payment_voucher"}
WORKER = """
import django, sys, time; django.setup()
from django.utils import timezone
from evidence.intake import inspection
def stuck(*args, **kwargs):
    print("at work", flush=True); time.sleep(60)
setattr(inspection, {step!r}, stuck)
inspection.inspect({pk}, timezone.now())
"""


@pytest.fixture
def filed(lasting, mei, monkeypatch):
    """A ticket whose uploads wait: no task runs in this process."""
    monkeypatch.setattr("evidence.intake.uploads.enqueue", lambda *args: None)
    return file_ticket(mei, filing(incident_at=None))


def address_of_the_test_database() -> str:
    name = connection.settings_dict
    return f"postgres://{name['USER']}:{name['PASSWORD']}@{name['HOST']}:{name['PORT'] or 5432}/{name['NAME']}"


@pytest.mark.parametrize("step", ["safe_copy", "_accept", "_finish"])
def test_a_killed_workers_item_is_taken_up_by_the_next_tick_after_its_silence(filed, mei, vault, step):
    item = upload(mei, filed.ref, VOUCHER, making.file(making.jpeg()))
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "EVIDENCE_DIR": str(vault),
        "DJANGO_SETTINGS_MODULE": "supportdesk.settings",
    }
    command = [sys.executable, "-c", WORKER.format(step=step, pk=item.pk)]
    with subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"at work\n"
        worker.send_signal(signal.SIGKILL)
    item.refresh_from_db()
    assert (item.state, item.attempts) == ("scanning", 1)
    call_command("tick")
    item.refresh_from_db()
    assert item.state == "scanning", "its worker may be alive"
    EvidenceItem.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))
    call_command("tick")
    item.refresh_from_db()
    assert (item.state, item.attempts) == ("clean", 2)
    assert Event.objects.filter(kind="evidence.clean").count() == 1


def test_two_uploads_for_the_last_place_and_one_gets_it(filed, mei, vault):
    for _number in range(29):
        upload(mei, filed.ref, VOUCHER, making.file(making.png()))
    answers: list[str] = []
    start = threading.Barrier(4)

    def add(number: int) -> None:
        try:
            start.wait()
            upload(mei, filed.ref, VOUCHER, making.file(making.png((number, 0, 0))))
            answers.append("taken")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["EVIDENCE_FULL"] * 3 + ["taken"]
    assert EvidenceItem.objects.count() == 30
    assert len(stored(vault)) == 30
