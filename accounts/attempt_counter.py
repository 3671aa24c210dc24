"""How often a code was guessed at, counted before it is compared: requests at the same moment count as if one after another."""

from __future__ import annotations

from datetime import timedelta

from allauth.core import context as request_context
from django.core.cache import cache
from django.utils.crypto import salted_hmac

# As allauth's own, which stand in the session: there the last of many writers wins, and all the others were free.
MOST = 3
WINDOW = timedelta(minutes=20)  # longer than any code works


def register_attempt(code: str) -> bool:
    """Counts this guess at what was sent to this browser. False from the fourth on, whoever came at once."""
    request = request_context.request
    key = salted_hmac("accounts.tries", f"{request.session.session_key} {code}").hexdigest()
    cache.add(f"accounts:tries:{key}", 0, WINDOW.total_seconds())
    try:
        return bool(cache.incr(f"accounts:tries:{key}") <= MOST)
    except ValueError:  # thrown out of a full cache between the two lines: one more try is asked for, none is given
        return False
