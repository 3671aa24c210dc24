"""The Celery app: configured by settings, tasks found in the rooms."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")

app = Celery("supportdesk", task_cls="lib.background:RoomTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")


@worker_process_init.connect
def freeze_loaded_objects(**_: object) -> None:
    """As gunicorn.conf.py does: the collector need not look through what stays for good."""
    gc.collect()
    gc.freeze()
