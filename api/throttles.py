"""Limits per user and per address. Rates come from THROTTLE_* of the settings, read at each request."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Rate:
    requests: int
    seconds: int


def rate_of(name: str) -> Rate | None:
    """ "600/min" of the setting; empty: no limit. Raises ValueError, KeyError for one that is not a rate."""
    text = getattr(settings, name, "")
    if not text:
        return None
    requests, _, per = str(text).partition("/")
    return Rate(int(requests), SECONDS[per.strip()[0]])


class Throttle(BaseThrottle):
    """Counts in two neighbouring windows and weighs the older one: one atomic increment, no burst at the seam."""

    setting = ""

    def __init__(self) -> None:
        self._wait = 0.0
        self.limit = self.remaining = self.reset = 0  # as RateLimit-* tells them; limit 0: this request is not counted here

    def ident(self, request: Request) -> str | None:
        """Whom to count; None: not this request."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: object) -> bool:
        rate, ident = rate_of(self.setting), self.ident(request)
        return rate is None or ident is None or self._count(rate, ident)

    def _count(self, rate: Rate, ident: str) -> bool:
        now = timezone.now().timestamp()
        window, into = divmod(now, rate.seconds)
        name = f"throttle:{self.setting}:{rate.seconds}:{ident}"
        current = _add_one(f"{name}:{int(window)}", rate.seconds * 2)
        before = cache.get(f"{name}:{int(window) - 1}", 0)
        self._wait = rate.seconds - into
        used = current + before * (1 - into / rate.seconds)
        self.limit, self.remaining, self.reset = rate.requests, max(0, int(rate.requests - used)), math.ceil(self._wait)
        return used <= rate.requests

    def wait(self) -> float:
        return self._wait


def _add_one(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two calls
        cache.set(key, 1, seconds)
        return 1


class PerAddress(Throttle):
    setting = "THROTTLE_ADDRESS"

    def ident(self, request: Request) -> str | None:
        return self.get_ident(request)


class PerUser(Throttle):
    setting = "THROTTLE_USER"

    def ident(self, request: Request) -> str | None:
        return str(request.user.pk) if request.user.is_authenticated else None


class PerVisitor(Throttle):
    setting = "THROTTLE_ANON"

    def ident(self, request: Request) -> str | None:
        return None if request.user.is_authenticated else self.get_ident(request)


class ReceiptLookup(PerAddress):
    """Whoever asks: a code is all it takes."""

    setting = "THROTTLE_RECEIPT"


class DossierMaking(PerUser):
    setting = "THROTTLE_DOSSIER"


class _OfPosts(PerUser):
    def ident(self, request: Request) -> str | None:
        return super().ident(request) if request.method == "POST" else None


class Filing(_OfPosts):
    setting = "THROTTLE_FILING"


class Upload(_OfPosts):
    setting = "THROTTLE_UPLOAD"
