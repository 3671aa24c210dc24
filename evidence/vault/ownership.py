"""Whose store this is: a small object in it holds the id of the install. An empty store is taken; another's is left alone."""

from __future__ import annotations

import logging

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from accounts.installs import install_id, note_store
from lib.standing import why_stopped

log = logging.getLogger(__name__)
# At the top, where no file of evidence lies: those are in folders.
MARK = "install"
ANOTHERS = "the evidence store belongs to another install"


def look_at_store() -> str:
    """ "" where it is ours, or became ours just now; else the reason why this install stands still. Raises OSError when it is away."""
    store: Storage = storages["evidence"]
    owner = _owner(store)
    if not owner and not why_stopped():
        put_mark()
        owner = install_id()
    note_store("" if owner in ("", install_id()) else ANOTHERS)
    return why_stopped()


def put_mark() -> None:
    """Somebody said that this is the real one, or nobody else was here before. Raises OSError."""
    store: Storage = storages["evidence"]
    if store.exists(MARK):
        store.delete(MARK)
    store.save(MARK, ContentFile(install_id().encode()))


def _owner(store: Storage) -> str:
    try:
        with store.open(MARK) as file:
            return bytes(file.read()).decode(errors="replace").strip()
    except FileNotFoundError:
        return ""
