"""Put back what the desk ships with: groups, calendar, policy, timers, categories, escalation targets, respondents."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.installs import known_install
from accounts.seeding import ensure_groups
from accounts.service_users import ensure_service_users
from sla.seeding import seed_calendar, shipped_versions
from tickets.policy.seeding import seed_advice, seed_register, seed_version

LEFT_ALONE = (
    "Version {version} differs from the files it ships in, and was left as it is: a published version never changes, for complaints run"
    " under it. Put changed rules into policy-….json and playbooks-….json of the next version, or make a draft in the admin."
)


class Command(BaseCommand):
    help = (
        "Restore groups, calendar, policies, playbooks and respondents as shipped, as far as they are missing. Idempotent; what is there"
        " stays. Says where a version differs from its files."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_groups()
        known_install()
        ensure_service_users()
        seed_calendar()
        for version in shipped_versions():
            self._seed(version)
        seed_register()
        seed_advice()
        self.stdout.write("Groups, calendar, policy, playbooks and respondents are in place.")

    def _seed(self, version: str) -> None:
        """Said at any verbosity: whoever edited the files has to hear that nothing came of it."""
        if found := seed_version(version):
            lines = [LEFT_ALONE.format(version=version), *(f"  {each}" for each in found)]
            self.stderr.write("\n".join(lines))
