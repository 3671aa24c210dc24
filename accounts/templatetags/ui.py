"""The parts of our pages for templates of Django's engine: allauth's pages, the admin, letters. They are defined in lib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from lib import page_parts, pages

register = template.Library()

for name, helper in page_parts.HELPERS.items():
    register.simple_tag(helper, name=name)
for name, filter_ in page_parts.FILTERS.items():
    register.filter(name, filter_)
register.simple_tag(pages.page_language, name="page_language")

MACROS = {
    "alert": "components/parts.html",
    "badge": "components/parts.html",
    "error_summary": "components/form.html",
    "form_field": "components/form.html",
    "form_fields": "components/form.html",
}


def _tag_of_macro(macro: str, file: str) -> Callable[..., SafeString]:
    def tag(*values: Any, **named: Any) -> SafeString:
        return pages.render_macro(file, macro, *values, **named)

    return tag


for name, file in MACROS.items():
    register.simple_tag(_tag_of_macro(name, file), name=name)


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str) -> SafeString:
    """A template of templates/jinja2 with all that this page knows."""
    known = {str(key): value for key, value in context.flatten().items()}
    return pages.render_html(name, {**known, "csrf_input": pages.csrf_input(known.get("csrf_token"))})


# The first that fits names the browser: others carry its name too (Edge says Chrome, Chrome says Safari).
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@register.filter
def browser_text(user_agent: str) -> str:
    """ "Chrome, Android" instead of the line a browser sends."""
    named = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or user_agent[:40]


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """allauth repeats labels as placeholders: noise, and gone when one types."""
    field.field.widget.attrs.pop("placeholder", None)
    return field
