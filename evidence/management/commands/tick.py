"""`manage.py tick`: every periodic duty once, in the foreground, with what it did.

It stands in the highest room that is no door: the duties of this room and of `tickets` are imported, those of the doors found by name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from evidence.periodic import DUTIES, inspect_waiting
from lib.duties.alarms import tell_admins
from lib.duties.running import run_duty
from tickets.periodic import DUTIES as TICKET_DUTIES

Duties = Mapping[str, Callable[[datetime], int]]
# Inspection first: what becomes clean or is refused is told to people in the same tick.
FIRST = {name: duty for name, duty in DUTIES.items() if duty is inspect_waiting}
LAST = {name: duty for name, duty in DUTIES.items() if duty is not inspect_waiting}


class Command(BaseCommand):
    help = "Run every periodic duty once: evidence, timers, notifications, purge, and what the doors keep for a while."

    def handle(self, *args: Any, **options: Any) -> None:
        now, undone = timezone.now(), []
        for name, duty in {**FIRST, **TICKET_DUTIES, **LAST, **_of_doors()}.items():
            count = run_duty(duty, now)
            self.stdout.write(f"{name}: {'not done (it runs elsewhere, or failed: see the log)' if count is None else count}")
            undone += [name] if count is None else []
        self.stdout.write(f"administrators told: {tell_admins(now)}")
        if undone:
            raise CommandError(f"Not done: {', '.join(undone)}")


def _of_doors() -> Duties:
    """The duties of the rooms above, found as Celery finds their tasks: by the name of the module."""
    found: dict[str, Callable[[datetime], int]] = {}
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "periodic"):
            found |= getattr(import_module(f"{app.name}.periodic"), "DUTIES", {})
    return found
