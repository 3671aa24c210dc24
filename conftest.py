"""What every test starts from: tasks run at once, nothing remembered from the test before."""

import sys
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from supportdesk.celery import app


@pytest.fixture(autouse=True, scope="session")
def _tasks_run_at_once() -> None:
    app.conf.task_always_eager = True


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Throttles and rate limits live in the cache, the language in the thread, published policies in the process."""
    cache.clear()
    _forget_policies()
    with translation.override("zh-hans"):
        yield


def _forget_policies() -> None:
    if policies := sys.modules.get("sla.policies"):
        policies.snapshot.cache_clear()
