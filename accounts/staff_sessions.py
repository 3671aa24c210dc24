"""How long a session of staff lasts: so many hours in all, so many minutes without anything being done. Customers' last as before.

And what is over is forgotten, of whomever.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from lib.duties.setting_aside import delete_all_or_each, name_of

SINCE, SEEN = "accounts_staff_since", "accounts_staff_seen"
# Written at most so often: each write costs a statement.
STEP_SECONDS = 60
# What open pages ask by themselves: nobody is there because of it.
ASKED_BY_PAGES = frozenset({"desk:pulse", "desk:presence", "desk:bill_progress"})
REDRAWN_BY_THEMSELVES = frozenset({"progress", "runs"})  # parts of pages, by their id


def goes_on(request: HttpRequest) -> bool:
    """False: it is over. Counts this request as something done, unless an open page made it by itself."""
    if not settings.STAFF_SESSION:
        return True
    now, session = timezone.now().timestamp(), request.session
    since, seen = session.setdefault(SINCE, now), session.setdefault(SEEN, now)
    if now - since > settings.STAFF_SESSION.total_seconds() or now - seen > settings.STAFF_IDLE.total_seconds():
        return False
    if now - seen >= STEP_SECONDS and not _is_asked_by_page(request):
        session[SEEN] = now
    return True


def _is_asked_by_page(request: HttpRequest) -> bool:
    named = request.resolver_match
    asked = named is not None and named.view_name in ASKED_BY_PAGES
    return asked or request.headers.get("HX-Trigger") in REDRAWN_BY_THEMSELVES


def forget_sessions(now: datetime) -> int:
    """Those that are over. How many."""
    return delete_all_or_each(name_of(forget_sessions), Session.objects.filter(expire_date__lt=now), now)


def forget_places(now: datetime) -> int:
    """Where people were signed in whose session is gone. Their page of sessions looks after those that are shown. How many."""
    old = UserSession.objects.filter(created_at__lt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE))
    return delete_all_or_each(name_of(forget_places), old.exclude(session_key__in=Session.objects.values("session_key")), now)
