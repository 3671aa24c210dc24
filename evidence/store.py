"""The private store: bytes under random names, reached by nobody but the operations of this room."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

log = logging.getLogger(__name__)


def _store() -> Storage:
    return storages["evidence"]


def put(data: bytes) -> str:
    """Keep the bytes; the name says nothing about them."""
    token = secrets.token_hex(16)
    return _store().save(f"{token[:2]}/{token}", ContentFile(data))


def read(name: str) -> bytes:
    """Raises FileNotFoundError."""
    with _store().open(name) as file:
        return bytes(file.read())


def remove(names: Iterable[str]) -> None:
    """Delete; what is not there is deleted already. A store that fails is logged: the sweep finds what stayed behind."""
    for name in names:
        try:
            _store().delete(name)
        except OSError:
            log.exception("evidence file %s could not be deleted", name)


def remove_after_commit(names: Iterable[str]) -> None:
    doomed = list(names)

    # A nested def, not functools.partial: Django logs a failing hook by its __qualname__.
    def delete() -> None:
        remove(doomed)

    if doomed:
        transaction.on_commit(delete, robust=True)


def names_before(moment: datetime) -> Iterator[str]:
    """Everything in the store that was written before `moment`."""
    store = _store()
    try:
        folders = store.listdir("")[0]
    except FileNotFoundError:
        return
    for folder in folders:
        for file in store.listdir(folder)[1]:
            name = f"{folder}/{file}"
            if store.get_modified_time(name) < moment:
                yield name
