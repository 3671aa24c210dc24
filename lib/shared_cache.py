"""The cache that all processes share, and may lose: while it is away each process keeps one of its own, and nobody waits for it.

What lies in it is never all there is of anything: limits, who is looking at a ticket, figures counted before. So limits count per
process for the while, which lets more through, and a page may count something again.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar, cast

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.crypto import constant_time_compare, salted_hmac
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.retry import Retry

SALT = "lib.shared_cache"
MAC_BYTES = 32
P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)

# A healthy one answers in a thousandth of it; one that hangs costs a request this, once in each time of rest.
PATIENCE_SECONDS = 0.3
REST_SECONDS = 10.0


class Breaker:
    """Open: leave it alone. One caller asks again after each rest, and all others go on without it meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_away, self._rests_until = False, 0.0

    def may_ask(self) -> bool:
        if not self._is_away:
            return True
        with self._lock:
            if self._is_away and time.monotonic() < self._rests_until:
                return False
            self._rests_until = time.monotonic() + REST_SECONDS
            return True

    def note_away(self, error: Exception) -> None:
        with self._lock:
            was_there, self._is_away, self._rests_until = not self._is_away, True, time.monotonic() + REST_SECONDS
        if was_there:
            log.error("The cache is away (%s). Limits count in each process for itself until it answers.", type(error).__name__)

    def note_answer(self) -> None:
        if not self._is_away:
            return
        with self._lock:
            was_away, self._is_away = self._is_away, False
        if was_away:
            log.warning("The cache answers again.")


class NotOurs(Exception):
    """Nobody with our key has written it: another program, or a version before."""


class SignedSerializer:
    """What is unpickled can be code: so only what carries our signature is, whoever else may write to the server."""

    def dumps(self, value: object) -> int | bytes:
        if type(value) is int:
            return value  # the server counts it
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return self._mac(data) + data

    def loads(self, kept: bytes) -> object:
        """Raises NotOurs."""
        if kept.lstrip(b"-").isdigit():
            return int(kept)
        mac, data = kept[:MAC_BYTES], kept[MAC_BYTES:]
        if not constant_time_compare(mac, self._mac(data)):
            raise NotOurs
        return pickle.loads(data)  # noqa: S301 - signed by us

    @staticmethod
    def _mac(data: bytes) -> bytes:
        return salted_hmac(SALT, data, algorithm="sha256").digest()


_breakers: dict[str, Breaker] = {}


def _or_own(shared: Callable[P, T]) -> Callable[P, T]:
    """That operation on the shared cache, or on the process's own while the shared one is away."""

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        cache = cast("SharedCache", args[0])
        if cache.breaker.may_ask():
            try:
                answer = shared(*args, **kwargs)
            except (RedisError, OSError) as error:
                cache.breaker.note_away(error)
            else:
                cache.breaker.note_answer()
                return answer
        own: Callable[..., T] = getattr(cache.own, shared.__name__)
        return own(*args[1:], **kwargs)

    return call


class SharedCache(RedisCache):
    """Django's cache on Redis, for CACHE_URL. Each thread has an instance; how the server is belongs to all of them."""

    def __init__(self, server: str, params: dict[str, object]) -> None:
        patience = {
            "socket_timeout": PATIENCE_SECONDS,
            "socket_connect_timeout": PATIENCE_SECONDS,
            # A connection that a restart of the server has left dead is opened anew at once; what hangs is not asked twice.
            "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
        }
        options = cast("dict[str, object]", params.get("OPTIONS", {}))
        super().__init__(server, {**params, "OPTIONS": {"serializer": SignedSerializer, **patience, **options}})
        self.breaker = _breakers.setdefault(str(server), Breaker())
        self.own = LocMemCache(f"instead of {server}", {"OPTIONS": {"MAX_ENTRIES": 20_000}})

    def why_away(self) -> str:
        """ "" where the server answers, asked just now."""
        try:
            self._cache.get_client(None, write=True).ping()
        except (RedisError, OSError) as error:
            return type(error).__name__
        return ""

    @_or_own
    def get(self, key: str, default: object = None, version: int | None = None) -> object:
        try:
            return RedisCache.get(self, key, default, version)
        except NotOurs:
            return default

    @_or_own
    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, object]:
        try:
            return dict(RedisCache.get_many(self, keys, version))
        except NotOurs:
            return {}

    add = _or_own(RedisCache.add)
    set = _or_own(RedisCache.set)
    touch = _or_own(RedisCache.touch)
    delete = _or_own(RedisCache.delete)
    has_key = _or_own(RedisCache.has_key)
    incr = _or_own(RedisCache.incr)
    set_many = _or_own(RedisCache.set_many)
    delete_many = _or_own(RedisCache.delete_many)
    clear = _or_own(RedisCache.clear)
