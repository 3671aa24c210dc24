"""The proof of the vault: the history is whole and unchanged, and every file is what arrived. What is wrong is named."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from evidence.models import EvidenceItem, SealedFile
from evidence.vault import store
from evidence.vault.custody import CustodyAction, CustodyEntry
from evidence.vault.history_audit import history_findings
from evidence.vault.sealing import SealBroken
from evidence.vault.seals import Told, told_outside

BATCH = 500
VERDICTS = (CustodyAction.ACCEPTED, CustodyAction.REJECTED)
GONE = (CustodyAction.DELETED, CustodyAction.WITHDRAWN, CustodyAction.ERASED, CustodyAction.PURGED)
Progress = Callable[[int], None]


def findings(progress: Progress) -> Iterator[str]:
    """Everything that is wrong, one line each; `progress` hears how many entries, items and files were looked at."""
    return _count_off((history_findings(_head_outside()), _items(), _files(), _strangers()), progress)


def findings_in_rows(progress: Progress) -> Iterator[str]:
    """The same without opening any file: what can be proven every night."""
    return _count_off((history_findings(_head_outside()), _items()), progress)


def _count_off(parts: Iterable[Iterator[str | None]], progress: Progress) -> Iterator[str]:
    seen = 0
    for part in parts:
        for found in part:
            if found is None:
                seen += 1
                if seen % BATCH == 0:
                    progress(seen)
            else:
                yield found
    progress(seen)


def _head_outside() -> Told | None:
    """As the store knows it. Where it is away, its files are found missing in any case."""
    try:
        return told_outside()
    except OSError:
        return None


def _items() -> Iterator[str | None]:
    """Each item against what the log tells of it, and against the files it names; each arrival against an item."""
    for arrivals in _batches():
        yield from (None for _entry in arrivals)
        # Asked twice, because somebody may have acted on an item between the reading of its row and of its log.
        first = _wrong(arrivals)
        suspects = [entry for entry in arrivals if entry.item_id in first]
        yield from (found for each in _wrong(suspects).values() for found in each)
    unlogged = EvidenceItem.objects.exclude(pk__in=CustodyEntry.objects.filter(action=CustodyAction.ARRIVED).values("item_id"))
    for pk in unlogged.values_list("pk", flat=True).iterator(BATCH):
        yield f"item {pk}: nothing tells of its arrival"


def _wrong(arrivals: list[CustodyEntry]) -> Mapping[int, list[str]]:
    """What is wrong, by the item's id."""
    ids = [entry.item_id for entry in arrivals]
    items, told = EvidenceItem.objects.in_bulk(ids), _entries_by_item(ids)
    files = {row.name: row for row in SealedFile.objects.filter(name__in=[name for each in items.values() for name in each.names])}
    wrong = {}
    for entry in arrivals:
        item, said = items.get(entry.item_id), told.get(entry.item_id, [])
        if item is not None:
            wrong[item.pk] = [*_against_the_log(item, entry, said), *_own_files(item, files, said)]
        elif not any(each.action in GONE for each in said):
            wrong[entry.item_id] = [f"item {entry.item_id}: gone without a word"]
    return {pk: found for pk, found in wrong.items() if found}


def _entries_by_item(ids: list[int]) -> Mapping[int, list[CustodyEntry]]:
    told: dict[int, list[CustodyEntry]] = defaultdict(list)
    for entry in CustodyEntry.objects.filter(item_id__in=ids, action__in=(*GONE, *VERDICTS, CustodyAction.CLEARED)).order_by("seq"):
        told[entry.item_id].append(entry)
    return told


def _against_the_log(item: EvidenceItem, arrival: CustodyEntry, told: list[CustodyEntry]) -> Iterator[str]:
    if item.sha256 != arrival.sha256:
        yield f"item {item.pk}: its hash is not that of its arrival"
    gone = any(each.action in GONE for each in told)
    if gone != (item.state == EvidenceItem.State.DELETED):
        yield f"item {item.pk}: {'there, though the log tells of its end' if gone else 'deleted without a word'}"
    verdicts = [each.action for each in told if each.action in VERDICTS]
    if item.verdict != (verdicts[-1] if verdicts else ""):
        yield f"item {item.pk}: its verdict is not the one the log tells"


def _own_files(item: EvidenceItem, files: Mapping[str, SealedFile], told: list[CustodyEntry]) -> Iterator[str]:
    """Every file it names is its own and has its key; the original is what arrived, the copies are those that were made."""
    made: Mapping[str, str] = next((each.detail for each in reversed(told) if each.action == CustodyAction.CLEARED), {})
    expected = {"original": item.sha256, "safe": made.get("safe"), "thumbnail": made.get("thumbnail")}
    for column in ("original", "safe", "thumbnail", "secret"):
        row = files.get(getattr(item, column))
        if not getattr(item, column):
            continue
        if row is None or row.item_id != item.pk or row.erased_at is not None or not row.wrapped_key:
            yield f"item {item.pk}: its file ({column}) is not its own any more"
        elif expected.get(column) not in (None, row.sha256):
            yield f"item {item.pk}: its file ({column}) is not the one that was kept"


def _batches() -> Iterator[list[CustodyEntry]]:
    last = 0
    while batch := list(CustodyEntry.objects.filter(action=CustodyAction.ARRIVED, seq__gt=last).order_by("seq")[:BATCH]):
        last = batch[-1].seq
        yield batch


def _files() -> Iterator[str | None]:
    """Each seal opened, each hash taken again; of what was erased nothing may be left."""
    for row in SealedFile.objects.order_by("pk").iterator(BATCH):
        yield None
        if row.erased_at is not None:
            if row.wrapped_key or store.is_there(row.name):
                yield f"file {row.name}: erased, but still there"
            continue
        try:
            found = hashlib.sha256(store.read_row(row)).hexdigest()
        except SealBroken as broken:
            if _is_wanted(row):
                yield f"file {broken.name} of {_owner(row)}: {broken.code}"
            continue
        if found != row.sha256:
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
            yield from _list_unknown_files(batch)
            batch = []
    yield from _list_unknown_files(batch)


def _list_unknown_files(names: list[str]) -> Iterator[str]:
    known = set(SealedFile.objects.filter(name__in=names).values_list("name", flat=True))
    yield from (f"file {name}: nobody put it there" for name in names if name not in known)
