"""Before `make run` serves: schema, groups, policy, calendar, demo people. In one process, because starts are what people wait for."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("seed_policy", verbosity=0)
    if settings.DEMO and "demo" in get_commands():
        call_command("demo")


if __name__ == "__main__":
    main()
