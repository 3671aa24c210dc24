"""Where somebody has signed in before: strangers' wrong guesses use up what strangers may try, not what they themselves may.

OWASP's device cookies, and the networks of former sign-ins beside them. Each device, each network and all strangers together are counted
apart; being known opens nothing else.
"""

from __future__ import annotations

import ipaddress
import secrets
from datetime import datetime

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import KnownNetwork, User
from lib.duties.setting_aside import delete_all_or_each, name_of
from lib.types import Record

COOKIE, SALT = "known_device", "accounts.known_device"
MOST_PEOPLE = 5  # who share one device


def counted_with(request: HttpRequest, login: str) -> str:
    """What is added to the key under which tries at this address or number are counted; empty: with all strangers."""
    login = login.lower()
    device = _device(request)
    if _digest(login) in device.get("of", ()):
        return f" device:{device['id']}"
    network = _network(request)
    known = KnownNetwork.objects.filter(network=network)
    if known.filter(user__email=login).exists() or known.filter(user__phone__number=login).exists():
        return f" network:{network}"
    return ""


def may_wait_here(request: HttpRequest) -> bool:
    """Whether something typed by nobody who is signed in may make a row, until somebody signs in: counted here, and altogether.

    A browser in which somebody has signed in before is counted apart. It cannot be made up: its cookie is signed.
    """
    device = _device(request).get("id", "")
    return bool(ratelimit.consume(request, app="allauth.account", action="unsent", key=f"device:{device}" if device else "strangers"))


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """They have just signed in from here."""
    device, now = _device(request), timezone.now()
    logins = [_digest(login) for login in (user.email, *user_numbers(user))]
    known = dict.fromkeys([*logins, *device.get("of", ())])
    value = signing.dumps({"id": device.get("id") or secrets.token_urlsafe(12), "of": list(known)[: 2 * MOST_PEOPLE]}, salt=SALT)
    response.set_cookie(COOKIE, value, max_age=settings.KNOWN_DEVICE, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    KnownNetwork.objects.update_or_create(user=user, network=_network(request), defaults={"last_at": now})


def user_numbers(user: User) -> list[str]:
    return [number for number in User.objects.filter(pk=user.pk).values_list("phone__number", flat=True) if number]


def forget_networks(now: datetime) -> int:
    """Where nobody has signed in from for as long as a device is known. How many."""
    return delete_all_or_each(name_of(forget_networks), KnownNetwork.objects.filter(last_at__lt=now - settings.KNOWN_DEVICE), now)


def _device(request: HttpRequest) -> Record:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.KNOWN_DEVICE)
    except signing.BadSignature:
        return {}


def _network(request: HttpRequest) -> str:
    """A digest of the neighbourhood of this address: of people whose addresses change at every dialling in, most stay there."""
    address = ipaddress.ip_address(ratelimit.get_ip(request))
    width = 24 if address.version == 4 else 48
    return _digest(str(ipaddress.ip_network((address, width), strict=False)))


def _digest(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()[:32]
