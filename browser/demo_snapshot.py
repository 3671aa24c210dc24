"""The demo, made once in each run: afterwards its rows and files are put back from a copy, which takes a hundredth of the time."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


def made_once(make: Callable[[], object], folder: Path) -> None:
    """What `make` leaves in the database and among the evidence. Elsewhere than on SQLite it is made each time."""
    shutil.rmtree(_evidence(), ignore_errors=True)  # what is left there belongs to rows of an earlier test
    if connection.vendor != "sqlite":
        make()
        return
    with _one_at_a_time(folder):
        if folder.exists():
            _bring_back(folder)
        else:
            make()
            _take(folder)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of the workers of one run: whoever comes second waits, and finds it made."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _evidence() -> Path:
    return Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])


def _take(folder: Path) -> None:
    half = folder.with_suffix(".half")
    half.mkdir()
    with closing(sqlite3.connect(half / "rows.sqlite3")) as rows:
        connection.connection.backup(rows)
    if _evidence().exists():
        shutil.copytree(_evidence(), half / "evidence")
    half.rename(folder)


def _bring_back(folder: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / "rows.sqlite3")) as rows:
        rows.backup(connection.connection)
    if (folder / "evidence").exists():
        shutil.copytree(folder / "evidence", _evidence(), dirs_exist_ok=True)
