"""How a page of ours is made, whichever door shows it: by Jinja2, with the words, addresses, pictures and moments all pages share.

Django's own engine draws what others bring (allauth's pages, the admin) and letters; it takes the parts of a page from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import defaultfilters, engines
from django.templatetags.static import static as static_address
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from django_htmx.jinja import htmx_script
from jinja2 import ChainableUndefined, Environment

from lib import page_parts
from lib.dates import zone_text
from lib.languages import html_language

EXTENSIONS = ("jinja2.ext.i18n",)


# ---- Words
@lru_cache(maxsize=8192)
def _translate_in(language: str, text: str) -> SafeString:
    return mark_safe(gettext(text))  # noqa: S308 - a text of a template, not of a person


def translate_text(text: str) -> SafeString:
    """A template's own words in the active language. Django would look each of them up anew, some hundred on a page."""
    return _translate_in(get_language() or "", text)


def page_language() -> str:
    """As <html lang> names it."""
    return html_language()


# ---- Addresses
def url(name: str, *args: Any) -> str:
    """An address by its name: worked out once, for a page of fifty rows asks for the same few again and again."""
    return _address(get_urlconf(), get_script_prefix(), name, *args)


@lru_cache(maxsize=4096)
def _address(urlconf: str | None, prefix: str, name: str, *args: Any) -> str:
    return reverse(name, urlconf, args)


@lru_cache(maxsize=512)
def static(path: str) -> str:
    """The address of a file of ours: Django works it out anew each time."""
    return static_address(path)


# ---- The environment
HELPERS: Mapping[str, Any] = {
    "_": translate_text,
    "page_language": page_language,
    "url": url,
    "static": static,
    "htmx_script": htmx_script,
    **page_parts.HELPERS,
}
FILTERS: Mapping[str, Callable[..., Any]] = {
    "truncatechars": defaultfilters.truncatechars,
    "filesizeformat": defaultfilters.filesizeformat,
    "linebreaksbr": defaultfilters.linebreaksbr,
    **page_parts.FILTERS,
}


def environment(**options: Any) -> Environment:
    """Jinja2 with what every template may call. A name that nobody set is empty, as in Django's own templates."""
    made = Environment(**{**options, "undefined": ChainableUndefined, "extensions": EXTENSIONS})  # noqa: S701 - Django's backend says that it escapes
    made.install_gettext_callables(translate_text, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)  # type: ignore[attr-defined]
    made.globals.update(HELPERS, draw_once=draw_once)
    made.filters.update(FILTERS)
    return made


# ---- Pages and their parts
def render(request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """A whole page."""
    return HttpResponse(render_html(template, {**request_context(request), **(context or {})}), status=status)


def request_context(request: HttpRequest) -> dict[str, Any]:
    """What every page knows of its request: what the settings' context processors say, and one token for all its forms."""
    token = get_token(request)
    known = {"request": request, "csrf_token": token, "csrf_input": csrf_input(token)}
    for processor in _engine().template_context_processors:
        known.update(processor(request))
    return known


def csrf_input(token: object) -> SafeString:
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


def render_html(template: str, context: Mapping[str, Any]) -> SafeString:
    """A part of a page."""
    of_request = {  # the same as the environment's, with what they would ask for each time
        "_": partial(_translate_in, get_language() or ""),
        "url": partial(_address, get_urlconf(), get_script_prefix()),
    }
    html = _engine().env.get_template(template).render({**of_request, **context})
    return mark_safe(html)  # noqa: S308 - a template escapes what it is given


def _engine() -> Any:
    return engines["jinja2"]


def render_macro(template: str, macro: str, *values: Any, **named: Any) -> SafeString:
    """What one macro of a template makes of these values, in the active language."""
    html = getattr(_macros(template, get_language() or ""), macro)(*values, **named)
    return mark_safe(html)  # noqa: S308 - a template escapes what it is given


@lru_cache(maxsize=32)
def _macros(template: str, language: str) -> Any:
    """The words that a template sets for its macros are looked up once for each language."""
    return _engine().env.get_template(template).make_module()


def draw_once(template: str) -> SafeString:
    """A part that says nothing of its request: the same in one language and zone, so it is drawn once."""
    return _draw_once(template, get_language() or "", timezone.get_current_timezone_name())


@lru_cache(maxsize=64)
def _draw_once(template: str, language: str, zone: str) -> SafeString:
    return render_html(template, {"zone_name": zone_text()})


def join_html(parts: Iterable[SafeString]) -> SafeString:
    """Drawn parts, one after another."""
    return mark_safe("".join(map(conditional_escape, parts)))  # noqa: S308 - what nobody has drawn is escaped
