"""What a database still holds of rows that were deleted. On SQLite: words in the full-text index, pages that are free, the log of writes.

PostgreSQL's VACUUM lets go of dead rows by itself, and reuses their space without writing over it: there the disk is encrypted.
"""

from __future__ import annotations

import logging

from django.db import OperationalError, connection

log = logging.getLogger(__name__)


def drop_traces() -> bool:
    """Outside of any transaction. False where others read or write just now, or there is nothing to do: a sweep comes again."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
            for (table,) in cursor.fetchall():
                name = connection.ops.quote_name(table)
                cursor.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608 - a name of the schema
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, *_pages) = cursor.fetchone()
    except OperationalError as error:
        log.warning("Traces of deleted rows stay for now: %s", error)
        return False
    return not busy
