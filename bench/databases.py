"""Databases of our own on one server: made, copied, dropped. Refuses any whose name does not say that it is ours."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

DEFAULT = "postgres://postgres@127.0.0.1:5432/supportdesk_bench"


class NotOurs(ValueError):
    """The address names a database that a measurement must not drop."""


def address() -> str:
    """Where the server is and what our databases' names begin with. Raises NotOurs."""
    url = os.environ.get("BENCH_DATABASE_URL", DEFAULT)
    if not name_of(url).endswith("bench"):
        raise NotOurs(f"BENCH_DATABASE_URL names {name_of(url)!r}, which would be dropped: let the name end in 'bench'.")
    return url


def name_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def sibling(url: str, suffix: object) -> str:
    """The address of another database beside this one."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name_of(url)}_{suffix}"))


def drop(url: str) -> None:
    _run(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)")


def make(url: str, template: str = "") -> None:
    """An empty database, or a copy of that one."""
    drop(url)
    _run(url, "CREATE DATABASE {} TEMPLATE {}", name_of(template) if template else "template0")
    if template:
        with psycopg.connect(url, autocommit=True) as copy:  # this copy is to send: it is an install of its own
            copy.execute("DELETE FROM accounts_install")


def server(url: str) -> str:
    """What answers there, such as "PostgreSQL 15.20"."""
    with psycopg.connect(url, dbname="postgres") as connection:
        version = connection.info.server_version
    return f"PostgreSQL {version // 10000}.{version % 10000}"


def _run(url: str, statement: str, *more: str) -> None:
    with psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=5) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, (name_of(url), *more))))
