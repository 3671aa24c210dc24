"""Put open tickets under another published policy: a preview, and with --apply the act, in a supervisor's name."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from lib.types import Record
from sla.errors import PolicyNotPublished
from tickets.operations.rebasing import Move, preview, rebase
from tickets.workflow import Forbidden


class Command(BaseCommand):
    help = "Show what another policy would do to open tickets; with --apply and --as, do it. No promise becomes later."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version")
        parser.add_argument("--apply", action="store_true", help="re-base the tickets shown")
        parser.add_argument("--as", dest="supervisor", help="the supervisor's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moves = preview(options["version"])
        except PolicyNotPublished as error:
            raise CommandError(str(error)) from error
        for move in moves:
            self.stdout.write(_line(move))
        if options["apply"]:
            self._apply(options, sorted({move.ref for move in moves}))
        else:
            self.stdout.write(f"{len(moves)} deadlines would differ. Nothing was changed.")

    def _apply(self, options: Record, refs: list[str]) -> None:
        actor = User.objects.filter(email=(options["supervisor"] or "").lower()).first()
        if actor is None:
            raise CommandError("Name a supervisor with --as.")
        try:
            rebase(actor, refs, options["version"], timezone.now())
        except Forbidden as error:
            raise CommandError("Only a supervisor re-bases tickets.") from error
        self.stdout.write(f"{len(refs)} tickets are under {options['version']}.")


def _line(move: Move) -> str:
    kept = "kept" if move.effective_due_at == move.promised else "moves"
    return f"{move.ref} {move.timer}: {move.promised:%Y-%m-%d %H:%M}Z -> {move.would_be:%Y-%m-%d %H:%M}Z ({kept})"
