"""`manage.py doctor`: what is wrong with this install, in words; exit code 1 where something does not work."""

from django.core.management.base import BaseCommand, CommandError

from supportdesk.doctor import examine


class Command(BaseCommand):
    help = "Touch every service and look at what an install needs. Says what is wrong and what to see to; ends with 1 if anything is wrong."
    requires_system_checks: list[str] = []  # it runs them itself, and says more than the first

    def handle(self, *args: object, **options: object) -> None:
        wrong = 0
        for name, found in examine():
            self.stdout.write(f"{name}: {'in order' if not found else ''}".rstrip())
            for finding in found:
                wrong += finding.is_wrong
                self.stdout.write(f"  {'WRONG' if finding.is_wrong else 'to see to'}: {finding.words}")
        if wrong:
            raise CommandError(f"{wrong} things are wrong.")
