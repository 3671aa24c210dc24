"""Empty the database, as Django does, on SQLite too: there the history's triggers would refuse, on PostgreSQL TRUNCATE passes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with _history_open(options["database"]):
            super().handle(**options)


@contextmanager
def _history_open(database: str) -> Iterator[None]:
    """On SQLite, one transaction in which the triggers are gone; they are back when it commits, or never went."""
    connection = connections[database]
    if connection.vendor != "sqlite":
        yield
        return
    with transaction.atomic(using=database), connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'tickets_event'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)
