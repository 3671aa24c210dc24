"""How often something may be done: a rate such as "600/min" from the settings, counted in the cache."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Rate:
    requests: int
    seconds: int


@dataclass(frozen=True)
class Use:
    """What one more came to. `wait`: seconds until the window ends."""

    allowed: bool
    limit: int
    remaining: int
    wait: float

    @property
    def reset(self) -> int:
        return math.ceil(self.wait)


def rate_of(name: str) -> Rate | None:
    """ "600/min" of the setting; empty: no limit. Raises ValueError, KeyError for one that is not a rate."""
    text = getattr(settings, name, "")
    if not text:
        return None
    requests, _, per = str(text).partition("/")
    return Rate(int(requests), SECONDS[per.strip()[0]])


def count_one(name: str, ident: str) -> Use | None:
    """One more of `ident` under the rate of setting `name`; None without a limit.

    Counts in two neighbouring windows and weighs the older one: one atomic increment, no burst at the seam.
    """
    rate = rate_of(name)
    if rate is None:
        return None
    window, into = divmod(timezone.now().timestamp(), rate.seconds)
    key = f"throttle:{name}:{rate.seconds}:{ident}"
    current = _add_one(f"{key}:{int(window)}", rate.seconds * 2)
    before = cache.get(f"{key}:{int(window) - 1}", 0)
    used = current + before * (1 - into / rate.seconds)
    return Use(used <= rate.requests, rate.requests, max(0, int(rate.requests - used)), rate.seconds - into)


def _add_one(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two calls
        cache.set(key, 1, seconds)
        return 1
