"""A page of the desk: its title, the tab it stands under, and what its viewer may open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import User
from accounts.reads import note_shown
from accounts.roles import STAFF_ROLES, Role, roles_of
from desk.shell.access import viewer
from lib.pages import render, render_macro


class Viewer(NamedTuple):
    """What the tabs ask of the viewer."""

    is_member: bool
    is_agent: bool
    is_officer: bool
    is_supervisor: bool
    is_called: bool  # for freezes
    is_admin: bool


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, current: str = "", status: int = 200
) -> HttpResponse:
    """`current` names the tab."""
    note_shown()
    tabs = _tabs(_viewer(viewer(request)), current, get_language() or "")
    return render(request, template, {**context, "page_title": title, "tabs_of_desk": tabs}, status=status)


@lru_cache(maxsize=512)
def _tabs(viewer: Viewer, current: str, language: str) -> SafeString:
    """Viewers with the same roles share them."""
    return render_macro("desk/tabs.html", "tabs", viewer, current)


def _viewer(user: User) -> Viewer:
    roles = roles_of(user)
    supervisor = Role.SUPERVISOR in roles
    return Viewer(
        is_member=not roles.isdisjoint(STAFF_ROLES),
        is_agent=Role.AGENT in roles,
        is_officer=Role.PRIVACY_OFFICER in roles,
        is_supervisor=supervisor,
        is_called=supervisor or Role.FREEZE_OPERATOR in roles,
        is_admin=Role.ADMIN in roles,
    )
