"""Lint of migrations: what would break a program that still runs the version before, or hold a table for long.

On SQLite always, as a database in memory; on PostgreSQL where it can be reached (under CI it must). What `make lint` asks of a migration:
columns and tables go only after the code that reads them has gone, a new column that must be filled has a `db_default`, a unique
constraint comes before the rows that would break it.
"""

import os
import subprocess
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection

from scripts.postgres import DATABASE, postgres_answers, report_skip

SQLITE = "sqlite:///:memory:"
# They make every table: nobody runs a version before them, and an install from before has them on record already.
SQUASHED = ["0001_squashed", "0002_second_factor"]
# A migration of ours that is right all the same: `tickets.0002_…` here, and why it is in the line above it.
ACCEPTED = [
    # Unique is what is named, and nobody is before this migration names its own: every other row holds "", which the condition leaves out.
    "accounts.0003_service_users",
    # The index of open escalations is made anew over their new states, which take the place of the old ones: those rows are few, and
    # one that was open stays the only one of its place. `state` grows from 8 to 12 characters.
    "tickets.0009_outside",
    # `verdict` grows from 10 to 16 characters: PostgreSQL rewrites no row for that, and what the version before writes still fits.
    "tickets.0010_money",
    # `following` grows from 300 to 3,000 characters: the same.
    "accounts.0008_longer_addresses",
]
EXCLUDED = {
    # SQLite alters a table by building it anew, with every NOT NULL and every unique index it had: the linter takes those for new ones.
    # PostgreSQL judges them.
    "sqlite": ["NOT_NULL", "ADD_UNIQUE"],
    "postgresql": [],
}
# Of our way to write: a historical model is called by what it is in the function (`rules`), not by its class.
NAMING = ["RUNPYTHON_MODEL_VARIABLE_NAME"]


def main() -> int:
    database = os.environ.get("TEST_DATABASE_URL", DATABASE)
    here = lint_apart(SQLITE)
    there = lint_apart(same_server(database)) if postgres_answers(database) else report_skip("PostgreSQL", "TEST_DATABASE_URL")
    return here or there


def same_server(url: str) -> str:
    """The database that every server has: a server is asked how it would alter a table, and none is altered."""
    return url.rpartition("/")[0] + "/postgres"


def lint_apart(url: str) -> int:
    """In a process of its own, because Django has its database from the environment. Nothing is written there."""
    environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
    return subprocess.run([sys.executable, "-m", "scripts.migrations", "here"], env=environment, check=False).returncode


def lint_here() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    django.setup()
    from django_migration_linter import MigrationLinter  # noqa: PLC0415 - it asks for settings

    linter = MigrationLinter(exclude_migration_tests=[*NAMING, *EXCLUDED[connection.vendor]], no_cache=True, quiet=["ok"])
    for (app, name), migration in sorted(linter.migration_loader.disk_migrations.items()):
        if app in rooms() and name not in SQUASHED and f"{app}.{name}" not in ACCEPTED:
            linter.lint_migration(migration)
    print(f"{connection.vendor}: {linter.nb_total} migrations looked at, {linter.nb_erroneous} refused.")
    return int(linter.has_errors)


def rooms() -> list[str]:
    """The apps that are ours, by where their code lies."""
    return [each.label for each in apps.get_app_configs() if Path(each.path).parent == settings.BASE_DIR]


if __name__ == "__main__":
    sys.exit(lint_here() if sys.argv[1:] == ["here"] else main())
