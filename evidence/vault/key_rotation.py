"""A change of keys: the keys of files are wrapped anew under the current key. No file is read or written."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from evidence.models import SealedFile
from evidence.vault import sealing
from evidence.vault.keys import Keyring, UnknownKey, current_id, keyring
from evidence.vault.sealing import SealBroken

BATCH = 500
Progress = Callable[[int], None]


def waiting() -> QuerySet[SealedFile]:
    """Files whose keys are wrapped by an older key."""
    return SealedFile.objects.filter(erased_at=None).exclude(key_id=current_id())


def rewrap(progress: Progress) -> list[str]:
    """Wrap every key anew and say what could not be unwrapped. `progress` hears how many are done; a second run goes on."""
    if not waiting().exists():
        return []
    ring, done, last, wrong = keyring(), 0, 0, []
    while batch := list(waiting().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        for row in batch:
            try:
                done += _rewrap_row(row, ring)
            except SealBroken as broken:
                wrong.append(str(broken))
        progress(done)
    return wrong


def _rewrap_row(row: SealedFile, ring: Keyring) -> int:
    """1 when done, 0 when somebody else changed or erased the row meanwhile. Raises SealBroken."""
    try:
        key = sealing.unwrap(bytes(row.wrapped_key), ring.key(row.key_id))
    except UnknownKey as error:
        raise SealBroken("unknown_key", row.name) from error
    except SealBroken as error:
        raise SealBroken(error.code, row.name) from error
    same = SealedFile.objects.filter(pk=row.pk, key_id=row.key_id, erased_at=None)
    return same.update(key_id=ring.current, wrapped_key=sealing.wrap(key, ring.key(ring.current)))
