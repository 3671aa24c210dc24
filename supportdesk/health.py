"""`/healthz`: this process answers. `/readyz`: what it needs answers too, and the clock runs. Before hosts, https, sessions; no secrets."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Lock
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone

from lib.duties.alarms import notice_standstill
from lib.duties.watching import find_standstill, last_done
from supportdesk.celery import app

# Of all checks together. One that hangs is not begun again until it has ended.
WITHIN = 2.0
# Who asks more often gets the answer of before: no stranger makes us work by asking.
KEEP = 1.0
Check = Callable[[], str]


class NotReady(Exception):
    """Its text is shown, and holds nothing but what we say."""


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_migrations() -> str:
    executor = MigrationExecutor(connection)
    if left := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady(f"{len(left)} not applied")
    return "ok"


def check_cache() -> str:
    key = f"readyz-{uuid4().hex}"
    cache.set(key, "1", 10)
    if cache.get(key) != "1":
        raise NotReady("does not keep what it is given")
    cache.delete(key)
    return "ok"


def check_broker() -> str:
    with app.connection_for_write(connect_timeout=WITHIN) as opened:
        opened.connect()
    return "ok"


def check_store() -> str:
    store = storages["evidence"]
    if isinstance(store, FileSystemStorage):
        place = Path(store.location)
        there = next(folder for folder in (place, *place.parents) if folder.exists())
        if not os.access(there, os.W_OK):
            raise NotReady("cannot be written")
    else:
        store.exists("readyz")
    return "ok"


def check_clock() -> str:
    """The clock and each queue of the workers."""
    if still := find_standstill(timezone.now()):
        raise NotReady("nothing done by: " + ", ".join(still))
    return "ok"


CHECKS: Mapping[str, Check] = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "broker": check_broker,
    "store": check_store,
    "clock": check_clock,
}


class Readiness:
    """Asks everything at once, each check in a thread of its own, and waits no longer than WITHIN."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(len(CHECKS) + 1, thread_name_prefix="readyz")
        self._running: dict[str, Future[object]] = {}
        self._lock = Lock()
        self._asked_at, self._answer = -KEEP, dict[str, object]()

    def ask(self) -> dict[str, object]:
        with self._lock:
            if time.monotonic() - self._asked_at >= KEEP:
                self._answer = self._ask()
                self._asked_at = time.monotonic()
            return self._answer

    def _ask(self) -> dict[str, object]:
        for name, check in {**CHECKS, "tick": _age_of_tick}.items():
            if name not in self._running or self._running[name].done():
                self._running[name] = self._pool.submit(_closing, check)
        wait(self._running.values(), WITHIN)
        found = {name: _outcome(self._running[name]) for name in CHECKS}
        tick = self._running["tick"]
        age = tick.result() if tick.done() and not tick.exception() else None
        return {"ready": all(text == "ok" for text in found.values()), "checks": found, "last_tick_seconds": age}


def _closing(check: Callable[[], object]) -> object:
    try:
        return check()
    finally:
        connection.close()  # of this thread


def _age_of_tick() -> int | None:
    at = last_done().get(settings.WATCHED[0])
    return None if at is None else int((timezone.now() - at).total_seconds())


def _outcome(check: Future[object]) -> str:
    """Of what other programs raise only the class: their texts name hosts and users."""
    if not check.done():
        return f"no answer within {WITHIN:g} s"
    error = check.exception()
    if error is None:
        return str(check.result())
    return str(error) if isinstance(error, NotReady) else f"failed: {type(error).__name__}"


class HealthMiddleware:
    """First of all: a load balancer asks by address, without https and without a name of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.readiness = Readiness()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase
        if request.path_info == "/healthz":
            answer = JsonResponse({"alive": True})
        elif request.path_info == "/readyz":
            said = self.readiness.ask()
            answer = JsonResponse(said, status=200 if said["ready"] else 503)
            if said["checks"]["clock"] != "ok" and said["checks"]["database"] == "ok":  # type: ignore[index]
                notice_standstill()
        else:
            return self.get_response(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer
