"""Handing work to the background: after the commit, and never at the cost of what was saved."""

from celery import Task, current_app
from django.db import transaction


class RoomTask(Task):
    """Acknowledged when done, so a killed worker's task comes back. Every task may therefore run twice and claims its row first."""

    abstract = True
    acks_late = True
    ignore_result = True


def enqueue(task: Task | str, *args: object, after: float = 0, expires: float | None = None) -> None:
    """Hand `task` down once the transaction is committed, to be done `after` so many seconds; not any more once it `expires`.

    By name where the task stands in a file above the caller's.

    Raises nothing: with a dead broker the sweep finds the row again.
    """

    # A nested def, not functools.partial: Django logs a failing hook by its __qualname__, which a partial has not.
    def publish() -> None:
        _of(task).apply_async(args, countdown=after, expires=expires)  # type: ignore[arg-type] # None: never, which the stubs do not know

    transaction.on_commit(publish, robust=True)


def _of(task: Task | str) -> Task:
    if not isinstance(task, str):
        return task
    if task not in current_app.tasks:  # a process that only serves pages has not met it yet
        current_app.loader.import_default_modules()
    return current_app.tasks[task]
