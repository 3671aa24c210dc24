"""Limits per user and per address. Rates come from THROTTLE_* of the settings, read at each request."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from lib.rates import count_one


class Throttle(BaseThrottle):
    """One more under the rate of `setting`."""

    setting = ""

    def __init__(self) -> None:
        self._wait = 0.0
        self.limit = self.remaining = self.reset = 0  # as RateLimit-* tells them; limit 0: this request is not counted here

    def ident(self, request: Request) -> str | None:
        """Whom to count; None: not this request."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: object) -> bool:
        ident = self.ident(request)
        use = None if ident is None else count_one(self.setting, ident)
        if use is None:
            return True
        self._wait, self.limit, self.remaining, self.reset = use.wait, use.limit, use.remaining, use.reset
        return use.allowed

    def wait(self) -> float:
        return self._wait


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


class Filing(PerUser):
    setting = "THROTTLE_FILING"

    def ident(self, request: Request) -> str | None:
        return super().ident(request) if request.method == "POST" else None
