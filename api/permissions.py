"""What a door asks before any operation: somebody is there, and their token is good for what they ask."""

from __future__ import annotations

from typing import Protocol, cast, runtime_checkable

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.scopes import ANY, READS_FOR_MACHINES, grants
from api.models import Token


@runtime_checkable
class ScopedView(Protocol):
    """A view that says what a token must be good for."""

    def scope_of(self, request: Request) -> str | None: ...


class InsufficientScope(PermissionDenied):
    """Not the person's role: their token's. RFC 6750 has the header."""

    default_detail = _("This token does not reach that far. Make one with the scope named in WWW-Authenticate.")

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'


class SignedIn(BasePermission):
    """Anybody known, whose token (if it is one) has the scope that the view names for the method."""

    def has_permission(self, request: Request, view: object) -> bool:
        return request.user.is_authenticated and _in_scope(request, view)


class Anyone(BasePermission):
    """Public: nothing of anybody stands there."""

    def has_permission(self, request: Request, view: object) -> bool:
        return True


class AdminOnly(SignedIn):
    """Who runs the desk's machinery. They see no ticket by it."""

    def has_permission(self, request: Request, view: object) -> bool:
        return super().has_permission(request, view) and caller(request).is_superuser


class SessionOnly(BasePermission):
    """A person in a browser: no token makes another token."""

    def has_permission(self, request: Request, view: object) -> bool:
        return request.user.is_authenticated and not isinstance(request.auth, Token)


def caller(request: Request) -> User:
    """Who asks. Behind a permission that asked for somebody."""
    return cast("User", request.user)


def _in_scope(request: Request, view: object) -> bool:
    """Raises InsufficientScope; PermissionDenied where no token gets in."""
    if not isinstance(request.auth, Token):
        return True
    needed = view.scope_of(request) if isinstance(view, ScopedView) else None
    if needed is None:
        raise PermissionDenied
    if needed != ANY and not _reaches(request.auth, caller(request), needed):
        raise InsufficientScope(needed)
    return True


def _reaches(token: Token, user: User, needed: str) -> bool:
    """A platform's machine also reads the complaints that it does something with: which, the complaints know."""
    enough = READS_FOR_MACHINES.get(needed, ()) if user.is_service else ()
    return grants(token.scopes, needed) or any(each in token.scopes for each in enough)
