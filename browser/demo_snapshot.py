"""The demo, made once in each worker: afterwards its rows and files are put back from a copy, which takes a hundredth of the time."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection


def made_once(make: Callable[[], object], folder: Path) -> None:
    """What `make` leaves in the database and among the evidence. Elsewhere than on SQLite it is made each time."""
    shutil.rmtree(_evidence(), ignore_errors=True)  # what is left there belongs to rows of an earlier test
    if connection.vendor != "sqlite":
        make()
    elif folder.exists():
        _bring_back(folder)
    else:
        make()
        _take(folder)


def _evidence() -> Path:
    return Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])


def _take(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "rows.sqlite3")) as rows:
        connection.connection.backup(rows)
    if _evidence().exists():
        shutil.copytree(_evidence(), folder / "evidence")


def _bring_back(folder: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / "rows.sqlite3")) as rows:
        rows.backup(connection.connection)
    if (folder / "evidence").exists():
        shutil.copytree(folder / "evidence", _evidence(), dirs_exist_ok=True)
