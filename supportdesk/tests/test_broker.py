"""Workers of both installs do what is handed down: the one inside the web process, and one of its own behind Redis or RabbitMQ."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu
import pytest
import redis
from django.contrib.auth.models import Group
from django.db import connection, transaction

from lib.background import enqueue
from supportdesk.celery import app
from supportdesk.tests.connections import forget_connections
from supportdesk.tests.tasks import make_group

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 60  # seconds
DATABASE_NUMBER = 9

EMBEDDED = """
import sys, time
from pathlib import Path
import django
django.setup()
from supportdesk.embedded import Background
from supportdesk.tests.tasks import count, counted, fail, hold, let_go, write_file

target = Path(sys.argv[1])
background = Background()
background.beat.start = lambda: None  # nothing but what is sent here
background.start()


def until(condition):
    began = time.monotonic()
    while not condition() and time.monotonic() - began < 60:
        time.sleep(0.02)
    return time.monotonic() - began


for _n in range(3):
    hold.apply_async(queue="outside")  # every thread of the rest is held
fail.apply_async(queue="urgent")  # one that breaks must not take the worker with it
write_file.apply_async((str(target),), queue="urgent")
until(target.exists)
for _n in range(60):
    count.apply_async(queue="clock")
took = until(lambda: len(counted) >= 60)
began = time.process_time()
time.sleep(0.5)
print("FIGURES", took, (time.process_time() - began) / 0.5)
let_go.set()
background.stop()
"""


def test_the_worker_inside_the_web_process_does_what_is_handed_down(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "supportdesk.settings"}
    command = [sys.executable, "-c", EMBEDDED, str(tmp_path / "done")]
    result = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=WITHIN + 30)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "done").read_text() == "done"
    took, idle = map(float, result.stdout.split("FIGURES")[1].split())
    assert took < 8, "sixty tasks took half a minute where the broker slept a second for every two"
    assert idle < 0.2, "of a processor, with nothing to do"


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    address, emptied = {"redis": _redis, "rabbitmq": _rabbitmq}[request.param]()
    emptied()
    before = app.conf.broker_url
    app.conf.task_always_eager, app.conf.broker_url = False, address
    forget_connections()
    yield address
    app.conf.task_always_eager, app.conf.broker_url = True, before
    forget_connections()
    emptied()


def _redis() -> tuple[str, Callable[[], object]]:
    url = os.environ.get("TEST_REDIS_URL")
    if url is None:
        pytest.skip("needs Redis: set TEST_REDIS_URL")
    address = f"{url}/{DATABASE_NUMBER}"
    return address, redis.Redis.from_url(address).flushdb


def _rabbitmq() -> tuple[str, Callable[[], object]]:
    url = os.environ.get("TEST_AMQP_URL")
    if url is None:
        pytest.skip("needs RabbitMQ: set TEST_AMQP_URL")

    def empty() -> None:
        with kombu.Connection(url) as opened:
            for queue in app.conf.task_queues:
                queue(opened.default_channel).delete()

    return url, empty


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[None]:
    place = connection.settings_dict
    host = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT'] or 5432}"
    environment = {**os.environ, "CELERY_BROKER_URL": broker, "DATABASE_URL": f"postgres://{host}/{place['NAME']}"}
    celery = str(Path(sys.executable).with_name("celery"))
    command = [celery, "-A", "supportdesk", "worker", "--pool", "solo", "--include", "supportdesk.tests.tasks"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        yield
        process.terminate()
        process.wait(WITHIN)


@pytest.mark.postgres
@pytest.mark.usefixtures("worker")
@pytest.mark.django_db(transaction=True)
def test_a_worker_behind_a_broker_does_what_is_handed_down() -> None:
    with transaction.atomic():
        enqueue(make_group, "made by the worker")
    end = time.monotonic() + WITHIN
    while not Group.objects.filter(name="made by the worker").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
