"""A worker and beat inside the one web process, so that `make run` needs no broker. Nothing is lost with them: rows and sweeps hold the work."""

import logging
import threading

from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController, state

from supportdesk.celery import app

log = logging.getLogger("supportdesk.embedded")
STOP_WITHIN = 10  # seconds, with a task running
IDLE_STOP_WITHIN = 0.2  # the idle worker looks up every other second: not worth the wait, it is a daemon thread


class Background:
    """Start it after the fork, in exactly one process: the memory broker is seen by the threads of that process only."""

    def __init__(self) -> None:
        self.worker = WorkController(
            app=app, pool_cls="threads", concurrency=2, without_heartbeat=True, without_mingle=True, without_gossip=True
        )
        # The schedule is kept in memory: a file would be one more thing to lock, and the sweeps do not mind an extra run.
        self.beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)
        self.thread = threading.Thread(target=self.worker.start, name="worker", daemon=True)

    def start(self) -> None:
        self.thread.start()
        self.beat.start()
        log.info("worker and beat run inside this process")

    def stop(self) -> None:
        """Let the running task finish, for a while. What does not finish is found again by its sweep."""
        self.beat.service.stop(wait=False)
        state.should_stop = 0
        self.thread.join(STOP_WITHIN if state.active_requests else IDLE_STOP_WITHIN)
        if state.active_requests:
            log.warning("a task did not finish within %s s", STOP_WITHIN)
