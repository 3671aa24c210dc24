"""`manage.py verify_custody`: prove the custody log and every stored hash; name what is wrong and exit with 1."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evidence.models import CustodyHead, VaultRun
from evidence.vault.jobs import begin, carry_out
from tickets.workflow import Refusal


class Command(BaseCommand):
    help = "Prove that the custody log is whole and every file is what arrived. Keep the last line elsewhere: it dates the log."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = begin(VaultRun.Kind.VERIFICATION, timezone.now())
        except Refusal as refusal:
            raise CommandError("A run of this kind is going on already.") from refusal
        carry_out(run, lambda done: self.stdout.write(f"{done} of {run.total}"))
        for finding in run.findings:
            self.stderr.write(finding)
        if run.findings:
            raise CommandError(f"{len(run.findings)} things are wrong.")
        head = CustodyHead.objects.filter(pk=1).first()
        self.stdout.write(f"All is in order. The log ends with entry {head.seq}, {head.digest}." if head else "The log is empty.")
