"""Workers and beat inside the one web process, so that `make run` needs no broker.

Nothing is lost with them: rows hold the work, and sweeps find it.
"""

import logging
from threading import Thread

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController

from supportdesk.celery import app

log = logging.getLogger("supportdesk.embedded")
STOP_WITHIN = 10  # seconds
THREADS = 2
# Who waits now is served by threads that no file and no foreign server can take.
LANES = {"urgent": ("urgent", "clock"), "rest": ("mail", "files", "outside")}


def _app_for(name: str) -> Celery:
    """An app chooses once which queues it takes from, so each worker has one of its own. They share the tasks and the memory broker."""
    own = Celery(name, task_cls="lib.background:RoomTask", set_as_current=False)
    own.config_from_object("django.conf:settings", namespace="CELERY")
    own.finalize()
    return own


def _worker(name: str, queues: tuple[str, ...]) -> WorkController:
    return WorkController(
        app=_app_for(name),
        hostname=name,
        queues=queues,
        pool_cls="threads",
        concurrency=THREADS,
        # There is no other worker to talk to.
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )


class Background:
    """Start it after the fork, in exactly one process: the memory broker is seen by the threads of that process only."""

    def __init__(self) -> None:
        app.loader.import_default_modules()
        self.workers = [_worker(name, queues) for name, queues in LANES.items()]
        # The schedule is kept in memory: a file would be one more thing to lock, and the sweeps do not mind an extra run.
        self.beat = Service(app, max_interval=1, scheduler_cls=Scheduler)

    def start(self) -> None:
        for name, worker in zip(LANES, self.workers, strict=True):
            Thread(target=worker.start, name=f"worker {name}", daemon=True).start()
        Thread(target=self.beat.start, name="beat", daemon=True).start()
        log.info("worker and beat run inside this process")

    def stop(self) -> None:
        """Let the running tasks finish, for a while. What does not finish is found again by its sweep."""
        self.beat.stop(wait=False)
        stopping = [Thread(target=worker.stop, daemon=True) for worker in self.workers]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join(STOP_WITHIN)
        if any(thread.is_alive() for thread in stopping):
            log.warning("a task did not finish within %s s", STOP_WITHIN)
