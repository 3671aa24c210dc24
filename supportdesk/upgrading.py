"""Which installs may be upgraded: new ones, and those that have every migration that was squashed. Half-way ones are refused with words."""

from collections.abc import Iterable

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

LAST_UNSQUASHED = "7f69f49"
REFUSAL = "Stopped half-way in an older version: of the {all} migrations that {squashed} stands for, {missing} not applied here."
WAY_OUT = (
    f"Nothing was changed. Go back to the code of commit {LAST_UNSQUASHED}, run its `manage.py migrate` to the end, then upgrade again "
    "(docs/operating.md, Upgrading)."
)


def is_all_or_none(app_configs: object = None, databases: Iterable[str] | None = None, **kwargs: object) -> list[CheckMessage]:
    """supportdesk.E001, among the database checks: `migrate` runs it before it touches anything, `scripts.prepare` runs this one alone."""
    return [
        Error(REFUSAL.format(all=total, squashed=squashed, missing=_words(missing)), hint=WAY_OUT, id="supportdesk.E001")
        for alias in databases or ()
        for squashed, total, missing in _half_way(alias)
    ]


def _half_way(alias: str) -> Iterable[tuple[str, int, list[str]]]:
    """Django would leave such a migration out of its graph and say nothing, or name a node that is not there."""
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        missing = [old for label, old in migration.replaces if (label, old) not in applied]
        if 0 < len(missing) < len(migration.replaces):
            yield f"{app}.{name}", len(migration.replaces), missing


def _words(missing: list[str]) -> str:
    return f"{missing[0]} is" if len(missing) == 1 else f"{len(missing)} ({missing[0]} to {missing[-1]}) are"
