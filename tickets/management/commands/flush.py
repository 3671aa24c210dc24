"""Empty the database, as Django does, past two things Django does not know of: the history's triggers and tables without a model."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        if connections[options["database"]].vendor == "postgresql":
            # knox makes a table for its own token model even where ours replaces it; it refers to users, so a plain TRUNCATE fails.
            super().handle(**{**options, "allow_cascade": True})
        else:
            with _history_open(options["database"]):
                super().handle(**options)


@contextmanager
def _history_open(database: str) -> Iterator[None]:
    """One transaction without the triggers (TRUNCATE would pass them, DELETE does not). When it fails they never went."""
    connection = connections[database]
    with transaction.atomic(using=database), connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%never edited%'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)
