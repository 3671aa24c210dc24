"""How often a code was guessed at, counted before it is compared: requests at the same moment count as if one after another.

In the database, where other limits are in the cache: a cache may go away or forget, and six digits bear three guesses, not thousands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.core import context as request_context
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import CodeGuesses
from lib.duties.setting_aside import delete_all_or_each

# As allauth's own, which stand in the session: there the last of many writers wins, and all the others were free.
MOST = 3
WINDOW = timedelta(minutes=20)  # longer than any code works


def register_attempt(code: str) -> bool:
    """Counts this guess at what was sent to this browser. False from the fourth on, whoever came at once."""
    request = request_context.request
    key = salted_hmac("accounts.tries", f"{request.session.session_key} {code}").hexdigest()
    row = CodeGuesses(key=key, counted_until=timezone.now() + WINDOW)
    CodeGuesses.objects.bulk_create([row], ignore_conflicts=True)
    return bool(CodeGuesses.objects.filter(key=key, tries__lt=MOST).update(tries=F("tries") + 1))


def forget_old(now: datetime) -> int:
    return delete_all_or_each("accounts.forget_guesses", CodeGuesses.objects.filter(counted_until__lt=now), now)
