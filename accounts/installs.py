"""Which install this is: an id that follows from its keys, kept in the database with a mark of the place where the database lies.

A database that was copied, restored elsewhere or put under other keys is another place, or another id: it stands still until somebody
says that it is the real one (`manage.py confirm_install`). The evidence store has the id too; the vault looks there and says so here.
"""

from __future__ import annotations

import logging
from pathlib import Path

from django.db import connection
from django.utils import timezone

from accounts.models import Install
from lib import keyring
from lib.standing import look_again

log = logging.getLogger(__name__)
ONLY, LENGTH = 1, 32


def install_id() -> str:
    """The same as long as EVIDENCE_HMAC_KEY is the same, which never changes; another key is another install."""
    return keyring.digest("install", "id")[:LENGTH]


def known_install() -> Install:
    """The row. A database that has none is new, or was emptied: it is this install's."""
    row = Install.objects.filter(pk=ONLY).first()
    if row is None:
        fresh = Install(pk=ONLY, install_id=install_id(), place=place_of_database(), since=timezone.now())
        Install.objects.bulk_create([fresh], ignore_conflicts=True)
        row = Install.objects.get(pk=ONLY)
    return row


def why_stopped() -> str:
    """ "" for the real one."""
    row = known_install()
    if row.install_id != install_id():
        reason = "the database belongs to an install with other keys"
    elif row.place != place_of_database():
        reason = "the database was copied, restored or moved"
    else:
        reason = row.store_says
    if reason:
        log.error("This install sends, calls and deletes nothing: %s. See `manage.py doctor` and `confirm_install`.", reason)
    return reason


def confirm_install() -> Install:
    """Somebody said that this is the real one."""
    known_install()
    Install.objects.filter(pk=ONLY).update(install_id=install_id(), place=place_of_database(), store_says="", since=timezone.now())
    look_again()
    return known_install()


def note_store(reason: str) -> None:
    """What the vault found in its store: "" where the id there is ours."""
    if known_install().store_says != reason:
        Install.objects.filter(pk=ONLY).update(store_says=reason)
        look_again()


def place_of_database() -> str:
    """A copy lies elsewhere: on another server, or under another number of the same one; for SQLite, in another file."""
    return _place_on_server() if connection.vendor == "postgresql" else _place_of_file(str(connection.settings_dict["NAME"]))


def _place_on_server() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid, has_function_privilege('pg_control_system()', 'execute') FROM pg_database WHERE datname = current_database()"
        )
        number, may_ask = cursor.fetchone()
        if not may_ask:
            return f"{number}"
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return f"{cursor.fetchone()[0]}:{number}"


def _place_of_file(name: str) -> str:
    path = Path(name)
    return f"file {path.stat().st_ino}" if path.exists() else "memory"
