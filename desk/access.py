"""Who may open a page of the desk: members of the five groups, signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.roles import STAFF_ROLES, roles_of

Page = Callable[..., HttpResponse]


def desk_page(view: Page) -> Page:
    """Visitors are sent to sign in. Raises PermissionDenied (403) for everybody who is in none of the five groups."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if roles_of(request.user).isdisjoint(STAFF_ROLES):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
