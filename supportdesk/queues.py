"""Which queue a task waits in, and how long it may take: letters, files and other people's servers never hold up a freeze or the clock.

A worker takes from the queues it is started for (docs/operating.md). A task without a queue here is refused by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Queue(NamedTuple):
    """Seconds after which a task is asked to end, and after which its process is ended; the tasks, one a word."""

    soft: int
    hard: int
    names: str


QUEUES: Mapping[str, Queue] = {
    # Somebody waits for it now: freezes, who is on call, codes to sign in, urgent letters.
    "urgent": Queue(
        90,
        120,
        """accounts.send_letter accounts.send_letters accounts.send_text accounts.send_texts
        tickets.call_adapters tickets.call_freeze_adapter tickets.deliver_notifications
        tickets.deliver_to_channels tickets.send_delivery""",
    ),
    # What is due by the clock, and nothing that takes long.
    "clock": Queue(
        60, 90, "desk.send_replies desk.sweep evidence.seal_history tickets.assign tickets.fire_due_timers tickets.suggest_incidents"
    ),
    "mail": Queue(480, 540, "accounts.watch_reads letterbox.poll supportdesk.watch tickets.carry_incidents tickets.send_notifications"),
    # Files, and all else that may take minutes.
    "files": Queue(
        1500,
        1800,
        """api.purge desk.housekeeping evidence.carry_out_deletions evidence.drop_traces evidence.inspect_item evidence.inspect_waiting
        evidence.prove_history evidence.purge evidence.resume_runs evidence.run tickets.count_reports tickets.housekeeping""",
    ),
    # Other people's servers.
    "outside": Queue(60, 90, "api.call_receiver api.call_webhooks supportdesk.ping tickets.send_channel_messages tickets.send_deliveries"),
}
# An item is taken for left behind after five minutes (evidence/intake/inspection.py).
LIMITS_OF_THEIR_OWN = {"evidence.inspect_item": (270, 290)}
# Every queue shows by this that somebody works on it. It goes to each of them, by name.
SIGN_OF_LIFE = "supportdesk.sign_of_life"


def queue_of() -> dict[str, dict[str, str]]:
    """Celery's task_routes."""
    return {name: {"queue": key} for key, queue in QUEUES.items() for name in queue.names.split()}


def limits() -> dict[str, dict[str, int]]:
    """Celery's task_annotations. Pools of threads know no limits: there the deadlines of each call have to do."""
    found = {name: (queue.soft, queue.hard) for queue in QUEUES.values() for name in queue.names.split()}
    return {name: {"soft_time_limit": soft, "time_limit": hard} for name, (soft, hard) in {**found, **LIMITS_OF_THEIR_OWN}.items()}


def schedule(seconds: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """Celery's beat_schedule, and a sign of life for each queue.

    Who waits for the clock, or urgently, waits in a queue that nothing else fills, so their messages never expire: late is better than
    unseen. Of the others one catch-up run is enough after an outage; one that expires is logged (supportdesk/celery.py).
    """
    routes, found = queue_of(), dict[str, dict[str, object]]()
    for name, period in seconds.items():
        options: dict[str, object] = {} if routes[name]["queue"] in ("urgent", "clock") else {"expires": float(period)}
        found[name] = {"task": name, "schedule": float(period), "options": options}
    for key in QUEUES:
        options = {"queue": key, "expires": 60.0}
        found[f"{SIGN_OF_LIFE} {key}"] = {"task": SIGN_OF_LIFE, "schedule": 30.0, "args": (key,), "options": options}
    return found
