"""What the commands that prove something, and other long runs of the vault, share."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evidence.models import HistorySeal, VaultRun
from evidence.vault.jobs import begin, carry_out
from evidence.vault.seals import first_seal, newest_seal, seal_history, sealed_later
from tickets.workflow import Refusal

HEAD = re.compile(r"(?P<number>[0-9]+)[:, ]+(?P<digest>[0-9a-f]{64})")


class ProvingCommand(BaseCommand):
    kind: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", metavar="NUMBER:DIGEST", help="a seal that was told outside, to be compared with the one of that number"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = begin_run(self.kind)
        carry_out_aloud(self, run)
        found = [*run.findings, *_compare(options["head"])]
        for finding in found:
            self.stderr.write(finding)
        if found:
            raise CommandError(f"{len(found)} things are wrong.")
        for event, at in sealed_later():
            self.stdout.write(f"Events up to number {event} were sealed on {at:%Y-%m-%d %H:%M} UTC, and not when they were written.")
        seal_history(timezone.now())
        first, seal = first_seal(), newest_seal()
        if first is not None and "after" in first.data:
            told = f"The history begins anew on {first.at:%Y-%m-%d %H:%M} UTC: the store of evidence knew of seal {first.data['after'][0]}."
            self.stdout.write(f"{told} Administrators and privacy officers were told then.")
        self.stdout.write(f"All is in order. The history ends with seal {seal.number}:{seal.digest}." if seal else "All is in order.")


def begin_run(kind: str) -> VaultRun:
    """Raises CommandError."""
    try:
        return begin(kind, timezone.now())
    except Refusal as refusal:
        raise CommandError("A run of this kind is going on already.") from refusal


def carry_out_aloud(command: BaseCommand, run: VaultRun) -> None:
    """To its end, with progress."""
    carry_out(run, lambda done: command.stdout.write(f"{done} of {run.total}"))


def _compare(head: str | None) -> list[str]:
    if not head:
        return []
    told = HEAD.fullmatch(head.strip())
    if told is None:
        raise CommandError("--head is a number and a digest: 123:0f…")
    seal = HistorySeal.objects.filter(pk=int(told["number"])).first()
    if seal is None:
        return [f"seals {told['number']} to {told['number']}: removed"]
    return [] if seal.digest == told["digest"] else [f"seal {seal.number}: is not the one that was told outside"]
