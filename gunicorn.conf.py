"""How gunicorn serves the desk. With EMBEDDED=1, one process that also works in the background."""

import gc
import os
from typing import Any

EMBEDDED = os.environ.get("EMBEDDED") == "1"

wsgi_app = "supportdesk.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "supportdesk.slow_clients.PatientWorker"  # gthread, with deadlines for heads and bodies
# A second embedded process would have a memory broker, a cache and a beat of its own.
workers = 1 if EMBEDDED else int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 15
max_requests = 0
accesslog = None if EMBEDDED else "-"
logger_class = "supportdesk.access_log.AccessLogger"  # which hides what opens a door
# Without the query: it holds names and numbers that were searched for. Nor where one came from: that address has one too.
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s "%(a)s" %({x-request-id}o)s'
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    # What was loaded at the start stays for good: looking through it for garbage again and again took a tenth of the time.
    gc.collect()
    gc.freeze()
    if EMBEDDED:
        from supportdesk.embedded import Background  # noqa: PLC0415 - Celery's threads belong in the child, after the fork

        worker.background = Background()
        worker.background.start()


def worker_exit(server: Any, worker: Any) -> None:
    if background := getattr(worker, "background", None):
        background.stop()
