"""Put back what the desk ships with: groups, calendar, policy, timers, categories, escalation targets."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.seeding import ensure_groups
from lib import memo
from sla.seeding import seed_calendar, seed_policy_rules
from tickets.policy.seeding import seed_playbooks


class Command(BaseCommand):
    help = "Restore groups, calendar, policy and playbooks as shipped. Idempotent; rows made by hand stay."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_groups()
        seed_calendar()
        seed_policy_rules()
        seed_playbooks()
        memo.forget_all()
        self.stdout.write("Groups, calendar, policy and playbooks are in place.")
