"""`manage.py tick`: every periodic duty once, in the foreground, with what it did."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from evidence.periodic import DUTIES, inspect_waiting
from tickets.periodic import DUTIES as TICKET_DUTIES

# Inspection first: what becomes clean or is refused is told to people in the same tick.
FIRST = {name: duty for name, duty in DUTIES.items() if duty is inspect_waiting}
LAST = {name: duty for name, duty in DUTIES.items() if duty is not inspect_waiting}


class Command(BaseCommand):
    help = "Run every periodic duty once: evidence, timers, notifications, purge."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for name, duty in {**FIRST, **TICKET_DUTIES, **LAST}.items():
            self.stdout.write(f"{name}: {duty(now)}")
