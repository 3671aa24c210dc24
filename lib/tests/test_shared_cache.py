"""A cache that is away or hangs costs a moment, once, and limits go on counting in the process."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib import shared_cache
from lib.shared_cache import SharedCache


@pytest.fixture
def hung():
    """Takes connections and never says a word, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def away():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


def test_what_is_away_is_as_if_empty_and_counts_in_the_process(away, caplog):
    cache = SharedCache(away, {})
    assert cache.get("tries", 0) == 0
    assert cache.add("tries", 0, 60) is True
    assert [cache.incr("tries") for _ in range(3)] == [1, 2, 3]
    cache.set("figures", {"open": 7}, 60)
    assert cache.get_many(["figures", "none"]) == {"figures": {"open": 7}}
    assert cache.delete("figures") is True
    with pytest.raises(ValueError, match="not found"):
        cache.incr("figures")
    assert caplog.text.count("The cache is away") == 1


def test_what_hangs_costs_a_moment_once(hung):
    cache, begun = SharedCache(hung, {}), time.monotonic()
    for number in range(200):
        cache.add(f"k{number}", 1, 60)
    assert time.monotonic() - begun < 3 * shared_cache.PATIENCE_SECONDS


def test_all_threads_together_ask_it_once_in_each_rest(hung, monkeypatch):
    SharedCache(hung, {}).get("x")
    breaker = shared_cache._breakers[hung]
    monkeypatch.setattr(breaker, "_rests_until", 0.0)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: breaker.may_ask(), range(40))) == 1


def test_once_it_answers_it_is_shared_again(away, monkeypatch, caplog):
    cache = SharedCache(away, {})
    cache.set("x", "own", 60)
    monkeypatch.setattr(cache.breaker, "_rests_until", 0.0)
    monkeypatch.setattr(type(cache._cache), "get", lambda self, key, default: "shared")
    assert cache.get("x") == "shared"
    assert "The cache answers again" in caplog.text
