"""An install of the last version before the migrations were squashed is upgraded with its rows; one that stopped half-way is refused."""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from scripts.prepare import refuse_half_way
from supportdesk.tests import schema
from supportdesk.tests.upgrading_steps import FACTS
from supportdesk.upgrading import is_all_or_none

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
ROOT = Path(__file__).resolve().parents[2]
INSTALLS = Path(__file__).parent / "installs"
SECRET = "an-install-of-7f69f49"


def unpacked(name: str) -> bytes:
    return lzma.decompress((INSTALLS / name).read_bytes())


@pytest.fixture
def install(tmp_path: Path, worker_id: str) -> Iterator[dict[str, str]]:
    """The environment of an old install, of the kind of database these tests run on."""
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": SECRET,
        "DJANGO_SETTINGS_MODULE": "supportdesk.settings",
    }
    if connection.vendor == "sqlite":
        (tmp_path / "db.sqlite3").write_bytes(unpacked("7f69f49.sqlite3.xz"))
        yield environment
        return
    server, name = os.environ["DATABASE_URL"].rpartition("/")[0], f"upgrade_{worker_id}_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        with psycopg.connect(f"{server}/{name}") as restored:
            restored.execute(unpacked("7f69f49.postgresql.sql.xz"))
        yield {**environment, "DATABASE_URL": f"{server}/{name}"}
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def upgraded(install: dict[str, str]) -> dict[str, Any]:
    """What a process of its own found: the old install upgraded, looked at and used."""
    command = [sys.executable, "-m", "supportdesk.tests.upgrading_steps"]
    ended = subprocess.run(command, cwd=ROOT, env=install, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_an_old_install_is_upgraded_with_its_rows_and_goes_on(upgraded: dict[str, Any]) -> None:
    """One test, because making the install is what takes long."""
    assert upgraded["left"] == []
    for name in FACTS:
        assert upgraded["before"][name], name
        assert upgraded["after"][name] == upgraded["before"][name], name
    assert upgraded["wrong dues"] == [[["TS-20261116-000001"]], []]
    without, added = upgraded["turns"]
    assert without == []
    assert [key for key, _count in added] == ["next_reply", "promise"]
    assert set(schema.lines()) ^ set(upgraded["schema"]) == set()  # as one that was made today
    assert upgraded["refused"] == [True, True, True]
    assert (upgraded["program"], upgraded["page"]) == (200, 200)
    assert (upgraded["filed"], upgraded["events"]) == (201, 1), upgraded["text"]
    assert "timers fired" in upgraded["ticked"]


def test_a_new_install_has_the_names_of_the_old_migrations_on_record() -> None:
    assert is_all_or_none(databases=["default"]) == []


def test_an_install_that_stopped_half_way_is_refused_with_words() -> None:
    MigrationRecorder.Migration.objects.filter(app="tickets", name__in=["0016_event_by_time", "0017_names"]).delete()
    MigrationRecorder.Migration.objects.filter(app="api", name="0004_names").delete()
    words = [error.msg for error in is_all_or_none(databases=["default"])]
    assert words == [
        "Stopped half-way in an older version: of the 4 migrations that api.0001_squashed stands for, 0004_names is not applied here.",
        "Stopped half-way in an older version: of the 17 migrations that tickets.0001_squashed stands for, "
        "2 (0016_event_by_time to 0017_names) are not applied here.",
    ]
    with pytest.raises(CommandError, match="Stopped half-way"):
        call_command("migrate", verbosity=0, skip_checks=False)
    with pytest.raises(SystemExit, match="Go back to the code of commit 7f69f49"):
        refuse_half_way()
