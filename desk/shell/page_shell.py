"""How the desk answers quickly: content by Jinja2, put into the frame that Django's templates draw once for each viewer.

Measured: drawing the frame anew takes as long as the queue's query and rows together.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment
from jinja2.environment import TemplateModule

from accounts.roles import STAFF_ROLES, Role, roles_of
from desk.shell.access import viewer
from desk.shell.cached_labels import icon
from desk.shell.page_urls import url
from lib.dates import zone_text

# Nobody can write them into a name or a message: a part of them is drawn by lot when the process starts.
LOT = secrets.token_hex(8)
OPEN, CLOSE = f"\ue000{LOT}", "\ue001"
MARK = re.compile(f'{OPEN}(\\w+){CLOSE}|(?<=data-clock-now=")[0-9]+')


def _mark(name: str) -> str:
    return f"{OPEN}{name}{CLOSE}"


@dataclass(frozen=True)
class Viewer:
    """All that the frame says of its viewer. Equal viewers share a frame."""

    pk: int
    name: str
    email: str
    is_staff: bool
    is_member: bool
    is_agent: bool
    is_officer: bool
    is_supervisor: bool
    is_called: bool  # for freezes
    is_admin: bool
    language: str
    zone: str

    is_authenticated = True

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class _Anywhere:
    """Stands for the request while a frame is drawn: its address is filled in later."""

    def get_full_path(self) -> str:
        return _mark("path")


@lru_cache(maxsize=8192)
def _translate_in(language: str, text: str) -> str:
    return gettext(text)


def translate_text(text: str) -> str:
    """A template's own words in the active language. Django would look each of them up anew, some hundred on a page."""
    return _translate_in(get_language() or "", text)


HELPERS: Mapping[str, object] = {"_": translate_text, "ngettext": ngettext, "icon": icon, "static": static, "url": url}


def environment(**options: Any) -> Environment:
    """Jinja2 with the helpers every template of the desk has (named in the settings). Macros are made once, for they need no more."""
    made = Environment(**options)  # noqa: S701 - Django's backend says that it escapes
    made.globals.update(HELPERS)
    return made


def content(template: str, context: Mapping[str, object]) -> SafeString:
    """A part of a page by Jinja2."""
    words = partial(_translate_in, get_language() or "")
    page = engines["jinja2"].get_template(template).render({"_": words, **context})
    return mark_safe(page)  # noqa: S308 - a template escapes what it is given


def render_macro(template: str, macro: str, *values: object) -> SafeString:
    """What one macro of a template makes of these values, in the active language."""
    html = getattr(_macros(template, get_language() or ""), macro)(*values)
    return mark_safe(html)  # noqa: S308 - a template escapes what it is given


@lru_cache(maxsize=16)
def _macros(template: str, language: str) -> TemplateModule:
    """The words that a template sets for its macros are looked up once for each language."""
    engine: Any = engines["jinja2"]
    return engine.get_template(template).template.make_module()


def join_html(parts: Iterable[SafeString]) -> SafeString:
    """Drawn parts, one after another."""
    return mark_safe("".join(map(conditional_escape, parts)))  # noqa: S308 - what nobody has drawn is escaped


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, object], *, title: str, current: str = "", status: int = 200
) -> HttpResponse:
    """A page of the desk. `current` names the tab it stands under."""
    values = {
        "csrf": get_token(request),
        "path": escape(request.get_full_path()),
        "title": escape(title),
        "now": str(int(timezone.now().timestamp())),
    }
    values["content"] = content(template, {"csrf_token": values["csrf"], **context})
    pieces = _frame(_viewer(request), current, tuple(get_messages(request)))
    return HttpResponse("".join(values[piece] if place % 2 else piece for place, piece in enumerate(pieces)), status=status)


def _viewer(request: HttpRequest) -> Viewer:
    user = viewer(request)
    roles, zone = roles_of(user), timezone.get_current_timezone_name()
    held = (Role.AGENT, Role.PRIVACY_OFFICER, Role.SUPERVISOR, Role.ADMIN)
    agent, officer, supervisor, admin = (role in roles for role in held)
    called = supervisor or Role.FREEZE_OPERATOR in roles
    member, language = not roles.isdisjoint(STAFF_ROLES), get_language() or ""
    return Viewer(user.pk, user.name, user.email, user.is_staff, member, agent, officer, supervisor, called, admin, language, zone)


def _frame(viewer: Viewer, current: str, messages: tuple[object, ...]) -> tuple[str, ...]:
    return _render_frame(viewer, current, messages) if messages else _cached_frame(viewer, current)


@lru_cache(maxsize=256)
def _cached_frame(viewer: Viewer, current: str) -> tuple[str, ...]:
    return _render_frame(viewer, current, ())


def _render_frame(viewer: Viewer, current: str, messages: tuple[object, ...]) -> tuple[str, ...]:
    """Literal text at the even places, names of what belongs between them at the odd ones."""
    names = {"csrf_token": _mark("csrf"), "page_title": _mark("title"), "content": _mark("content")}
    page = render_to_string(
        "desk/frame.html",
        {
            **names,
            "request": _Anywhere(),
            "user": viewer,
            "viewer_is_staff": True,
            "zone_name": zone_text(),
            "demo": settings.DEMO,
            "current": current,
            "messages": messages,
        },
    )
    pieces: list[str] = []
    end = 0
    for found in MARK.finditer(page):
        pieces += [page[end : found.start()], found[1] or "now"]
        end = found.end()
    return (*pieces, page[end:])
