"""When a code may be asked for again, in words: what is refused for a time says until when."""

from __future__ import annotations

import string
from datetime import datetime

from allauth.core import context as request_context
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.known_devices import counted_with
from lib.dates import moment_text, with_zone

LONG, LENGTH = "accounts_long_code", 10
APP, TOO_MANY = "allauth.account", "too_many_codes"


def opens_at(request: HttpRequest, action: str, key: str) -> datetime:
    """When the last of the limits that are reached lets one through. Now, if none is."""
    now = timezone.now()
    ends = [now.timestamp()]
    for rate in ratelimit.get_rates(app=APP, action=action):
        name = ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key)
        taken = [at for at in cache.get(name, []) if at > now.timestamp() - rate.duration]  # the newest first
        if len(taken) >= rate.amount:
            ends.append(taken[rate.amount - 1] + rate.duration)
    return datetime.fromtimestamp(max(ends), tz=now.tzinfo)


def long_codes(request: HttpRequest) -> None:
    """Ten digits for this browser: where more codes go out than six digits bear."""
    request.session[LONG] = True


def short_codes(request: HttpRequest) -> None:
    if LONG in request.session:
        del request.session[LONG]


def code_for(request: HttpRequest, short: str) -> str:
    """`short`, or a long one where this browser gets those."""
    return get_random_string(LENGTH, string.digits) if request.session.get(LONG) else short


def count_code(login: str) -> None:
    """One more code for this address or number, counted with its known device or with all strangers. Raises ValidationError.

    allauth's own words say that signing in failed too often: nobody tried.
    """
    request, login = request_context.request, login.lower()
    key = login + counted_with(request, login)
    if not ratelimit.consume(request, app=APP, action="request_login_code", key=key):
        raise ValidationError(refused_until(request, "request_login_code", key), code=TOO_MANY)


def refused_until(request: HttpRequest, action: str, key: str) -> str:
    at = with_zone(moment_text(localtime(opens_at(request, action, key))))
    return _("Many codes were asked for here, by you or by somebody else. The next one is possible from %(at)s.") % {"at": at}
