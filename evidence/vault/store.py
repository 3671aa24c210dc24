"""The private store: sealed bytes under random names, reached by nobody but the operations of this room.

The row with the wrapped key comes first, the file after it: what a crash leaves between them is a row that no item took up,
and the sweep finds it. Nothing lies in the store that no row names, and no plain byte lies there at all.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from evidence.models import EvidenceItem, SealedFile
from evidence.vault import sealing
from evidence.vault.sealing import SealBroken
from lib.keyring import UnknownKey, first_keyring, keyring
from lib.standing import why_stopped

log = logging.getLogger(__name__)


def _store() -> Storage:
    return storages["evidence"]


def put(data: bytes) -> str:
    """Seal the bytes and keep them, outside any transaction; the name says nothing about them. Raises OSError."""
    token, ring, key = secrets.token_hex(16), first_keyring(), sealing.new_key()
    name = f"{token[:2]}/{token}"
    SealedFile.objects.create(
        name=name,
        key_id=ring.current,
        wrapped_key=sealing.wrap(key, ring.key(ring.current)),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        made_at=timezone.now(),
    )
    _store().save(name, ContentFile(sealing.seal(data, key, bytes.fromhex(token))))
    return name


def adopt(item: EvidenceItem) -> None:
    """These files are the item's from now on; what nobody adopts is swept away."""
    SealedFile.objects.filter(name__in=item.names).update(item=item)


def read(name: str) -> bytes:
    """The plain bytes. Raises SealBroken, which names what is wrong with the seal; OSError when the store is away."""
    try:
        row = SealedFile.objects.get(name=name)
    except SealedFile.DoesNotExist as error:
        raise SealBroken("missing", name) from error
    return read_row(row)


def read_row(row: SealedFile) -> bytes:
    """As `read`, for a row already at hand."""
    try:
        key = sealing.unwrap(bytes(row.wrapped_key), keyring().key(row.key_id))
        with _store().open(row.name) as file:
            return sealing.unseal(bytes(file.read()), key, bytes.fromhex(row.name.rpartition("/")[2]))
    except UnknownKey as error:
        raise SealBroken("unknown_key", row.name) from error
    except FileNotFoundError as error:
        raise SealBroken("missing", row.name) from error
    except SealBroken as error:
        raise SealBroken(error.code, row.name) from error


def hashes(names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of the plain files, by their names."""
    return dict(SealedFile.objects.filter(name__in=list(names)).values_list("name", "sha256"))


def remove(names: Iterable[str]) -> None:
    """Delete what no item took up, keys first. A store that fails is logged: the sweep finds what stayed behind.

    What an item has taken up after all stays: the caller's transaction may have been committed before it failed.
    """
    for name in names:
        unowned = SealedFile.objects.filter(name=name, item=None)
        if not unowned.update(wrapped_key=b"") and SealedFile.objects.filter(name=name).exists():
            continue
        if _delete(name):
            unowned.delete()


def remove_unadopted(names: Iterable[str]) -> None:
    """Of these, what nothing took up."""
    remove(
        list(
            SealedFile.objects.filter(name__in=list(names), item=None, part=None, said_of=None, letter=None).values_list("name", flat=True)
        )
    )


def _delete(name: str) -> bool:
    """What is not there is deleted already. In a copy of an install everything stays: the real one needs it."""
    if reason := why_stopped():
        log.error("evidence file %s stays: %s", name, reason)
        return False
    try:
        _store().delete(name)
    except OSError:
        log.exception("evidence file %s could not be deleted", name)
        return False
    return True


def erase(names: Iterable[str], at: datetime) -> None:
    """The keys go with the caller's transaction, the bytes after it: without its key a file says nothing any more."""
    doomed = list(names)
    SealedFile.objects.filter(name__in=doomed).update(wrapped_key=b"", erased_at=at)

    # A nested def, not functools.partial: Django logs a failing hook by its __qualname__.
    def delete() -> None:
        remove_erased(doomed)

    if doomed:
        transaction.on_commit(delete, robust=True)


def drop(names: Iterable[str]) -> None:
    """As `erase`, for what no item took up: of it no row stays either."""
    doomed = list(names)
    SealedFile.objects.filter(name__in=doomed, item=None).update(wrapped_key=b"")

    def delete() -> None:
        remove(doomed)

    if doomed:
        transaction.on_commit(delete, robust=True)


def is_there(name: str) -> bool:
    return _store().exists(name)


def is_older(name: str, moment: datetime) -> bool:
    try:
        return _store().get_modified_time(name) < moment
    except FileNotFoundError:
        return False


def remove_erased(names: Iterable[str]) -> int:
    """Delete the bytes of files whose keys are destroyed. How many are gone."""
    gone = [name for name in names if _delete(name)]
    SealedFile.objects.filter(name__in=gone, erased_at__isnull=False).update(gone_at=timezone.now())
    return len(gone)


def still_there() -> Iterator[str]:
    """Names of files whose keys are destroyed and whose bytes the store would not delete."""
    return SealedFile.objects.filter(erased_at__isnull=False, gone_at=None).values_list("name", flat=True).iterator()


def unadopted_names(before: datetime) -> Iterator[str]:
    """Names of files made before `before` that no item took up: an upload that failed, a worker that died, a discarded draft.

    Parts of a file on its way in belong to their upload, a letter set aside to its row.
    """
    rows = SealedFile.objects.filter(item=None, part=None, said_of=None, letter=None, erased_at=None, made_at__lt=before)
    return rows.order_by("made_at").values_list("name", flat=True).iterator()


def names() -> Iterator[str]:
    """Everything that lies in the store."""
    store = _store()
    try:
        folders = store.listdir("")[0]
    except FileNotFoundError:
        return
    for folder in folders:
        for file in store.listdir(folder)[1]:
            yield f"{folder}/{file}"
