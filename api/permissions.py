"""What a door asks before any operation: somebody is there, and their token reaches as far as the method."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import User
from api.models import READ, WRITE, Token


class InsufficientScope(PermissionDenied):
    """Not the person's role: their token's. RFC 6750 has the header."""

    default_detail = _("This token does not reach that far. Make one with the scope named in WWW-Authenticate.")

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'


class SignedIn(BasePermission):
    """Anybody known, whose token (if it is one) has the scope that the method needs."""

    def has_permission(self, request: Request, view: object) -> bool:
        return request.user.is_authenticated and _in_scope(request)


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


def _in_scope(request: Request) -> bool:
    """Raises InsufficientScope."""
    scope = READ if request.method in SAFE_METHODS else WRITE
    if isinstance(request.auth, Token) and scope not in request.auth.scopes:
        raise InsufficientScope(scope)
    return True
