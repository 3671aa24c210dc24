"""The privacy officer's long work: begun by a person or a command, carried out by a worker, its progress kept in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from evidence import rotating, verifying
from evidence.custody import Action, CustodyEntry, CustodyHead
from evidence.models import SealedFile, VaultRun

MOST_FINDINGS = 1000
Progress = Callable[[int], None]


def carry_out(run: VaultRun, tell: Progress = lambda done: None) -> VaultRun:
    """Do the run's work to its end; `tell` hears how much is done. Findings are kept, the first thousand of them."""
    run.total = TOTALS[run.kind]()
    run.save(update_fields=["total"])

    def progress(done: int) -> None:
        VaultRun.objects.filter(pk=run.pk).update(done=done)
        run.done = done
        tell(done)

    run.findings = WORK[run.kind](progress)[:MOST_FINDINGS]
    run.ended_at = timezone.now()
    run.save(update_fields=["findings", "ended_at"])
    return run


def _proof(progress: Progress) -> list[str]:
    return list(verifying.findings(progress))


def _to_prove() -> int:
    head = CustodyHead.objects.filter(pk=1).first()
    arrivals = CustodyEntry.objects.filter(action=Action.ARRIVED).count()
    return (head.seq if head else 0) + arrivals + SealedFile.objects.count()


WORK: Mapping[str, Callable[[Progress], list[str]]] = {VaultRun.Kind.ROTATION: rotating.rewrap, VaultRun.Kind.VERIFICATION: _proof}
TOTALS: Mapping[str, Callable[[], int]] = {
    VaultRun.Kind.ROTATION: lambda: rotating.waiting().count(),
    VaultRun.Kind.VERIFICATION: _to_prove,
}


def begin(kind: str, now: datetime) -> VaultRun:
    """The row of a run that nobody asked for by hand."""
    return VaultRun.objects.create(kind=kind, started_at=now)
