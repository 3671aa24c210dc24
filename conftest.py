"""What every test starts from: tasks run at once, nothing remembered from the test before, a Chromium for those that drive one."""

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from supportdesk.celery import app

pytest_plugins = ["tickets.tests.cast"]
EMPTYING = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
EMPTIED = pytest.StashKey[bool]()
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`postgres` tests need real row locks: without PostgreSQL they are skipped, and `make postgres` says so."""
    if settings.DATABASES["default"]["ENGINE"] == "supportdesk.postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Put back what the migrations brought: a transactional test empties the database, and xdist may hand its worker any test next."""
    if item.session.stash.get(EMPTIED, False):
        item.session.stash[EMPTIED] = False
        with item.config.stash[blocking_manager_key].unblock():
            call_command("seed_policy", verbosity=0)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    marker = item.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or EMPTYING.intersection(getattr(item, "fixturenames", ())):
        item.session.stash[EMPTIED] = True


@pytest.fixture(autouse=True, scope="session")
def _tasks_run_at_once() -> None:
    app.conf.task_always_eager = True


@pytest.fixture(autouse=True, scope="session")
def _evidence_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Not among the evidence of real people. In the environment too, for tests that start processes."""
    folder = str(tmp_path_factory.mktemp("evidence"))
    settings.STORAGES["evidence"]["OPTIONS"]["location"] = os.environ["EVIDENCE_DIR"] = folder


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Throttles and rate limits live in the cache, the language in the thread, published policies in the process."""
    cache.clear()
    if policies := sys.modules.get("sla.policies"):
        policies.snapshot.cache_clear()
    for name in ("desk.shell.cached_labels", "desk.queue.saved", "desk.queue.counts", "desk.queue.views.queue", "desk.reports.views"):
        if remembering := sys.modules.get(name):
            remembering.forget()
    with translation.override("zh-hans"):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.skip("no Chromium found: install it, or set CHROMIUM to its path")
    # Playwright keeps an event loop in the test's thread; Django would refuse the test's own queries there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {"executable_path": path, "args": CHROMIUM_ARGUMENTS}
