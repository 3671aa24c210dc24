"""What every page needs to know about its viewer."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.demo_people import DEMO_PEOPLE
from accounts.roles import STAFF_ROLES, Role, roles_of
from accounts.sms import has_phones
from lib.dates import zone_text

LARGE_PRINT = "large_print"  # the cookie


def viewer(request: HttpRequest) -> dict[str, object]:
    """`viewer_roles` (read when first used), `viewer_is_staff` (the desk is theirs), `zone_name`, `has_phones`, `demo`, `help_phone` and
    its hours, `large_print` (never of the desk, whose pages are dense by intent)."""
    user = getattr(request, "user", None)

    def roles() -> frozenset[Role]:
        return roles_of(user) if user else frozenset()

    return {
        "viewer_roles": SimpleLazyObject(roles),
        "viewer_is_staff": SimpleLazyObject(lambda: not roles().isdisjoint(STAFF_ROLES)),
        "large_print": LARGE_PRINT in request.COOKIES and roles().isdisjoint(STAFF_ROLES),
        "zone_name": SimpleLazyObject(zone_text),
        "has_phones": has_phones(),
        "help_phone": settings.HELP_PHONE,
        "help_hours": settings.HELP_HOURS,
        "demo": settings.DEMO,
        "demo_people": DEMO_PEOPLE if settings.DEMO else (),
    }
