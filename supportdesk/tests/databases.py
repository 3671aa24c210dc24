"""The tests' database: migrated once as a template, cloned for each worker, and put back after every test that commits.

A clone takes a tenth of a second where migrating takes many, and putting rows back a hundredth where Django's flush takes half of one
and leaves nothing of what the migrations brought (groups, calendar, policy).
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase

# What `put_back` deletes in must not refuse or cascade: with this role triggers and foreign keys rest. It takes a superuser.
KEEP = """
CREATE SCHEMA seeded;
DO $$
DECLARE name text; filled boolean;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE seeded.%I AS TABLE public.%I', name, name); END IF;
  END LOOP;
END $$;
CREATE FUNCTION seeded.put_back() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' LOOP
    EXECUTE format('DELETE FROM public.%I', name);
  END LOOP;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'seeded' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM seeded.%I', name, name);
  END LOOP;
END $$;
"""


class PostgreSQL:
    """The template is a database beside the others; what it was seeded with is kept in a schema of its own."""

    def __init__(self, _folder: Path) -> None:
        self.template = f"test_{connection.settings_dict['NAME']}_template"

    def keep(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(KEEP)

    def clone(self, name: str) -> None:
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
            # Nobody pulls the plug, so the disk need not be waited for.
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')

    def put_back(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT seeded.put_back()")

    def drop(self) -> None:
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')


class SQLite:
    """The template is a file. It is put back page by page, which other connections see as one transaction."""

    def __init__(self, folder: Path) -> None:
        self.template = str(folder / "template.sqlite3")

    def keep(self) -> None:
        """The file is all there is to keep."""

    def clone(self, name: str) -> None:
        shutil.copyfile(self.template, name)

    def put_back(self) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(self.template)) as template:
            template.backup(connection.connection)

    def drop(self) -> None:
        Path(self.template).unlink()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """In place of pytest-django's own, which migrates in each worker."""
    is_worker = hasattr(request.config, "workerinput")
    folder = tmp_path_factory.getbasetemp().parent if is_worker else tmp_path_factory.getbasetemp()
    databases = (PostgreSQL if connection.vendor == "postgresql" else SQLite)(folder)
    origin, own = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    users = folder / "users-of-the-template"
    mine = users / str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))
    with django_db_blocker.unblock(), _one_at_a_time(folder):
        users.mkdir(exist_ok=True)
        if not any(users.iterdir()):
            _make(databases)
        mine.touch()
        databases.clone(own)
        _use(own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _put_back(databases))
        yield
    with django_db_blocker.unblock(), _one_at_a_time(folder):
        connection.creation.destroy_test_db(origin, verbosity=0)
        mine.unlink()
        if not any(users.iterdir()):
            databases.drop()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of the workers of one run."""
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(databases: PostgreSQL | SQLite) -> None:
    name, connection.settings_dict["TEST"]["NAME"] = connection.settings_dict["TEST"]["NAME"], databases.template
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    databases.keep()
    connection.close()
    connection.settings_dict["TEST"]["NAME"] = name


def _use(name: str) -> None:
    """As Django's create_test_db does."""
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _put_back(databases: PostgreSQL | SQLite) -> None:
    databases.put_back()
    ContentType.objects.clear_cache()
