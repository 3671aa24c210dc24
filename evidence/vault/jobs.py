"""The privacy officer's long work: begun by a person or a command, carried out by a worker, its progress kept in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from evidence.models import HistorySeal, SealedFile, VaultRun
from evidence.vault import audit, key_rotation
from evidence.vault.custody import CustodyAction, CustodyChain, CustodyEntry, CustodyHead
from tickets.models import Ticket
from tickets.workflow import Block, Refusal

MOST_FINDINGS = 1000
MOST_ATTEMPTS = 3
# A worker that says nothing for so long is dead: the slowest step between two words takes seconds.
SILENCE = timedelta(minutes=10)
Progress = Callable[[int], None]


def carry_out(run: VaultRun, tell: Progress = lambda done: None) -> VaultRun:
    """Do the run's work to its end; `tell` hears how much is done. Findings are kept, the first thousand of them."""
    run.total, run.heard_at = TOTALS[run.kind](), timezone.now()
    run.save(update_fields=["total", "heard_at"])

    def progress(done: int) -> None:
        VaultRun.objects.filter(pk=run.pk).update(done=done, heard_at=timezone.now())
        run.done = done
        tell(done)

    return _end_run(run, WORK[run.kind](progress))


def _end_run(run: VaultRun, findings: list[str]) -> VaultRun:
    run.findings, run.ended_at = findings[:MOST_FINDINGS], timezone.now()
    run.save(update_fields=["findings", "ended_at"])
    return run


def take_up(run_id: int, now: datetime) -> bool:
    """Carry out a run that no living worker has in hand. False when somebody has, or it is over."""
    silent = Q(heard_at=None) | Q(heard_at__lt=now - SILENCE)
    if not VaultRun.objects.filter(silent, pk=run_id, ended_at=None).update(heard_at=now, attempts=F("attempts") + 1):
        return False
    run = VaultRun.objects.get(pk=run_id)
    if run.attempts > MOST_ATTEMPTS:
        _end_run(run, ["given up: it came to no end three times; the log of the worker says why"])
    else:
        carry_out(run)
    return True


def _proof(progress: Progress) -> list[str]:
    return list(audit.findings(progress))


def _proof_of_rows(progress: Progress) -> list[str]:
    return list(audit.findings_in_rows(progress))


def _to_prove() -> int:
    return _rows_to_prove() + SealedFile.objects.count()


def _rows_to_prove() -> int:
    """Of the old log each entry; complaints, seals and arrivals."""
    head = CustodyHead.objects.filter(pk=1).first()
    complaints = Ticket.objects.count() + CustodyChain.objects.count() + HistorySeal.objects.count()
    return (head.seq if head else 0) + complaints + CustodyEntry.objects.filter(action=CustodyAction.ARRIVED).count()


WORK: Mapping[str, Callable[[Progress], list[str]]] = {
    VaultRun.Kind.ROTATION: key_rotation.rewrap,
    VaultRun.Kind.VERIFICATION: _proof,
    VaultRun.Kind.HISTORY: _proof_of_rows,
}
TOTALS: Mapping[str, Callable[[], int]] = {
    VaultRun.Kind.ROTATION: lambda: key_rotation.waiting_count(),
    VaultRun.Kind.VERIFICATION: _to_prove,
    VaultRun.Kind.HISTORY: _rows_to_prove,
}


def begin(kind: str, now: datetime, by: User | None = None) -> VaultRun:
    """The row of a run; `by` is nobody where a command begins it. Raises Refusal (RUN_GOES_ON: 409)."""
    try:
        with transaction.atomic():
            return VaultRun.objects.create(kind=kind, started_at=now, by=by)
    except IntegrityError as error:
        raise Refusal(Block("RUN_GOES_ON")) from error
