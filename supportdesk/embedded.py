"""A worker and beat inside the one web process, so that `make run` needs no broker.

Nothing is lost with them: rows hold the work, and sweeps find it.
"""

import logging
from threading import Thread

from celery.beat import Scheduler, Service
from celery.worker import WorkController

from supportdesk.celery import app

log = logging.getLogger("supportdesk.embedded")
STOP_WITHIN = 10  # seconds


class Background:
    """Start it after the fork, in exactly one process: the memory broker is seen by the threads of that process only."""

    def __init__(self) -> None:
        self.worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=2,
            # There is no other worker to talk to.
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        # The schedule is kept in memory: a file would be one more thing to lock, and the sweeps do not mind an extra run.
        self.beat = Service(app, max_interval=1, scheduler_cls=Scheduler)

    def start(self) -> None:
        Thread(target=self.worker.start, name="worker", daemon=True).start()
        Thread(target=self.beat.start, name="beat", daemon=True).start()
        log.info("worker and beat run inside this process")

    def stop(self) -> None:
        """Let the running task finish, for a while. What does not finish is found again by its sweep."""
        self.beat.stop(wait=False)
        stopping = Thread(target=self.worker.stop, daemon=True)
        stopping.start()
        stopping.join(STOP_WITHIN)
        if stopping.is_alive():
            log.warning("a task did not finish within %s s", STOP_WITHIN)
