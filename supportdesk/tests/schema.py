"""What a database is made of, apart from its rows: lines to compare two installs by. The order of columns does not count."""

import re
from collections.abc import Iterator

from django.db import connection

POSTGRESQL = (
    "SELECT table_name, column_name, udt_name, character_maximum_length, numeric_precision, is_nullable, column_default, is_identity "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT relname, reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)
CASTS = re.compile(r"::(character varying|text)(\[\])?|[()]")  # pg_dump writes them in other places than the server that made the index
SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"


def lines() -> list[str]:
    return sorted(set(_of_postgresql() if connection.vendor == "postgresql" else _of_sqlite()))


def _of_postgresql() -> Iterator[str]:
    with connection.cursor() as cursor:
        for statement in POSTGRESQL:
            cursor.execute(statement)
            yield from (CASTS.sub("", " ".join(map(str, row))) for row in cursor.fetchall())


def _of_sqlite() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(SQLITE)
        for kind, name, table, sql in cursor.fetchall():
            body = sql[sql.index("(") + 1 : sql.rindex(")")] if kind == "table" else sql
            for part in _parts(body) if kind == "table" else [sql]:
                yield f"{kind} {name} {table}: {' '.join(part.split())}"


def _parts(body: str) -> Iterator[str]:
    """What stands between commas that are in no bracket: a column or a constraint."""
    depth, part = 0, ""
    for sign in body:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield part
            part = ""
        else:
            part += sign
    yield part
