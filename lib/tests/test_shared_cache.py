"""A cache that is away or hangs costs a moment, once, and limits go on counting in the process."""

import os
import pickle
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from lib import shared_cache
from lib.shared_cache import NotOurs, SharedCache, SignedSerializer


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


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.putenv, ("EXPLODED", "yes")


def test_what_somebody_else_wrote_there_is_not_unpickled(away, monkeypatch):
    """Whoever may write to the server would otherwise run their code in a web process."""
    planted, exploded = pickle.dumps(Bomb()), []
    monkeypatch.setattr(os, "putenv", lambda *said: exploded.append(said))
    signed = SignedSerializer().dumps({"open": 7})
    forged = signed[:32] + planted
    cache = SharedCache(away, {})
    for kept in (planted, forged, signed[:-1], b"", b"x"):
        monkeypatch.setattr(redis.Redis, "get", lambda self, key, kept=kept: kept)
        monkeypatch.setattr(redis.Redis, "mget", lambda self, keys, kept=kept: [kept])
        assert cache.get("figures", "as if it were not there") == "as if it were not there"
        assert cache.get_many(["figures"]) == {}
        with pytest.raises(NotOurs):
            SignedSerializer().loads(kept)
    assert not exploded and not cache.breaker._is_away
    monkeypatch.setattr(redis.Redis, "get", lambda self, key: signed)
    assert cache.get("figures") == {"open": 7}


@pytest.mark.parametrize("value", [0, -3, 17, True, 2.5, "5", "", None, [1.0, 2.0], {"a": (1, 2)}])
def test_what_is_kept_comes_back_as_it_was(value):
    kept = SignedSerializer().dumps(value)
    back = SignedSerializer().loads(kept if isinstance(kept, bytes) else str(kept).encode())
    assert (back, type(back)) == (value, type(value))
