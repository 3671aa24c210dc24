"""`manage.py seal_history`: seal what moved now, and all that an upgrade found; with --accept also what older programs wrote since."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from evidence.vault.seals import accept_bare_events, newest_seal, seal_history


class Command(BaseCommand):
    help = "Seal the history now. Workers do it every minute; after an upgrade this does at once what they do little by little."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accept", action="store_true", help="also events without a digest: of programs of the version before, while both ran"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        seal_history(timezone.now())
        if options["accept"]:
            self.stdout.write(f"{accept_bare_events(timezone.now())} events accepted as they are.")
        while (seal := newest_seal()) and not seal.data["before"]["ended"]:
            self.stdout.write(f"sealed up to complaint {seal.data['before']['ticket']}")
            seal_history(timezone.now())
        if seal:
            self.stdout.write(f"The history ends with seal {seal.number}:{seal.digest}.")
