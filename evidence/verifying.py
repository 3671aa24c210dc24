"""The proof of the vault: the custody log is whole and unchanged, and every file is what arrived. What is wrong is named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from evidence import store
from evidence.custody import GENESIS, Action, CustodyEntry, CustodyHead, digest_of, seal_of
from evidence.models import EvidenceItem, SealedFile
from evidence.sealing import Broken

BATCH = 500
GONE = (Action.DELETED, Action.WITHDRAWN, Action.ERASED, Action.PURGED)
Progress = Callable[[int], None]


def findings(progress: Progress) -> Iterator[str]:
    """Everything that is wrong, one line each; `progress` hears how many entries, items and files were looked at."""
    seen = 0
    for part in (_log(), _items(), _files(), _strangers()):
        for found in part:
            if found is None:
                seen += 1
                if seen % BATCH == 0:
                    progress(seen)
            else:
                yield found
    progress(seen)


def _log() -> Iterator[str | None]:
    """None for each entry that was looked at. Entries appended meanwhile are the next proof's."""
    head = CustodyHead.objects.filter(pk=1).first()
    if head is None:
        if CustodyEntry.objects.exists():
            yield "custody log: its end is not recorded"
        return
    if head.seal != seal_of(head):
        yield "custody log: the record of its end was changed"
    previous, expected = GENESIS, 1
    for entry in CustodyEntry.objects.filter(seq__lte=head.seq).order_by("seq").iterator(BATCH):
        yield None
        if entry.seq != expected:
            yield f"custody entries {expected} to {entry.seq - 1}: removed"
        elif entry.previous != previous:
            yield f"custody entry {entry.seq}: does not follow the one before"
        if entry.digest != digest_of(entry):
            yield f"custody entry {entry.seq} ({entry.action}, item {entry.item_id}): changed"
        previous, expected = entry.digest, entry.seq + 1
    if expected != head.seq + 1:
        yield f"custody entries {expected} to {head.seq}: removed"
    elif previous != head.digest:
        yield "custody log: does not end as recorded"


def _items() -> Iterator[str | None]:
    """Each item against the entry of its arrival; each arrival against an item that is there or was deleted."""
    for arrivals in _batches():
        items = EvidenceItem.objects.in_bulk([entry.item_id for entry in arrivals])
        lost = {entry.item_id for entry in arrivals} - items.keys()
        told = set(CustodyEntry.objects.filter(item_id__in=lost, action__in=GONE).values_list("item_id", flat=True))
        for entry in arrivals:
            yield None
            item = items.get(entry.item_id)
            if item is None and entry.item_id not in told:
                yield f"item {entry.item_id}: gone without a word"
            elif item is not None and item.sha256 != entry.sha256:
                yield f"item {item.pk}: its hash is not that of its arrival"
    unlogged = EvidenceItem.objects.exclude(pk__in=CustodyEntry.objects.filter(action=Action.ARRIVED).values("item_id"))
    for pk in unlogged.values_list("pk", flat=True).iterator(BATCH):
        yield f"item {pk}: nothing tells of its arrival"


def _batches() -> Iterator[list[CustodyEntry]]:
    last = 0
    while batch := list(CustodyEntry.objects.filter(action=Action.ARRIVED, seq__gt=last).order_by("seq")[:BATCH]):
        last = batch[-1].seq
        yield batch


def _files() -> Iterator[str | None]:
    """Each seal opened, each hash taken again; of what was erased nothing may be left."""
    for row in SealedFile.objects.select_related("item").order_by("pk").iterator(BATCH):
        yield None
        if row.erased_at is not None:
            if row.wrapped_key or store.is_there(row.name):
                yield f"file {row.name}: erased, but still there"
            continue
        try:
            found = hashlib.sha256(store.opened(row)).hexdigest()
        except Broken as broken:
            if _is_wanted(row):
                yield f"file {broken.name} of {_owner(row)}: {broken.code}"
            continue
        arrived = row.item.sha256 if row.item is not None and row.item.original == row.name else found
        if not found == row.sha256 == arrived:
            yield f"file {row.name} of {_owner(row)}: its hash is not the one recorded"


def _is_wanted(row: SealedFile) -> bool:
    """False when it was erased or swept since the row was read, or is an upload that failed."""
    return SealedFile.objects.filter(pk=row.pk, erased_at=None, item__isnull=False).exists()


def _owner(row: SealedFile) -> str:
    return f"item {row.item_id}" if row.item_id else "nobody"


def _strangers() -> Iterator[str | None]:
    """Files in the store that no row names."""
    batch: list[str] = []
    for name in store.names():
        batch.append(name)
        if len(batch) == BATCH:
            yield from _unknown(batch)
            batch = []
    yield from _unknown(batch)


def _unknown(names: list[str]) -> Iterator[str]:
    known = set(SealedFile.objects.filter(name__in=names).values_list("name", flat=True))
    yield from (f"file {name}: nobody put it there" for name in names if name not in known)
