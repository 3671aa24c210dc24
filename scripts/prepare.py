"""Before `make run` serves: schema, groups, policy, calendar, demo people. In one process, because starts are what people wait for."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command, get_commands
from django.db import DEFAULT_DB_ALIAS

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    django.setup()
    refuse_half_way()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("seed_policy", verbosity=0)
    if settings.DEMO and "demo" in get_commands():
        call_command("demo")


def refuse_half_way() -> None:
    """On the command line `migrate` asks this itself, by `call_command` it does not. All its checks would warn at every start."""
    if errors := run_checks(tags=["upgrade"], databases=[DEFAULT_DB_ALIAS]):
        sys.exit("\n".join(map(str, errors)))


if __name__ == "__main__":
    main()
