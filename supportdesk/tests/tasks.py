"""Tasks with an effect that a test can see from another process."""

import threading
from pathlib import Path

from celery import shared_task
from django.contrib.auth.models import Group


@shared_task(name="supportdesk.tests.make_group")
def make_group(name: str) -> None:
    Group.objects.get_or_create(name=name)


@shared_task(name="supportdesk.tests.write_file")
def write_file(path: str) -> None:
    Path(path).write_text("done")


@shared_task(name="supportdesk.tests.fail")
def fail() -> None:
    raise RuntimeError("on purpose")


counted: list[int] = []
let_go = threading.Event()


@shared_task(name="supportdesk.tests.count")
def count() -> None:
    counted.append(1)


@shared_task(name="supportdesk.tests.hold")
def hold() -> None:
    """Somebody's server that does not answer."""
    let_go.wait(30)
