"""`manage.py rotate_keys`: wrap the keys of all files under the current key, with progress; `--new` makes a key first."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence.management.proving import begin_run, carry_out_aloud
from evidence.models import VaultRun
from lib.keyring import add_key


class Command(BaseCommand):
    help = "Wrap the keys of all evidence files under the current key. Files stay as they are; uploads go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="make a new key first, where keys are kept in this install's own file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"] and settings.EVIDENCE_KEYS:
            raise CommandError("The keys come from EVIDENCE_KEYS: put a new one first, keep the old, restart, then run this.")
        run = begin_run(VaultRun.Kind.ROTATION)
        if options["new"]:
            self.stdout.write(f"New key {add_key(settings.EVIDENCE_KEY_FILE)}")
        carry_out_aloud(self, run)
        for finding in run.findings:
            self.stderr.write(finding)
        if run.findings:
            raise CommandError(f"{len(run.findings)} keys could not be unwrapped.")
        self.stdout.write(f"{run.done} keys wrapped anew. An older key may go once no file names it.")
