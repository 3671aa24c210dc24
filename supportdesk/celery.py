"""The Celery app: configured by settings, tasks found in the rooms."""

import gc
import logging
import os
import time

from celery import Celery, Task
from celery.signals import task_postrun, task_revoked, worker_process_init

from supportdesk.queues import QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")

log = logging.getLogger(__name__)

app = Celery("supportdesk", task_cls="lib.background:RoomTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")
# Of this process: when it last said that it works on a queue. A sign in so many seconds is enough.
SIGN_EVERY = 10
_signs: dict[str, float] = {}


@worker_process_init.connect
def freeze_loaded_objects(**_: object) -> None:
    """As gunicorn.conf.py does: the collector need not look through what stays for good."""
    gc.collect()
    gc.freeze()


@task_postrun.connect
def note_sign_of_life(task: Task, **_: object) -> None:
    """Whatever was done, somebody works on the queue it came from, however long that queue is."""
    info = task.request.delivery_info or {}
    queue, now = str(info.get("routing_key")), time.monotonic()
    if queue in QUEUES and not info.get("is_eager") and now - _signs.get(queue, -SIGN_EVERY) >= SIGN_EVERY:
        _signs[queue] = now
        from lib.duties.watching import note_alive  # noqa: PLC0415 - the app is made before there are models

        note_alive(f"queue {queue}")


@task_revoked.connect
def log_expiry(request: object, *, expired: bool = False, **_: object) -> None:
    """Nothing is lost, the next beat asks again; but somebody should know that a queue is behind."""
    if expired:
        log.warning("%s waited longer than its time: its queue is behind", getattr(request, "name", request))
