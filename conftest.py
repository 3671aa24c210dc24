"""What every test starts from: tasks run at once, nothing remembered from the test before, a Chromium for those that drive one."""

import gc
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from lib import memo
from scripts.browser import find_chromium
from supportdesk.celery import app

pytest_plugins = ["supportdesk.tests.databases", "tickets.tests.cast"]
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


def pytest_collection_finish() -> None:
    """What was imported to get here stays: collecting garbage among it took a tenth of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True, scope="session")
def _tasks_run_at_once() -> None:
    app.conf.task_always_eager = True


@pytest.fixture(autouse=True, scope="session")
def _nobody_watches_the_clock() -> None:
    """No worker runs beside the tests. Those that are about it set their own seconds."""
    settings.STANDSTILL_SECONDS = 0


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_quick_to_check() -> None:
    """And to set: the product's own way is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _sessions_of_staff_last() -> None:
    """The clocks of tests jump by days. Tests of how sessions end set their own."""
    settings.STAFF_SESSION = timedelta(0)


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_found_when_asked_for() -> None:
    """WhiteNoise otherwise reads every folder of them when a test's client makes its first request: 15 ms each."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True, scope="session")
def _evidence_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Not among the evidence of real people. In the environment too, for tests that start processes."""
    folder = str(tmp_path_factory.mktemp("evidence"))
    settings.STORAGES["evidence"]["OPTIONS"]["location"] = os.environ["EVIDENCE_DIR"] = folder


@pytest.fixture(autouse=True, scope="session")
def _everybody_files_as_much_as_a_test_needs() -> None:
    """The limits have tests of their own, which set them."""
    settings.FREEZES_PER_HOUR = settings.FILINGS_PER_HOUR = 0


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Throttles and rate limits live in the cache, the language in the thread, policies and labels in the process."""
    cache.clear()
    memo.forget_all()
    with translation.override("zh-hans"):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found: install it, or set CHROMIUM to its path")
    # Playwright keeps an event loop in the test's thread; Django would refuse the test's own queries there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {"executable_path": path, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture
def chat(settings, monkeypatch):
    """A chat server that listens here, with the bots of WeCom, DingTalk, Feishu, Lark and Slack led to it."""
    from tickets.tests.chatroom import ChatServer

    settings.WEBHOOKS_TO_PRIVATE, settings.SITE_URL = True, "https://desk.example"
    server = ChatServer()
    server.lead_here(monkeypatch)
    yield server
    server.shutdown()
    server.server_close()
