"""Who may open a page of the desk: members of the five groups, signed in; some pages are for one group."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of

Page = Callable[..., HttpResponseBase]


def roles_page(*roles: Role) -> Callable[[Page], Page]:
    """A page for these roles alone. Visitors are sent to sign in. Raises PermissionDenied (403) for everybody else."""

    def only(view: Page) -> Page:
        @wraps(view)
        def check_roles(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if roles_of(request.user).isdisjoint(roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return check_roles

    return only


def viewer(request: HttpRequest) -> User:
    """Who is at the desk. Raises PermissionDenied where a view forgot to ask for somebody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


desk_page = roles_page(*STAFF_ROLES)
officers_page = roles_page(Role.PRIVACY_OFFICER)
supervisors_page = roles_page(Role.SUPERVISOR)
# Who may take the queue's list along.
TAKERS = (Role.AGENT, Role.SUPERVISOR)
takers_page = roles_page(*TAKERS)
