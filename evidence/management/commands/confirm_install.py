"""`manage.py confirm_install`: say that this install, with this database, these keys and this store, is the real one."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.installs import confirm_install
from evidence.vault.ownership import ANOTHERS, look_at_store, put_mark
from evidence.vault.seals import tell_newest_outside


class Command(BaseCommand):
    help = (
        "After a restore or a move: this is the real install, and it sends, calls and deletes again. Stop the other one first: whatever"
        " both do, people get twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--take-store", action="store_true", help="take over a store that is marked as another install's")

    def handle(self, *args: object, **options: object) -> None:
        if options["take_store"]:
            put_mark()
        confirm_install()
        reason = look_at_store()
        if reason == ANOTHERS:
            raise CommandError(f"{reason}: with --take-store it is taken over. Do that only if the other one is gone for good.")
        if reason:
            raise CommandError(reason)
        tell_newest_outside()  # of a restored database it is an older one
        self.stdout.write("This is the real install: it sends, calls and deletes.")
