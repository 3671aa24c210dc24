"""`manage.py take_letter FILE`: one raw e-mail as if it had arrived; `-` reads standard input, so that a mail server may pipe into it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from evidence.intake.held_letters import is_held
from inbound_mail.ingest import take_letter
from inbound_mail.models import Letter

Outcome = Letter.Outcome
# What is neither taken nor held was refused, in words or in silence; `reason` says which.
TOLD = {Outcome.TAKEN: "taken", Outcome.HELD: "held", Outcome.BEGUN: "held", Outcome.AUTOMATIC: "automatic"}


class Command(BaseCommand):
    help = "Take one raw e-mail as if it had arrived, and print what became of it as JSON. The same letter is taken once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the letter, or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        letter = take_letter(_read(options["file"]), timezone.now())
        if not letter.outcome:
            raise CommandError("Another process has this letter in hand. Try again later.", returncode=75)  # EX_TEMPFAIL: it comes again
        told = {
            "outcome": TOLD.get(Outcome(letter.outcome), "refused"),
            "ref": letter.ticket.ref if letter.ticket else None,
            "reason": _reason(letter),
            "kept": letter.outcome == Outcome.TAKEN or letter.message_id is not None or is_held(letter.digest),
        }
        self.stdout.write(json.dumps(told))


def _read(name: str) -> bytes:
    """No more of it than is needed to see that it is too large. Raises CommandError."""
    most = settings.INBOUND_LARGEST + 1
    if name == "-":
        return sys.stdin.buffer.read(most)
    try:
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error


def _reason(letter: Letter) -> str | None:
    """None where all of it was taken."""
    return letter.reason or (letter.outcome if letter.outcome != Outcome.TAKEN else None)
